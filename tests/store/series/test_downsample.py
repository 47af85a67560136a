from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.store.series.buckets import Buckets, bucketed
from runstone.store.series.codec import decode_buckets, encode_buckets
from runstone.store.series.columns import Columns, from_raw
from runstone.store.series.downsample import MIN_POINTS, check_max_points, downsample, downsample_chunks, thin
from runstone.store.series.points import pack_raw, unpack_raw

INT64 = st.integers(-(2**63), 2**63 - 1)
STEPS = st.integers(-40, 40) | INT64
VALUES = st.sampled_from([math.nan, math.inf, -math.inf, 0.0]) | st.floats(-100, 100)
POINTS = st.lists(st.tuples(STEPS, st.integers(0, 3), VALUES), max_size=150)
MAX_POINTS = st.integers(MIN_POINTS, 60)


def columns_of(points: list[tuple[int, int, float]]) -> Columns:
    return from_raw(pack_raw(points))


def records(columns: Columns) -> list[bytes]:
    return [pack_raw([point]) for point in unpack_raw(columns.to_raw())]


def check_laws(found: Columns, points: list[tuple[int, int, float]], max_points: int) -> None:
    """Assert all that holds of down-sampled points, however they came about."""
    ordered = columns_of(points).in_order()
    assert found.size <= max_points
    assert found.in_order() is found
    assert set(records(found)) <= set(records(ordered))
    if not points:
        return
    assert found.steps[0] == ordered.steps[0]
    assert found.steps[-1] == ordered.steps[-1]
    everything, some = ordered.values, found.values
    assert np.isnan(everything).any() == np.isnan(some).any()
    if not np.isnan(everything).all():
        assert np.nanmin(some) == np.nanmin(everything)
        assert np.nanmax(some) == np.nanmax(everything)


@given(POINTS, MAX_POINTS)
def test_ends_and_extremes_are_kept_within_the_limit(points, max_points):
    found = downsample(columns_of(points), max_points)
    check_laws(found, points, max_points)
    ordered = records(columns_of(points).in_order())
    if ordered:
        assert records(found)[0] == ordered[0]
        assert records(found)[-1] == ordered[-1]


@given(POINTS)
def test_a_series_no_longer_than_the_limit_comes_whole(points):
    found = downsample(columns_of(points), max(MIN_POINTS, len(points)))
    assert records(found) == records(columns_of(points).in_order())


@given(POINTS, MAX_POINTS, STEPS, STEPS)
def test_a_range_of_steps_is_down_sampled_as_if_there_were_no_other(points, max_points, lo, hi):
    inside = [point for point in points if lo <= point[0] <= hi]
    found = downsample(columns_of(points), max_points, lo=lo, hi=hi)
    assert records(found) == records(downsample(columns_of(inside), max_points))


@given(st.lists(st.tuples(POINTS, st.booleans()), max_size=4), MAX_POINTS)
def test_pieces_and_bucket_summaries_keep_ends_and_extremes(pieces, max_points):
    given_pieces: list[Columns | Buckets] = []
    for points, whole in pieces:
        columns = columns_of(points)
        given_pieces.append(columns if whole else decode_buckets(encode_buckets(columns)))
    found = downsample_chunks(given_pieces, max_points)
    check_laws(found, [point for points, _ in pieces for point in points], max_points)


@given(st.lists(POINTS, max_size=4), MAX_POINTS | st.none(), st.none() | STEPS, st.none() | STEPS)
def test_whole_pieces_are_down_sampled_as_one_series(pieces, max_points, lo, hi):
    found = downsample_chunks([columns_of(points) for points in pieces], max_points, lo=lo, hi=hi)
    everything = columns_of([point for points in pieces for point in points])
    limit = max(MIN_POINTS, everything.size) if max_points is None else max_points
    assert records(found) == records(downsample(everything, limit, lo=lo, hi=hi))


def test_bucket_summaries_cannot_give_all_points():
    with pytest.raises(InvalidArgument, match="bucket summaries"):
        downsample_chunks([bucketed(columns_of([(1, 1, 1.0)]))], None)


def test_a_spike_is_kept_where_it_was():
    values = np.zeros(100_000)
    values[77_777] = 9.0
    found = downsample(Columns(np.arange(100_000), np.arange(100_000), values), 200)
    assert found.steps[found.values == 9.0].tolist() == [77_777]


def test_detail_is_spread_over_the_steps_not_over_the_points():
    """Half of the points lie in the first hundredth of the steps; the rest of the curve must not suffer."""
    steps = np.concatenate(
        [np.linspace(0, 999, 5000).astype(np.int64), np.linspace(1000, 100_000, 5000).astype(np.int64)]
    )
    found = downsample(Columns(steps, np.arange(10_000), np.random.default_rng(1).random(10_000)), 400)
    assert np.count_nonzero(found.steps < 1000) < 10


def test_an_outlier_among_the_steps_does_not_take_all_detail():
    steps = np.append(np.arange(10_000), 2**62)
    found = downsample(Columns(steps, steps, np.random.default_rng(1).random(10_001)), 400)
    assert found.size > 300


def test_one_step_for_all_points_keeps_detail():
    found = downsample(Columns(np.zeros(5000, np.int64), np.arange(5000), np.random.default_rng(1).random(5000)), 400)
    assert found.size > 300
    assert np.diff(found.timestamps).max() < 100


@pytest.mark.parametrize("max_points", [-1, 0, 7])
def test_too_few_points_are_refused(max_points):
    with pytest.raises(InvalidArgument, match="at least 8"):
        check_max_points(max_points)
    with pytest.raises(InvalidArgument, match="at least 8"):
        downsample(columns_of([]), max_points)


@given(POINTS, st.integers(1, 60))
def test_thinning_keeps_first_and_last_at_even_distances(points, max_results):
    ordered = records(columns_of(points).in_order())
    found = records(thin(columns_of(points), max_results))
    assert len(found) == min(len(points), max_results)
    if points:
        assert found[-1] == ordered[-1]
    if len(found) > 1:
        assert found[0] == ordered[0]


def test_thinned_points_are_evenly_apart():
    found = thin(Columns(np.arange(1000), np.arange(1000), np.zeros(1000)), 100)
    assert set(np.diff(found.steps).tolist()) <= {10, 11}


def test_thinning_to_nothing_is_refused():
    with pytest.raises(InvalidArgument, match="at least 1"):
        thin(columns_of([]), 0)
