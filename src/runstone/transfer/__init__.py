"""Whole stores: verified, tidied up, copied, and handed over to other tools.

From outside, the functions of these modules are called, which take a session and tell how far they are: ``fsck``,
``gc``, ``backup``, ``export``, ``import_``.

Invariant: nothing here removes bytes that a manifest or a journal points at.
"""
