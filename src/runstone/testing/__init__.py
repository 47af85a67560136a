"""Conformance suites: what every store, blob back end, launcher and flavor must do, ours and third parties'.

A suite is a class of tests; a test module of the thing under test subclasses it and gives the fixture it
names.
Invariant: suites know the protocols only, never an implementation.
"""

import pytest

# So that a failing comparison shows both sides, as in the tests that subclass the suites.
pytest.register_assert_rewrite(f"{__name__}.blobs", f"{__name__}.store")
