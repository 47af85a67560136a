"""What a store's series must do."""

from __future__ import annotations

import math
import random
import struct

import pytest

from runstone.core.entities import Metric
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.events import KeyDefined
from runstone.core.ids import new_run_id
from runstone.core.page import iter_pages
from runstone.journal.format import Point
from runstone.store.protocol import Store
from runstone.testing.store.samples import START, Journal, make_run, new_run


def _ingest(store: Store, points: list[tuple[int, int, float]], *, pieces: int = 1) -> str:
    """Take a series ``m`` of (step, timestamp, value) in by way of a journal, in several slices."""
    run = new_run()
    journal = Journal(run, [KeyDefined(1, "m")], [Point(1, *point) for point in points])
    size = -(-len(points) // pieces) * 32
    end = len(journal.events)
    for start in range(0, max(1, len(journal.points)), max(1, size)):
        events_from = 0 if start == 0 else end
        store.ingest([journal.part(events_from, end, start, min(start + size, len(journal.points)))])
    return run.run_id


def _bits(value: float) -> int:
    bits: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return bits


class SeriesSuite:
    """Reading metrics back."""

    @pytest.mark.parametrize("pieces", [1, 7, 60])
    def test_a_series_comes_back_whole_and_sorted(self, store: Store, pieces: int) -> None:
        chance = random.Random(pieces)
        points = [(chance.randrange(-50, 50), START + number, chance.gauss(0, 1)) for number in range(600)]

        run_id = _ingest(store, points, pieces=pieces)

        columns = store.read_series([run_id], ["m"])[run_id, "m"]
        found = list(zip(columns.steps.tolist(), columns.timestamps.tolist(), columns.values.tolist(), strict=True))
        assert found == sorted(points)

    def test_a_long_series_comes_back_whole_and_sorted(self, store: Store) -> None:
        chance = random.Random(0)
        points = [(number, START + number * 10, chance.random()) for number in range(30_000)]

        run_id = _ingest(store, points, pieces=11)
        store.update_run(run_id, status="FINISHED", end_time=START)

        columns = store.read_series([run_id], ["m"])[run_id, "m"]
        found = list(zip(columns.steps.tolist(), columns.timestamps.tolist(), columns.values.tolist(), strict=True))
        assert found == points
        summary = store.get_run(run_id).metrics["m"]
        assert (summary.count, summary.last, summary.first) == (30_000, points[-1][2], points[0][2])
        assert summary.min == min(point[2] for point in points)
        assert summary.mean == pytest.approx(math.fsum(point[2] for point in points) / 30_000)

    @pytest.mark.parametrize("count", [6, 20_000])
    def test_every_value_comes_back_bit_for_bit(self, store: Store, count: int) -> None:
        odd = [math.inf, -math.inf, math.nan, -0.0, 5e-324, 1.7976931348623157e308]
        chance = random.Random(1)
        values = (odd + [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(count)])[:count]
        edges = [-(2**63), 2**63 - 1, 0, -1, 1, 2**53 + 1]
        points = [(edges[number % 6], number, value) for number, value in enumerate(values)]

        run_id = _ingest(store, points)

        columns = store.read_series([run_id], ["m"])[run_id, "m"]
        found = zip(
            columns.steps.tolist(),
            columns.timestamps.tolist(),
            map(_bits, columns.values.tolist()),
            strict=True,
        )
        assert list(found) == sorted((step, timestamp, _bits(value)) for step, timestamp, value in points)

    def test_points_of_a_batch_and_of_a_journal_are_one_series(self, store: Store) -> None:
        run_id = _ingest(store, [(0, START, 0.0), (2, START, 2.0)])
        store.log_batch(run_id, metrics=[Metric("m", 1.0, START, 1), Metric("m", 2.0, START, 2)])

        assert store.read_series([run_id], ["m"])[run_id, "m"].values.tolist() == [0.0, 1.0, 2.0]

    def test_many_runs_and_keys_in_one_call(self, store: Store) -> None:
        runs = [make_run(store) for _ in range(3)]
        for number, run_id in enumerate(runs):
            store.log_batch(run_id, metrics=[Metric(f"k{key}", float(number * 10 + key)) for key in range(number + 1)])

        found = store.read_series(runs, ["k0", "k2", "never"])

        assert {series: columns.values.tolist() for series, columns in found.items()} == {
            (runs[0], "k0"): [0.0],
            (runs[1], "k0"): [10.0],
            (runs[2], "k0"): [20.0],
            (runs[2], "k2"): [22.0],
        }
        assert list(store.read_series(runs[::-1], ["k2", "k0"])) == [
            (runs[2], "k2"),
            (runs[2], "k0"),
            (runs[1], "k0"),
            (runs[0], "k0"),
        ]
        assert store.read_series([], ["k0"]) == {}
        assert store.read_series(runs, []) == {}

    def test_a_run_that_does_not_exist_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.read_series([make_run(store), new_run_id()], ["m"])
        with pytest.raises(NotFound):
            store.get_metric_history(new_run_id(), "m")

    @pytest.mark.parametrize(
        ("start_step", "end_step", "steps"),
        [
            (None, None, range(10)),
            (3, None, range(3, 10)),
            (None, 4, range(5)),
            (3, 4, (3, 4)),
            (20, None, ()),
        ],
    )
    def test_a_range_of_steps_is_inclusive(
        self, store: Store, start_step: int | None, end_step: int | None, steps: range | tuple[int, ...]
    ) -> None:
        run_id = _ingest(store, [(step, START, float(step)) for step in range(10)])

        found = store.read_series([run_id], ["m"], start_step=start_step, end_step=end_step)

        assert [columns.steps.tolist() for columns in found.values()] == ([list(steps)] if steps else [])

    @pytest.mark.parametrize("count", [100, 3000, 60_000])
    def test_down_sampling_keeps_ends_and_extremes(self, store: Store, count: int) -> None:
        chance = random.Random(count)
        points = [(number, START + number, chance.gauss(0, 1)) for number in range(count)]
        points[count // 3] = (count // 3, START + count // 3, 1e6)
        points[count // 2] = (count // 2, START + count // 2, -1e6)
        run_id = _ingest(store, points, pieces=4)

        columns = store.read_series([run_id], ["m"], max_points=50)[run_id, "m"]

        assert 8 <= len(columns.steps) <= 50
        assert (columns.steps[0], columns.steps[-1]) == (0, count - 1)
        assert (columns.values.max(), columns.values.min()) == (1e6, -1e6)
        found = zip(columns.steps.tolist(), columns.timestamps.tolist(), columns.values.tolist(), strict=True)
        assert set(found) <= set(points)
        assert columns.steps.tolist() == sorted(columns.steps.tolist())

    def test_a_short_series_is_not_down_sampled(self, store: Store) -> None:
        run_id = _ingest(store, [(step, START, float(step)) for step in range(50)])

        assert len(store.read_series([run_id], ["m"], max_points=50)[run_id, "m"].steps) == 50

    def test_fewer_than_eight_points_are_refused(self, store: Store) -> None:
        run_id = _ingest(store, [(0, START, 0.0)])

        with pytest.raises(InvalidArgument):
            store.read_series([run_id], ["m"], max_points=7)

    def test_a_history_is_ordered_by_time_step_and_value(self, store: Store) -> None:
        points = [
            (3, START, 1.0),
            (1, START + 1, 5.0),
            (2, START, 9.0),
            (2, START, -9.0),
            (-1, START + 1, 0.0),
        ]
        run_id = _ingest(store, points)

        history = store.get_metric_history(run_id, "m")

        assert list(history) == [
            Metric("m", value, timestamp, step, run_id=run_id)
            for timestamp, step, value in sorted((t, s, v) for s, t, v in points)
        ]
        assert history.token is None

    def test_a_history_is_paged(self, store: Store) -> None:
        run_id = _ingest(store, [(step, START + step, float(step)) for step in range(25)])

        for size in (1, 10, 25, 100):
            found = iter_pages(
                lambda token, size=size: store.get_metric_history(  # type: ignore[misc]
                    run_id, "m", max_results=size, page_token=token
                )
            )
            assert [metric.step for metric in found] == list(range(25))
        token = store.get_metric_history(run_id, "m", max_results=1).token
        with pytest.raises(InvalidArgument):
            store.get_metric_history(run_id, "other", max_results=1, page_token=token)

    def test_a_key_without_points_has_an_empty_history(self, store: Store) -> None:
        assert store.get_metric_history(make_run(store), "never") == []
