"""The store: the one interface to everything recorded, and its implementations.

From outside, use ``runstone.store.protocol`` (what a store can do) and ``runstone.store.open`` (get one by URI).
Invariant: rules about names, limits and lifecycle stand in ``rules`` and hold above every store; SQL text stands
in ``sql`` and nowhere else.
"""
