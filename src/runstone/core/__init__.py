"""The ground floor: value types, errors, ids, limits and settings.

Everything here may be imported from outside by its defining module (``runstone.core.errors``,
``runstone.core.entities`` …).  Invariant: core imports the standard library and msgspec, nothing else, and
nothing of ours outside this folder.
"""
