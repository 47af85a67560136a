"""Suites for stores, one a noun.  Each needs a fixture ``store``: an empty store."""
