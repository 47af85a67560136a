"""A column of float64, in whichever of a few forms is smallest; each form gives back every bit."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from runstone.store.series.columns import Floats, Ints
from runstone.store.series.integers import pack_ints, unpack_ints
from runstone.store.series.planes import BlobReader, Words, pack_words, unpack_words, width_of

_Scalar = TypeVar("_Scalar", bound=np.generic)

_PLAIN_64 = 0
_DELTA_64 = 1
_PLAIN_32 = 2
_DELTA_32 = 3
_DECIMAL = 4
_DISTINCT = 5

_FORM = Struct("<B")
_DIGITS = Struct("<B")
_DISTINCT_COUNT = Struct("<I")
_MAX_DISTINCT = 4096
_POWERS: Floats = np.array([float(10**digits) for digits in range(10)])
_EXACT_INTEGERS = 2.0**53


def pack_floats(values: Floats) -> bytes:
    """Return a column compressed."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        return min(_forms(np.ascontiguousarray(values)), key=len)


def unpack_floats(reader: BlobReader, count: int) -> Floats:
    """Return the column that ``pack_floats`` wrote.

    Raises:
        StoreCorrupt: It is not there.
    """
    form = reader.read(_FORM)[0]
    if form == _PLAIN_64:
        return unpack_words(reader, count, 8).view(np.float64)
    if form == _DELTA_64:
        return unpack_ints(reader, count).view(np.float64)
    if form == _PLAIN_32:
        return _widened(unpack_words(reader, count, 4).astype(np.uint32))
    if form == _DELTA_32:
        return _widened(unpack_ints(reader, count).astype(np.uint32))
    if form == _DECIMAL:
        return _unpack_decimal(reader, count)
    if form == _DISTINCT:
        return _unpack_distinct(reader, count)
    raise reader.corrupt(f"values in the unknown form {form}; they may be of a newer version of Runstone")


def _forms(values: Floats) -> Iterator[bytes]:
    bits = values.view(np.uint64)
    single = values.astype(np.float32)
    if np.array_equal(_widened(single.view(np.uint32)).view(np.uint64), bits):
        words = single.view(np.uint32)
        yield _FORM.pack(_PLAIN_32) + pack_words(words, 4)
        yield _FORM.pack(_DELTA_32) + pack_ints(words.astype(np.int64))
    else:
        yield _FORM.pack(_PLAIN_64) + pack_words(bits, 8)
        yield _FORM.pack(_DELTA_64) + pack_ints(bits.view(np.int64))
    yield from _as_decimal(values)
    yield from _as_distinct(bits)


def _widened(words: npt.NDArray[np.uint32]) -> Floats:
    with np.errstate(invalid="ignore"):
        return words.view(np.float32).astype(np.float64)


def _as_decimal(values: Floats) -> Iterator[bytes]:
    """Yield the form for integers, and numbers that were rounded to a few decimal places."""
    sample = _sampled(values, 32)[:, None]
    exact = (np.rint(sample * _POWERS) / _POWERS == sample).all(axis=0)
    if not exact.any():
        return
    digits = int(exact.argmax())
    scaled = np.rint(values * _POWERS[digits])
    if not (np.abs(scaled) <= _EXACT_INTEGERS).all():
        return
    whole = scaled.astype(np.int64)
    # From the integers, as decoding does: they know no -0.0.
    if np.array_equal(_divided(whole, digits).view(np.uint64), values.view(np.uint64)):
        yield _FORM.pack(_DECIMAL) + _DIGITS.pack(digits) + pack_ints(whole)


def _divided(whole: Ints, digits: int) -> Floats:
    divided: Floats = whole.astype(np.float64) / _POWERS[digits]
    return divided


def _unpack_decimal(reader: BlobReader, count: int) -> Floats:
    digits = reader.read(_DIGITS)[0]
    if digits >= len(_POWERS):
        raise reader.corrupt(f"values of {digits} decimal places")
    return _divided(unpack_ints(reader, count), digits)


def _as_distinct(bits: Words) -> Iterator[bytes]:
    """Yield the form for columns of few distinct values: these, and for each point which of them it has."""
    sample = _sampled(bits, 256)
    if len(np.unique(sample)) * 2 > len(sample):
        return
    distinct, which = np.unique(bits, return_inverse=True)
    if len(distinct) <= _MAX_DISTINCT:
        width = max(1, width_of(len(distinct) - 1))
        header = _FORM.pack(_DISTINCT) + _DISTINCT_COUNT.pack(len(distinct))
        yield header + pack_ints(distinct.view(np.int64)) + pack_words(which.astype(np.uint16), width)


def _unpack_distinct(reader: BlobReader, count: int) -> Floats:
    distinct_count = reader.read(_DISTINCT_COUNT)[0]
    if not 0 < distinct_count <= _MAX_DISTINCT:
        raise reader.corrupt(f"{distinct_count} distinct values")
    distinct = unpack_ints(reader, distinct_count).view(np.float64)
    which = unpack_words(reader, count, max(1, width_of(distinct_count - 1)))
    if count and which.max() >= distinct_count:
        raise reader.corrupt("a point has a value that is not there")
    return distinct[which]


def _sampled(column: npt.NDArray[_Scalar], size: int) -> npt.NDArray[_Scalar]:
    """Return about ``size`` entries from all over a column."""
    return column[:: max(1, len(column) // size)]
