"""SqlStore: the store that keeps data, in SQLite or PostgreSQL.

``store.SqlStore`` is the door; it opens transactions, applies the rules and calls the modules named by noun.
Invariants: the noun modules hold the only SQL text there is, each takes the connection so that the caller decides
what is one transaction, and values reach SQL as parameters, never inside its text.  What differs between the two
databases is answered by a ``dialect``; no other file compares a database's name.
"""
