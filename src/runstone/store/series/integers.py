"""A column of int64: its first number, its least difference, and the excess of each difference over that."""

from __future__ import annotations

from struct import Struct

import numpy as np

from runstone.store.series.columns import Ints
from runstone.store.series.planes import BlobReader, Words, pack_words, unpack_words, width_of

_HEADER = Struct("<Bqq")


def pack_ints(ints: Ints) -> bytes:
    """Return a column compressed; one of constant stride takes 17 bytes.

    Differences are taken modulo 2**64, so that no two numbers are too far apart.
    """
    if len(ints) < 2:
        return _HEADER.pack(0, int(ints[0]) if len(ints) else 0, 0)
    differences = np.diff(ints.view(np.uint64)).view(np.int64)
    least = differences.min()
    excess = differences.view(np.uint64) - least.view(np.uint64)
    width = width_of(int(excess.max()))
    header = _HEADER.pack(width, int(ints[0]), int(least))
    return header + pack_words(excess, width) if width else header


def unpack_ints(reader: BlobReader, count: int) -> Ints:
    """Return the column that ``pack_ints`` wrote.

    Raises:
        StoreCorrupt: It is not there.
    """
    width, first, least = reader.read(_HEADER)
    if width > 8:
        raise reader.corrupt(f"numbers of {width} bytes")
    ints: Words = np.empty(count, np.uint64)
    if count:
        ints[0] = first % 2**64
        ints[1:] = least % 2**64
        if width and count > 1:
            ints[1:] += unpack_words(reader, count - 1, width)
        np.cumsum(ints, out=ints)
    return ints.view(np.int64)
