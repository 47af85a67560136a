from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument, StoreCorrupt
from runstone.store.series.columns import Columns, concat, from_raw, summarise_columns
from runstone.store.series.points import pack_raw, unpack_raw
from runstone.store.series.summary import summarise

INT64 = st.integers(-(2**63), 2**63 - 1)
POINTS = st.lists(st.tuples(INT64, INT64, st.floats()), max_size=20)
TIED = st.lists(
    st.tuples(
        st.integers(-2, 2),
        st.integers(0, 2),
        st.sampled_from([math.nan, -0.0, 0.0, 1.0, -1.5, math.inf, -math.inf]) | st.floats(-1e9, 1e9),
    ),
    min_size=1,
    max_size=30,
)


@given(POINTS)
def test_columns_and_raw_records_are_the_same_points(points):
    raw = pack_raw(points)
    columns = from_raw(raw)
    assert columns.size == len(points)
    assert columns.to_raw() == raw
    assert columns.steps.tolist() == [step for step, _, _ in points]
    assert columns.timestamps.tolist() == [timestamp for _, timestamp, _ in points]


def test_columns_of_raw_records_can_be_written_to():
    columns = from_raw(pack_raw([(1, 2, 3.0)]))
    columns.values[0] = 4.0
    assert unpack_raw(columns.to_raw()) == [(1, 2, 4.0)]


def test_cut_records_are_corrupt():
    with pytest.raises(StoreCorrupt, match="25 bytes"):
        from_raw(bytes(25))


@given(POINTS, POINTS)
def test_concat_joins_in_order(a, b):
    assert concat([from_raw(pack_raw(a)), from_raw(pack_raw(b))]).to_raw() == pack_raw(a + b)


def test_concat_of_nothing_is_empty():
    assert concat([]).size == 0


@given(TIED)
def test_in_order_sorts_by_step_and_timestamp_and_leaves_ties_alone(points):
    ordered = sorted(points, key=lambda point: point[:2])
    assert from_raw(pack_raw(points)).in_order().to_raw() == pack_raw(ordered)


def test_points_in_order_are_not_copied():
    columns = from_raw(pack_raw([(1, 1, 0.0), (1, 2, 0.0), (3, 0, 0.0)]))
    assert columns.in_order() is columns


@given(POINTS.filter(bool))
def test_extent_is_least_and_greatest_of_steps_and_timestamps(points):
    steps = [step for step, _, _ in points]
    timestamps = [timestamp for _, timestamp, _ in points]
    found = from_raw(pack_raw(points)).extent()
    assert found == (min(steps), max(steps), min(timestamps), max(timestamps))
    assert all(type(number) is int for number in found)


def test_nothing_has_no_extent():
    with pytest.raises(InvalidArgument):
        from_raw(b"").extent()


@given(TIED)
def test_summary_of_columns_equals_summary_of_points(points):
    found = msgspec.structs.asdict(summarise_columns(from_raw(pack_raw(points))))
    expected = msgspec.structs.asdict(summarise(points))
    assert found.pop("total") == pytest.approx(expected.pop("total"), rel=1e-9, abs=1e-3, nan_ok=True)
    for name, value in expected.items():
        # repr tells -0.0 from 0.0, equates NaN with NaN, and shows a NumPy scalar that slipped through.
        assert repr(found[name]) == repr(value), name


def test_a_total_that_overflows_warns_nobody():
    many = np.full(3, 1e308)
    columns = Columns(np.arange(3), np.arange(3), many)
    assert summarise_columns(columns).total == math.inf
