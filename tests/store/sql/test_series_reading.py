"""Which summaries stand in for the chunks of long series, and that they say what the chunks do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from runstone.core.events import KeyDefined, SeriesLogged, Slice, encode_event
from runstone.journal.format import encode_frame
from runstone.store.series.columns import Columns
from runstone.store.sql.series import CHUNK_POINTS
from runstone.store.sql.series_reading import OVERVIEW_CHUNKS
from runstone.store.sql.store import SqlStore
from runstone.testing.store.samples import START, make_run

_SPAN = CHUNK_POINTS * OVERVIEW_CHUNKS
"""Points that one overview stands for."""


class Long:
    """A run with a long series ``m``, and its points as they were logged."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.run_id = make_run(store)
        self._events = encode_frame(encode_event(KeyDefined(1, "m")))
        self._taken = 0
        self.steps = np.empty(0, np.int64)
        self.values = np.empty(0, np.float64)

    def log(self, steps: Any, values: Any) -> None:
        times = START + np.arange(len(steps), dtype="<i8")
        logged = SeriesLogged(1, steps.astype("<i8").tobytes(), times.tobytes(), values.astype("<f8").tobytes())
        self._events += encode_frame(encode_event(logged))
        piece = Slice(
            run_id=self.run_id, writer_id="w", events_at=self._taken, events=bytes(self._events[self._taken :])
        )
        self.store.ingest([piece])
        self._taken = len(self._events)
        self.steps, self.values = np.append(self.steps, steps), np.append(self.values, values)

    def read(self, max_points: int, start: int | None = None, end: int | None = None) -> Columns:
        found = self.store.read_series([self.run_id], ["m"], max_points=max_points, start_step=start, end_step=end)
        return found[self.run_id, "m"]

    def count(self, table: str) -> int:
        count: int = self.store._database.read(lambda c: c.query(f"SELECT COUNT(*) FROM {table}"))[0][0]
        return count


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_a_range_of_a_very_long_series_keeps_its_ends_and_extremes(store: SqlStore, is_shuffled: bool) -> None:
    chance = np.random.default_rng(7)
    long = Long(store)
    steps = np.arange(3 * _SPAN + 3 * CHUNK_POINTS + 100)
    if is_shuffled:
        chance.shuffle(steps)
    long.log(steps, chance.normal(size=len(steps)))
    assert long.count("overviews") == 3

    by_step = long.values[np.argsort(long.steps)]
    for start, end in [(None, None), (1000, None), (None, 2 * _SPAN + 5), (_SPAN - 1, 3 * _SPAN), (50_000, 300_000)]:
        found = long.read(100, start, end)

        first, last = start or 0, len(steps) - 1 if end is None else end
        assert 50 < found.size <= 100
        assert (found.steps[0], found.steps[-1]) == (first, last)
        assert np.array_equal(found.values, by_step[found.steps])
        wanted = by_step[first : last + 1]
        assert (found.values.min(), found.values.max()) == (wanted.min(), wanted.max())


def test_overviews_are_read_in_place_of_what_they_stand_for(store: SqlStore) -> None:
    long = Long(store)
    long.log(np.arange(2 * _SPAN), np.random.default_rng(0).normal(size=2 * _SPAN))
    whole = long.read(100)

    store._database.write(lambda c: c.run("UPDATE chunks SET buckets = ?, data = ?", (b"damaged", b"damaged")))

    assert np.array_equal(long.read(100).values, whole.values)


def test_no_overview_is_made_of_chunks_of_which_one_is_not_full(store: SqlStore) -> None:
    long = Long(store)
    half = _SPAN // 2 + 1000
    long.log(np.arange(half), np.zeros(half))
    store.update_run(long.run_id, status="FINISHED", end_time=START)
    store.update_run(long.run_id, status="RUNNING")
    long.log(np.arange(half, half + 2 * _SPAN), np.ones(2 * _SPAN))

    assert long.count("overviews") == 1
    found = long.read(50)
    assert (found.steps[0], found.steps[-1], found.size > 20) == (0, half + 2 * _SPAN - 1, True)
    assert set(found.values.tolist()) == {0.0, 1.0}


def test_very_long_short_and_absent_series_are_read_in_one_call(store: SqlStore) -> None:
    long, short, none = Long(store), Long(store), Long(store)
    long.log(np.arange(_SPAN), np.arange(_SPAN))
    short.log(np.arange(CHUNK_POINTS + 10), np.arange(CHUNK_POINTS + 10))

    found = store.read_series([none.run_id, short.run_id, long.run_id], ["m", "other"], max_points=20_000)
    coarse = store.read_series([none.run_id, short.run_id, long.run_id], ["m", "other"], max_points=50)

    assert list(found) == list(coarse) == [(short.run_id, "m"), (long.run_id, "m")]
    assert found[short.run_id, "m"].steps.tolist() == list(range(CHUNK_POINTS + 10))
    assert (coarse[long.run_id, "m"].values[0], coarse[long.run_id, "m"].values[-1]) == (0, _SPAN - 1)


def test_what_a_run_leaves_goes_with_it(store: SqlStore) -> None:
    long = Long(store)
    long.log(np.arange(_SPAN), np.zeros(_SPAN))
    store.delete_run(long.run_id)

    store.remove_garbage(store.find_garbage())

    assert long.count("overviews") == 0
