import datetime as dt
import decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from runstone.core.errors import InvalidArgument
from runstone.data import from_arrow
from runstone.data.arrow_bytes import codec_of

INSTANT = dt.datetime(1960, 1, 1, 0, 0, 1)


def digest(*chunks, name="a"):
    return from_arrow(pa.table({name: pa.chunked_array(chunks)})).digest


LISTS = pa.array([[1, 2], None, [3, 4]])
LONG = pa.array(["a" * 40, "b", None, ""])
STRUCTS = pa.array([{"b": 1, "a": "x"}, None, {"b": 2, "a": None}])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG.cast(pa.large_string())),
        (LONG, LONG.dictionary_encode()),
        (LONG, pc.run_end_encode(LONG)),
        (pa.array([1, 1, None]), pa.array([1, 1, None]).dictionary_encode()),
        (pa.array([b"ab", None]), pa.array([b"ab", None], pa.binary(2))),
        (LISTS, LISTS.cast(pa.large_list(pa.int64()))),
        (LISTS, pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int64(), 2))),
        (STRUCTS, pa.array([{"a": "x", "b": 1}, None, {"a": None, "b": 2}])),
        (pa.array([INSTANT], pa.timestamp("s")), pa.array([INSTANT], pa.timestamp("ns"))),
        (pa.array([INSTANT], pa.timestamp("ms", "UTC")), pa.array([INSTANT], pa.timestamp("us", "+01:00"))),
        (pa.array([-5], pa.duration("s")), pa.array([-5_000], pa.duration("ms"))),
        (pa.array([dt.date(1960, 1, 1)], pa.date32()), pa.array([dt.date(1960, 1, 1)], pa.date64())),
        (pa.array([dt.time(1, 2)], pa.time32("s")), pa.array([dt.time(1, 2)], pa.time64("ns"))),
        (
            pa.array([decimal.Decimal("1.50")], pa.decimal128(38, 2)),
            pa.array([decimal.Decimal("1.5")], pa.decimal256(50, 1)),
        ),
        (pa.array([1, None, 3])[:1], pa.array([1])),
        (pa.array(["x", "y" * 50])[1:], pa.array(["y" * 50])),
    ],
)
def test_layouts_of_the_same_values_agree(one, other):
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1]), pa.array([1], pa.int32())),
        (pa.array([1]), pa.array([1], pa.uint64())),
        (pa.array([1]), pa.array([1.0])),
        (pa.array([1.0]), pa.array([1.0], pa.float32())),
        (pa.array([True]), pa.array([1], pa.int8())),
        (pa.array([0.0]), pa.array([-0.0])),
        (pa.array([0]), pa.array([None], pa.int64())),
        (pa.array([float("nan")]), pa.array([None], pa.float64())),
        (pa.array([None], pa.int64()), pa.array([None])),
        (pa.array([""]), pa.array([None], pa.string())),
        (pa.array(["a"]), pa.array([b"a"])),
        (pa.array(["a"]), pa.array(["a\0"])),
        (pa.array(["a" * 31]), pa.array(["a" * 32])),
        (pa.array(["a" * 40 + "b"]), pa.array(["a" * 40 + "c"])),
        (pa.array(["1"]), pa.array([1])),
        (pa.array([[1], []]), pa.array([[], []], pa.list_(pa.int64()))),
        (pa.array([[1], [2]]), pa.array([[1, 2], []])),
        (pa.array([[]], pa.list_(pa.int64())), pa.array([None], pa.list_(pa.int64()))),
        (pa.array([[None]], pa.list_(pa.int64())), pa.array([[0]])),
        (pa.array([{"a": 1}]), pa.array([{"b": 1}])),
        (pa.array([{"a": None}], pa.struct({"a": pa.int64()})), pa.array([None], pa.struct({"a": pa.int64()}))),
        (pa.array([INSTANT], pa.timestamp("ns")), pa.array([INSTANT], pa.timestamp("ns", "UTC"))),
        (pa.array([1], pa.timestamp("ns")), pa.array([2], pa.timestamp("ns"))),
        (pa.array([1], pa.timestamp("ns")), pa.array([1], pa.duration("ns"))),
        (pa.array([decimal.Decimal("1.5")]), pa.array([decimal.Decimal("-1.5")])),
        (
            pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
            pa.array([[("k", 2)]], pa.map_(pa.string(), pa.int64())),
        ),
    ],
)
def test_any_other_value_or_type_differs(one, other):
    assert digest(one) != digest(other)


def test_all_nans_are_one():
    other_nan = np.array([0xFFF8000000000123], np.uint64).view(np.float64)

    assert digest(pa.array(other_nan)) == digest(pa.array([float("nan")]))


def test_what_lies_under_a_null_does_not_count():
    hidden = pa.Array.from_buffers(pa.int64(), 1, [pa.py_buffer(b"\0"), pa.py_buffer(b"\7" * 8)])

    assert digest(hidden) == digest(pa.array([None], pa.int64()))


@pytest.mark.parametrize(
    "array",
    [LONG, LISTS, STRUCTS, LONG.dictionary_encode(), pa.array([1.5, None]), pa.array([True, None, False])],
)
def test_chunks_and_slices_do_not_matter(array):
    assert digest(array[1:], array[:1]) == digest(array)


def test_chunks_with_different_dictionaries_are_their_values():
    chunks = pa.array(["x", "y", None]).dictionary_encode(), pa.array(["z"]).dictionary_encode()

    assert digest(*chunks) == digest(pa.array(["z", "x", "y", None]))


def test_a_large_dictionary_behind_few_rows_is_its_values():
    dictionary = pa.array([str(i) for i in range(100)])

    assert digest(pa.DictionaryArray.from_arrays(pa.array([7, None]), dictionary)) == digest(pa.array(["7", None]))


def test_a_null_inside_a_dictionary_is_a_null():
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", None]))

    assert digest(array) == digest(pa.array(["a", None]))


def test_timestamps_beyond_64_bits_of_nanoseconds_are_kept_apart():
    far = pa.array([10**11, 10**11 + 1], pa.timestamp("s"))

    assert digest(far[:1]) != digest(far[1:])


def test_extension_types_are_told_from_their_storage():
    storage = pa.array([[1, 2]], pa.list_(pa.int8(), 2))

    tensor = pa.ExtensionArray.from_storage(pa.fixed_shape_tensor(pa.int8(), [2]), storage)

    assert digest(tensor) != digest(storage)


@pytest.mark.parametrize(
    "array",
    [
        pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
        pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    ],
)
def test_a_type_without_a_canonical_form_is_an_error(array):
    with pytest.raises(InvalidArgument, match="has no digest"):
        codec_of(array.type)
