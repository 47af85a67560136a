"""Raw chunks: a few points as fixed records, handled without NumPy."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import starmap
from struct import Struct

from runstone.core.errors import StoreCorrupt

_RECORD = Struct("<qqd")

RAW_SIZE = _RECORD.size
"""Bytes of one raw point: step, timestamp in ms and value, little-endian."""


def pack_raw(points: Iterable[tuple[int, int, float]]) -> bytes:
    """Return (step, timestamp, value) points as raw records, in the order given."""
    return b"".join(starmap(_RECORD.pack, points))


def unpack_raw(raw: bytes) -> list[tuple[int, int, float]]:
    """Return the (step, timestamp, value) points of raw records.

    Raises:
        StoreCorrupt: The last record is cut.
    """
    check_raw_size(len(raw))
    return list(_RECORD.iter_unpack(raw))


def check_raw_size(size: int) -> None:
    """Refuse a raw chunk of so many bytes, unless it is made of whole records.

    Raises:
        StoreCorrupt: The last record is cut.
    """
    if size % RAW_SIZE:
        raise StoreCorrupt(
            f"a raw chunk of {size} bytes is cut: points take {RAW_SIZE} bytes each; restore it from a backup"
        )
