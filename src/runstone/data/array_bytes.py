"""NumPy arrays as rows of equal width; the first axis counts the rows.

A row's bytes are its elements', little-endian and in C order, so that byte order and memory layout do not matter.
Type and the other axes' lengths are part of the digest.  Floats keep their bit pattern (-0.0 is not 0.0), except
that all NaNs are one.  Padding inside structured types is left out; masked elements count as masked only.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runstone.core.errors import InvalidArgument
from runstone.data.object_bytes import object_bytes
from runstone.data.row_digest import Matrix, hash_each

_DIGEST = 32


def array_kind(dtype: np.dtype[Any], where: str) -> Any:
    """Return the canonical name of an element type, as plain JSON values.

    Raises:
        InvalidArgument: Its elements have no portable bytes.
    """
    if dtype.fields is not None:
        return [[name, array_kind(dtype.fields[name][0], where)] for name in dtype.names or ()]
    if dtype.subdtype is not None:
        return [array_kind(dtype.subdtype[0], where), list(dtype.subdtype[1])]
    if dtype.kind not in "biufcmMSUOV" or (dtype.kind in "fc" and dtype.char in "gG"):
        raise InvalidArgument(f"{where} are of type {dtype}, which has no digest; convert them with astype() first")
    return dtype.newbyteorder("<").str


def array_rows(array: NDArray[Any], where: str) -> Matrix:
    """Return an array as a matrix of bytes, a line for each entry of the first axis."""
    if isinstance(array, np.ma.MaskedArray):
        hidden = np.ma.getmaskarray(array)
        data = np.array(array.data)
        data[hidden] = np.zeros((), data.dtype)
        return np.hstack([array_rows(data, where), array_rows(np.asarray(hidden), where)])
    dtype = array.dtype
    count, size = len(array), math.prod(array.shape[1:])
    if dtype.fields is not None:
        parts = [array_rows(array[name], where) for name in dtype.names or ()]
        return np.hstack(parts) if parts else np.zeros((count, 0), np.uint8)
    if dtype.kind == "O":
        digests = hash_each([object_bytes(value, where) for value in array.ravel().tolist()])
        return np.frombuffer(digests, np.uint8).reshape(count, size * _DIGEST)
    width = size * dtype.itemsize
    if not count or not width:
        return np.zeros((count, width), np.uint8)
    values = np.ascontiguousarray(array, dtype.newbyteorder("<"))
    if dtype.kind in "fc":
        values = _with_one_nan(values)
    return values.reshape(count, size).view(np.uint8).reshape(count, width)


def _with_one_nan(values: NDArray[Any]) -> NDArray[Any]:
    if not np.isnan(values).any():
        return values
    if values.dtype.kind == "c":
        parts = values.view(f"<f{values.dtype.itemsize // 2}")
        return _with_one_nan(parts).view(values.dtype)
    return np.where(np.isnan(values), np.array(np.nan, values.dtype), values)
