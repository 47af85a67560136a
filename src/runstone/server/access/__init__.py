"""Who is asking, and whether they may.

``Access`` stands in front of the application: it finds out who sends a request, and lets strangers through to a handful
of paths only.  ``GuardedStore`` stands in front of the store: whatever a handler does, in whichever API, it asks here.
Invariant: an operation that ``rules.RULES`` does not name is nobody's.
"""
