from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.histogram import Histogram, decode_histogram, encode_histogram, histogram


def test_values_are_counted_in_bins_of_equal_width() -> None:
    assert histogram([0, 1, 1, 2, 4], bins=4) == Histogram([0.0, 1.0, 2.0, 3.0, 4.0], [1, 2, 1, 1])


def test_values_that_are_no_finite_numbers_are_counted_apart() -> None:
    counted = histogram(np.array([[0.0, 1.0, np.nan], [np.inf, np.inf, -np.inf]]), bins=1)

    assert counted == Histogram([0.0, 1.0], [2], nan=1, inf=2, neg_inf=1)


@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint64, np.uint8, np.bool_]),
        hnp.array_shapes(min_dims=0, min_side=0, max_dims=3),
    ),
    st.integers(1, 100),
)
def test_every_value_is_counted_once(array: Any, bins: int) -> None:
    counted = histogram(array, bins)

    assert sum(counted.counts) + counted.nan + counted.inf + counted.neg_inf == array.size
    assert 1 <= len(counted.counts) <= bins
    assert len(counted.edges) == len(counted.counts) + 1
    assert all(math.isfinite(edge) for edge in counted.edges)
    assert decode_histogram(encode_histogram(counted)) == counted


@pytest.mark.parametrize(
    "values",
    [[1e308, -1e308], [1e16, 1e16 + 2], [5e-324, 0.0], [1.7e308] * 3, [3.0], [], [math.nan]],
)
def test_ranges_at_the_limits_of_floats(values: list[float]) -> None:
    counted = histogram(values)

    assert sum(counted.counts) + counted.nan == len(values)
    assert counted.edges == sorted(set(counted.edges))


def test_what_numpy_counted_is_taken() -> None:
    counts, edges = np.histogram([1, 2, 2, 3], bins=2)

    assert histogram(np_histogram=(counts, edges)) == Histogram([1.0, 2.0, 3.0], [1, 3])
    assert histogram(np_histogram=([0.5, 1.5], [0, 1, 2])) == Histogram([0.0, 1.0, 2.0], [0.5, 1.5])


def test_the_file_is_json_that_names_its_parts() -> None:
    assert json.loads(encode_histogram(histogram([0.0, 1.0, math.nan], bins=1))) == {
        "_type": "histogram",
        "bins": [0.0, 1.0],
        "counts": [2],
        "nan": 1,
        "inf": 0,
        "neg_inf": 0,
    }


@pytest.mark.parametrize("values", ["text", object(), [object()], [[1], [2, 3]], {"a": 1}, [1j], np.array(["a"])])
def test_what_holds_no_numbers_is_refused(values: object) -> None:
    with pytest.raises(InvalidArgument, match="values"):
        histogram(values)


@pytest.mark.parametrize("bins", [0, -1, 10_001, 1.5, True, "auto", None, [0, 1]])
def test_bins_out_of_range_are_refused(bins: object) -> None:
    with pytest.raises(InvalidArgument, match="bins must be an int from 1 to 10000"):
        histogram([1], bins)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pair",
    [
        3,
        ([1],),
        ([1, 2], [0, 1]),
        ([], [0]),
        ([1], [1, 1]),
        ([1], [0, math.nan]),
        ([-1], [0, 1]),
        (["a"], [0, 1]),
        ([[1]], [0, 1]),
    ],
)
def test_what_is_no_numpy_histogram_is_refused(pair: object) -> None:
    with pytest.raises(InvalidArgument) as caught:
        histogram(np_histogram=pair)

    assert caught.value.field == "np_histogram"


def test_either_values_or_counts_have_to_be_given() -> None:
    with pytest.raises(InvalidArgument, match="either values or np_histogram"):
        histogram()
    with pytest.raises(InvalidArgument, match="either values or np_histogram"):
        histogram([1], np_histogram=([1], [0, 1]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"_type": "histogram"}',
        b'{"_type": "histogram", "bins": [0, 1], "counts": ["a"]}',
        b'{"_type": "histogram", "bins": [0, 1], "counts": [1], "nan": -1}',
    ],
)
def test_foreign_files_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidArgument, match="histogram"):
        decode_histogram(data)
