"""Calls whose writes are one transaction."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from runstone.core.entities import Metric
from runstone.core.errors import InvalidState, NotFound
from runstone.store.sql.database import Database
from runstone.store.sql.dialect import sqlite
from runstone.store.sql.dialect.sqlite import SqliteDialect
from runstone.store.sql.store import SqlStore
from runstone.testing.store.samples import START, make_run


def _log(store: SqlStore, run_id: str, *steps: int, key: str = "loss") -> None:
    store.log_batch(run_id, metrics=[Metric(key, step / 2, START + step, step) for step in steps])


def _steps(store: SqlStore, run_id: str, key: str = "loss") -> list[int]:
    return [metric.step for metric in store.get_metric_history(run_id, key)]


def test_all_is_committed_and_each_result_returned(store: SqlStore) -> None:
    a, b = make_run(store), make_run(store)

    results = store.do_together(
        [
            partial(_log, store, a, 1),
            partial(_log, store, b, 1, 2),
            partial(store.log_batch, a, params={"lr": 1}, tags={"x": "y"}),
            partial(_log, store, a, 2, key="acc"),
            lambda: "result",
        ]
    )

    assert results == [None, None, None, None, "result"]
    assert (_steps(store, a), _steps(store, a, "acc"), _steps(store, b)) == ([1], [2], [1, 2])
    assert store.get_run(a).params == {"lr": 1}
    assert store.get_run(b).metrics["loss"].last == 1.0
    assert store.check() == []


def test_points_of_one_run_are_recorded_once(store: SqlStore) -> None:
    run = make_run(store)
    _log(store, run, 1)

    store.do_together([partial(_log, store, run, *steps) for steps in ((1, 2), (2, 3), (0,), (3, 3))])

    assert _steps(store, run) == [0, 1, 2, 3]
    assert store.check() == []


def test_if_one_fails_nothing_is_committed(store: SqlStore) -> None:
    good, deleted = make_run(store), make_run(store)
    store.delete_run(deleted)

    for other, error in (("0" * 32, NotFound), (deleted, InvalidState)):
        with pytest.raises(error, match=other):
            store.do_together([partial(_log, store, good, 1), partial(_log, store, other, 1)])

    assert store.get_run(good).metrics == {}


def test_a_failure_that_a_call_handles_is_one_even_so(store: SqlStore) -> None:
    run = make_run(store)
    store.log_batch(run, params={"lr": 1})

    def forgiving() -> None:
        with pytest.raises(ValueError, match="not allowed"):
            store.log_batch(run, params={"lr": 2})

    with pytest.raises(ValueError, match="not allowed"):
        store.do_together([forgiving, partial(store.log_batch, run, tags={"x": "y"})])

    assert "x" not in store.get_run(run).tags


def test_long_series_of_many_runs_are_folded(store: SqlStore) -> None:
    runs = [make_run(store) for _ in range(3)]

    for start in range(0, 9000, 500):
        store.do_together([partial(_log, store, run, *range(start, start + 500)) for run in runs])
    for step in range(9000, 9200):
        store.do_together([partial(_log, store, run, step) for run in runs])

    assert all(_steps(store, run) == list(range(9200)) for run in runs)
    assert store.check() == []


def test_writers_of_one_process_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_TIMEOUT_S", 0.0)
    database = Database(SqliteDialect(tmp_path_factory.mktemp("turn") / "runstone.db"))
    begun, go_on = threading.Event(), threading.Event()

    def hold(c: object) -> None:
        begun.set()
        go_on.wait(60)

    holding = threading.Thread(target=database.write, args=(hold,))
    holding.start()
    begun.wait(60)
    waiting = threading.Thread(target=database.write, args=(lambda c: done.append(1),))
    done: list[int] = []
    waiting.start()
    waiting.join(0.1)
    assert done == []
    go_on.set()
    holding.join()
    waiting.join()

    assert done == [1]
    database.close()
