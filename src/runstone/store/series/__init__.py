"""Series of points: raw and compressed chunks, summaries, and fewer points for charts.

From outside, use ``points`` and ``summary`` where NumPy must not be loaded, and ``columns``, ``codec`` and
``downsample`` where it may; the rest (``planes``, ``integers``, ``floats``, ``buckets``) is theirs.

Invariant: this door, ``points`` and ``summary`` never load NumPy; and a chunk gives back every int64 and every
bit pattern of a float64, or raises StoreCorrupt.
"""
