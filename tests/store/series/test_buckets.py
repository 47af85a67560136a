from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runstone.store.series.buckets import BUCKETS, bucketed, even_starts, kept
from runstone.store.series.columns import from_raw
from runstone.store.series.points import pack_raw, unpack_raw

VALUES = st.lists(st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0, 2.0, 3.0]), min_size=1, max_size=40)


@given(VALUES, st.integers(1, 12))
def test_each_bucket_keeps_first_least_greatest_last_and_a_nan(values, buckets):
    column = np.array(values)
    starts = even_starts(len(values), buckets)
    positions = kept(column, starts).tolist()
    assert positions == sorted(set(positions))
    for start, stop in zip(starts, [*starts[1:], len(values)], strict=True):
        bucket = values[start:stop]
        chosen = [values[i] for i in positions if start <= i < stop]
        assert {start, stop - 1} <= set(positions)
        assert any(map(math.isnan, chosen)) == any(map(math.isnan, bucket))
        numbers = [value for value in bucket if not math.isnan(value)]
        if numbers:
            assert min(numbers) in chosen
            assert max(numbers) in chosen
        assert len(chosen) <= (5 if len(numbers) < len(bucket) else 4)


@given(st.integers(0, 500), st.integers(1, 70))
def test_even_starts_share_the_points_evenly(count, buckets):
    sizes = np.diff(even_starts(count, buckets), append=count)
    assert len(sizes) == min(count, buckets)
    assert count == 0 or (sizes.min() >= 1 and sizes.max() - sizes.min() <= 1)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 9), st.sampled_from([math.nan, 1.0, -2.0])), max_size=300))
def test_buckets_account_for_every_point(points):
    found = bucketed(from_raw(pack_raw(points)))
    assert found.counts.sum() == len(points)
    assert found.nan_counts.sum() == sum(math.isnan(value) for _, _, value in points)
    assert len(found.counts) == len(found.nan_counts) == min(BUCKETS, len(points))
    records = {pack_raw([point]) for point in points}
    assert {pack_raw([point]) for point in unpack_raw(found.points.to_raw())} <= records
    assert found.points.in_order() is found.points
