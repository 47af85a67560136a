from __future__ import annotations

import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.entities.metrics import MetricSummary
from runstone.core.errors import InvalidArgument
from runstone.store.series.summary import merge, summarise

NAN = math.nan
# Few different steps, times and values: ties, NaN and both zeros are what summaries must get right.
VALUES = st.sampled_from([NAN, -0.0, 0.0, 1.0, -1.5, 2.5]) | st.floats(-1e9, 1e9)
POINTS = st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 2), VALUES), min_size=1, max_size=12)


def exact(summary: MetricSummary) -> tuple[object, ...]:
    """Everything but the total, in a form that tells -0.0 from 0.0 and takes NaN to be NaN."""
    fields = msgspec.structs.asdict(summary)
    del fields["total"]
    return tuple(as_bits(value) if isinstance(value, float) else value for value in fields.values())


def as_bits(value: float) -> bytes:
    return struct.pack("<d", NAN if math.isnan(value) else value)


def same(a: MetricSummary, b: MetricSummary) -> bool:
    return exact(a) == exact(b) and a.total == pytest.approx(b.total, rel=1e-9, abs=1e-3)


@given(POINTS)
def test_summary_says_what_sorting_says(points):
    found = summarise(points)
    numbers = [value for _, _, value in points if not math.isnan(value)]
    ends = sorted((s, t, math.isnan(v), v, math.copysign(1, v)) for s, t, v in points)
    assert (found.first_step, found.first_timestamp) == ends[0][:2]
    assert (found.last_step, found.last_timestamp) == ends[-1][:2]
    assert as_bits(found.first) == as_bits(ends[0][3])
    assert as_bits(found.last) == as_bits(ends[-1][3])
    assert (found.count, found.nan_count) == (len(points), len(points) - len(numbers))
    if numbers:
        assert (found.min, found.max) == (min(numbers), max(numbers))
        assert found.mean == pytest.approx(math.fsum(numbers) / len(numbers), abs=1e-6)
    else:
        assert math.isnan(found.min)
        assert math.isnan(found.max)
        assert math.isnan(found.mean)
        assert found.total == 0.0


@given(POINTS, st.randoms(use_true_random=False))
def test_order_of_points_does_not_matter(points, random):
    shuffled = list(points)
    random.shuffle(shuffled)
    assert same(summarise(points), summarise(shuffled))


@given(POINTS, POINTS)
def test_merged_summaries_equal_the_summary_of_all(a, b):
    assert same(merge(summarise(a), summarise(b)), summarise(a + b))


@given(POINTS, POINTS, POINTS)
def test_merging_is_associative_and_commutative(a, b, c):
    x, y, z = summarise(a), summarise(b), summarise(c)
    assert same(merge(merge(x, y), z), merge(x, merge(y, z)))
    assert same(merge(x, y), merge(y, x))


def test_nan_is_the_greatest_of_a_tie():
    found = summarise([(1, 1, NAN), (1, 1, 5.0)])
    assert math.isnan(found.last)
    assert found.first == 5.0


def test_infinities_are_numbers():
    found = summarise([(0, 0, math.inf), (1, 0, -math.inf), (2, 0, 1.0)])
    assert (found.min, found.max, found.nan_count) == (-math.inf, math.inf, 0)
    assert math.isnan(found.total)


def test_no_points_have_no_summary():
    with pytest.raises(InvalidArgument):
        summarise([])
