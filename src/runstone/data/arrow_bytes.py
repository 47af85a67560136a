"""Columns of Arrow as cells of equal width, the canonical form in which every table is hashed.

A cell is one byte (0 missing, 1 present) and the value's bytes, little-endian; a missing value's bytes are zero.
What a library may choose without changing a value is left out, so that pandas, polars and Arrow agree:

- text and binary of any layout (large, view, fixed size): up to 31 bytes as they are, longer ones by their SHA-256;
- categories (dictionary, run-end encoded): the values they stand for;
- timestamps and durations of any unit: seconds and nanoseconds; with a time zone, of UTC, whatever the zone's name;
- decimals of any precision: their digits and exponent;
- lists of any layout: SHA-256 of their cells; structs: their fields sorted by name; extension types: name and storage.

Width and sign of integers and width of floats stay part of the type.  Floats keep their bit pattern, so that
-0.0 is not 0.0; only NaNs are all one value, since which of them arithmetic makes depends on the processor.
NaN is a value and null is a missing one; the two differ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from runstone.core.errors import InvalidArgument
from runstone.data.object_bytes import decimal_text, object_bytes
from runstone.data.row_digest import Matrix, hash_each

_INLINE = 31
_HASHED = 255
_DIGEST = 32
# Line n keeps the first n of 31 bytes.
_KEEP = np.tri(_INLINE + 1, _INLINE, -1, dtype=np.uint8) * np.uint8(255)
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


class Codec(NamedTuple):
    """How the cells of one Arrow type are made.

    Attributes:
        kind: The type's canonical name, as plain JSON values.
        width: Bytes a cell.
        cells: Array → matrix of cells.
    """

    kind: Any
    width: int
    cells: Callable[[Any], Matrix]


def codec_of(arrow_type: Any) -> Codec:
    """Return how cells of an Arrow type are made.

    Raises:
        InvalidArgument: There is no canonical form of that type.
    """
    import pyarrow as pa

    is_type = pa.types
    name = str(arrow_type)
    if is_type.is_integer(arrow_type) or is_type.is_floating(arrow_type):
        return _fixed(np.dtype(arrow_type.to_pandas_dtype()).newbyteorder("<"))
    if is_type.is_boolean(arrow_type):
        return Codec("bool", 2, lambda a: _with_flag(a, _bits(a.fill_null(False)).astype(np.uint8)[:, None]))
    if is_type.is_null(arrow_type):
        return Codec("null", 1, lambda a: np.zeros((len(a), 1), np.uint8))
    if _is_text(arrow_type):
        return Codec("string", _DIGEST + 1, lambda a: _text(_cast(a, pa.large_string())))
    if _is_binary(arrow_type):
        return Codec("binary", _DIGEST + 1, lambda a: _text(_cast(a, pa.large_binary())))
    if is_type.is_temporal(arrow_type):
        return _temporal(arrow_type)
    if is_type.is_decimal(arrow_type):
        return Codec("decimal", _DIGEST + 1, _decimals)
    if is_type.is_dictionary(arrow_type):
        inner = codec_of(arrow_type.value_type)
        return inner._replace(cells=lambda a: _dictionary(a, inner))
    if is_type.is_struct(arrow_type):
        return _struct(arrow_type)
    if is_type.is_map(arrow_type):
        kinds = [codec_of(arrow_type.key_type).kind, codec_of(arrow_type.item_type).kind]
        return Codec(["map", *kinds], _DIGEST + 1, _objects)
    if hasattr(arrow_type, "storage_type"):
        return _extension(arrow_type)
    if name.startswith("run_end_encoded"):
        inner = codec_of(arrow_type.value_type)
        return inner._replace(cells=lambda a: inner.cells(_run_end_decoded(a)))
    if hasattr(arrow_type, "value_type") and "list" in name:
        inner = codec_of(arrow_type.value_type)
        return Codec(["list", inner.kind], _DIGEST + 1, lambda a: _lists(a, inner))
    raise InvalidArgument(f"a column of Arrow type {name[:200]} has no digest; cast it to another type first")


def object_cells(values: list[Any], where: str) -> Matrix:
    """Return the cells of Python objects that no Arrow type can hold; None is missing."""
    cells = np.zeros((len(values), _DIGEST + 1), np.uint8)
    present = [row for row, value in enumerate(values) if value is not None]
    digests = hash_each([object_bytes(values[row], where) for row in present])
    cells[present, 0] = 1
    cells[present, 1:] = np.frombuffer(digests, np.uint8).reshape(-1, _DIGEST)
    return cells


def _fixed(dtype: np.dtype[Any]) -> Codec:
    def cells(array: Any) -> Matrix:
        values = _buffer(array, dtype)
        if dtype.kind == "f" and np.isnan(values).any():
            values = np.where(np.isnan(values), np.array(np.nan, dtype), values)
        return _with_flag(array, _as_bytes(values))

    return Codec(dtype.name, dtype.itemsize + 1, cells)


def _temporal(arrow_type: Any) -> Codec:
    import pyarrow as pa

    name = str(arrow_type)
    unit = getattr(arrow_type, "unit", "")
    if name.startswith(("timestamp", "duration")):
        utc = "[utc]" if getattr(arrow_type, "tz", None) is not None else ""
        return Codec(name.split("[")[0] + utc, 13, lambda a: _instants(a, PER_SECOND[unit]))
    if name.startswith("time"):
        dtype = np.dtype(f"<i{arrow_type.bit_width // 8}")
        factor = 1_000_000_000 // PER_SECOND[unit]
        return Codec("time", 9, lambda a: _with_flag(a, _as_bytes(_buffer(a, dtype).astype("<i8") * factor)))
    if name.startswith("date"):
        dtype = np.dtype(f"<i{arrow_type.bit_width // 8}")
        a_day = 1 if pa.types.is_date32(arrow_type) else 86_400_000
        return Codec("date", 9, lambda a: _with_flag(a, _as_bytes(_buffer(a, dtype).astype("<i8") // a_day)))
    raise InvalidArgument(f"a column of Arrow type {name} has no digest; cast it to another type first")


def _instants(array: Any, per_second: int) -> Matrix:
    # Seconds and nanoseconds apart, because nanoseconds alone end in the year 2262.
    seconds, rest = np.divmod(_buffer(array, np.dtype("<i8")), per_second)
    nanoseconds = (rest * (1_000_000_000 // per_second)).astype("<u4")
    return _with_flag(array, np.hstack([_as_bytes(seconds.astype("<i8")), _as_bytes(nanoseconds)]))


def _decimals(array: Any) -> Matrix:
    import pyarrow as pa

    texts = [None if value is None else decimal_text(value) for value in array.to_pylist()]
    return _text(pa.array(texts, pa.large_string()))


def _text(array: Any) -> Matrix:
    cells = np.zeros((len(array), _DIGEST + 1), np.uint8)
    if not len(array):
        return cells
    offsets = np.frombuffer(array.buffers()[1], "<i8")[array.offset : array.offset + len(array) + 1]
    valid = _valid(array)
    first, last = int(offsets[0]), int(offsets[-1])
    # Zeros at the end, so that every value can be followed by 31 more bytes.
    content = np.zeros(last - first + _INLINE, np.uint8)
    if last > first:
        content[: last - first] = np.frombuffer(array.buffers()[2], np.uint8)[first:last]
    starts = offsets[:-1] - first
    lengths = np.where(valid, np.diff(offsets), 0)
    windows: NDArray[Any] = np.ndarray((last - first + 1,), f"V{_INLINE}", content, strides=(1,))
    cells[:, 0] = valid
    cells[:, 1] = np.minimum(lengths, _HASHED)
    cells[:, 2:] = windows[starts].view(np.uint8).reshape(-1, _INLINE)
    cells[:, 2:] &= _KEEP[np.minimum(lengths, _INLINE)]
    long = np.flatnonzero(lengths > _INLINE)
    if len(long):
        view = content.data
        spans = zip(starts[long].tolist(), (starts + lengths)[long].tolist(), strict=True)
        digests = hash_each([view[start:end] for start, end in spans])
        cells[long, 1] = _HASHED
        cells[long, 2:] = np.frombuffer(digests, np.uint8).reshape(-1, _DIGEST)[:, :_INLINE]
    return cells


def _dictionary(array: Any, inner: Codec) -> Matrix:
    if len(array.dictionary) > len(array):
        return inner.cells(array.dictionary_decode())
    values = inner.cells(array.dictionary)
    # A last line of zeros, which is a missing value's cell.
    values = np.vstack([values, np.zeros((1, inner.width), np.uint8)])
    valid = _valid(array)
    indices = array.indices.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.asarray(values[np.where(valid, indices, -1)])


def _struct(arrow_type: Any) -> Codec:
    order = sorted(range(arrow_type.num_fields), key=lambda i: arrow_type.field(i).name)
    inner = [codec_of(arrow_type.field(i).type) for i in order]

    def cells(array: Any) -> Matrix:
        fields = array.flatten()
        parts = [codec.cells(fields[i]) for i, codec in zip(order, inner, strict=True)]
        return np.hstack([_valid(array).astype(np.uint8)[:, None], *parts])

    kinds = [[arrow_type.field(i).name, codec.kind] for i, codec in zip(order, inner, strict=True)]
    return Codec(["struct", kinds], 1 + sum(codec.width for codec in inner), cells)


def _lists(array: Any, inner: Codec) -> Matrix:
    import pyarrow.compute as pc

    items = np.ascontiguousarray(inner.cells(array.flatten())).ravel().data
    lengths = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum(lengths * inner.width)
    spans = zip((ends - lengths * inner.width).tolist(), ends.tolist(), strict=True)
    digests = np.frombuffer(hash_each([items[start:end] for start, end in spans]), np.uint8)
    return _with_flag(array, digests.reshape(-1, _DIGEST))


def _extension(arrow_type: Any) -> Codec:
    inner = codec_of(arrow_type.storage_type)
    serialize = getattr(arrow_type, "__arrow_ext_serialize__", None)
    parameters = serialize().decode("latin-1") if serialize else ""
    kind = ["extension", arrow_type.extension_name, parameters, inner.kind]
    return Codec(kind, inner.width, lambda a: inner.cells(a.storage))


def _objects(array: Any) -> Matrix:
    return object_cells(array.to_pylist(), f"a column of Arrow type {str(array.type)[:200]}")


def _run_end_decoded(array: Any) -> Any:
    import pyarrow.compute as pc

    return pc.run_end_decode(array)


def _is_text(arrow_type: Any) -> bool:
    return str(arrow_type) in ("string", "large_string", "string_view")


def _is_binary(arrow_type: Any) -> bool:
    return str(arrow_type) in ("binary", "large_binary", "binary_view") or str(arrow_type).startswith(
        "fixed_size_binary"
    )


def _cast(array: Any, arrow_type: Any) -> Any:
    return array if array.type == arrow_type else array.cast(arrow_type)


def _with_flag(array: Any, values: Matrix) -> Matrix:
    """Return cells of values, zeros where the array has nulls."""
    cells = np.empty((len(array), values.shape[1] + 1), np.uint8)
    cells[:, 1:] = values
    if array.null_count:
        valid = _valid(array)
        cells[:, 0] = valid
        cells[~valid] = 0
    else:
        cells[:, 0] = 1
    return cells


def _valid(array: Any) -> NDArray[np.bool_]:
    return _bits(array.is_valid())


def _bits(array: Any) -> NDArray[np.bool_]:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _buffer(array: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the numbers of an array; what stands where it has nulls is arbitrary."""
    if not len(array):
        return np.empty(0, dtype)
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]


def _as_bytes(values: NDArray[Any]) -> Matrix:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), values.dtype.itemsize)
