import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runstone.core.errors import InvalidArgument
from runstone.data import from_numpy

dtypes = (
    hnp.integer_dtypes()
    | hnp.floating_dtypes(sizes=(16, 32, 64))
    | hnp.complex_number_dtypes(sizes=(64, 128))
    | hnp.boolean_dtypes()
    | hnp.datetime64_dtypes()
    | hnp.unicode_string_dtypes(max_len=3)
    | hnp.byte_string_dtypes(max_len=3)
)
shapes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)


def digest(array):
    return from_numpy(array).digest


@given(dtypes.flatmap(lambda dtype: hnp.arrays(dtype, shapes)), st.randoms(use_true_random=False))
def test_order_of_rows_byte_order_and_memory_layout_do_not_matter(array, random):
    order = list(range(len(array)))
    random.shuffle(order)
    doubled = np.repeat(array, 2, axis=0)

    expected = digest(array)

    assert digest(array[order]) == expected
    assert digest(array.astype(array.dtype.newbyteorder("S"))) == expected
    assert digest(np.asfortranarray(array)) == expected
    assert digest(doubled[::2]) == expected


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 3))), st.data())
def test_one_changed_value_or_row_is_another_digest(array, data):
    row, column = (data.draw(st.integers(0, size - 1)) for size in array.shape)
    changed = array.copy()
    changed[row, column] = data.draw(st.floats(allow_nan=False))

    same = np.array_equal(array, changed, equal_nan=True) and np.array_equal(np.signbit(array), np.signbit(changed))

    if not same and not (np.isnan(array[row, column]) and np.isnan(changed[row, column])):
        assert digest(changed) != digest(array)
    assert digest(array[1:]) != digest(array)
    assert digest(np.vstack([array, array[:1]])) != digest(array)


def test_type_and_shape_of_a_row_count():
    arrays = [
        np.zeros((2, 4)),
        np.zeros((2, 2, 2)),
        np.zeros((4, 2)),
        np.zeros((2, 4), np.float32),
        np.zeros((2, 4), np.int64),
        np.zeros((2, 4), "datetime64[s]"),
        np.zeros((2, 4), "datetime64[ms]"),
        -np.zeros((2, 4)),
    ]

    assert len({digest(array) for array in arrays}) == len(arrays)


def test_nans_are_one_in_floats_and_complex_numbers():
    other = np.array([0xFFF8000000000123], np.uint64).view(np.float64)

    assert digest(other) == digest(np.array([np.nan]))
    assert digest(other + 1j) == digest(np.array([complex(np.nan, 1)]))


def test_structured_arrays_count_their_fields_and_not_their_padding():
    aligned, packed = np.dtype([("a", "i1"), ("b", "f8")], align=True), np.dtype([("a", "i1"), ("b", "f8")])
    values = np.frombuffer(b"\xaa" * aligned.itemsize * 2, aligned).copy()
    values["a"], values["b"] = [1, 2], [0.5, 1.5]

    expected = digest(np.array([(1, 0.5), (2, 1.5)], packed))

    assert digest(values) == expected
    assert digest(np.array([(2, 1.5), (1, 0.5)], packed)) == expected
    assert digest(np.array([(1, 1.5), (2, 0.5)], packed)) != expected
    assert digest(np.array([(1, 0.5), (2, 1.5)], [("a", "i1"), ("c", "f8")])) != expected


def test_structured_arrays_with_arrays_inside():
    dtype = [("a", ">i4", (2,)), ("b", [("c", "U3")])]

    assert digest(np.array([([1, 2], ("x",))], dtype)) != digest(np.array([([1, 3], ("x",))], dtype))


def test_masked_elements_count_as_masked_only():
    one = np.ma.array([1, 2, 3], mask=[False, True, False])
    other = np.ma.array([1, 9, 3], mask=[False, True, False])

    assert digest(one) == digest(other)
    assert len({digest(one), digest(one.filled(0)), digest(np.ma.array([1, 2, 3], mask=[True, False, False]))}) == 3


def test_arrays_of_objects_count_their_values():
    assert digest(np.array([[1], "a"], object)) == digest(np.array(["a", [1]], object))
    assert digest(np.array([[1], "a"], object)) != digest(np.array([[2], "a"], object))
    with pytest.raises(InvalidArgument, match=r"features holds a builtins\.object"):
        digest(np.array([object()]))


def test_extended_floats_are_an_error_that_says_what_to_do():
    with pytest.raises(InvalidArgument, match="astype"):
        digest(np.zeros(2, np.longdouble))


def test_arrays_without_rows_or_elements():
    empty = [np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(2, "U0")]

    assert len({digest(array) for array in empty}) == 4
