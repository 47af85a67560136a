"""Fill a store with runs for the search figures: rows written in bulk, as ``ingest`` would leave them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice

import msgspec

from runstone.core.entities import MetricSummary
from runstone.core.ids import new_run_id
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import key_ids
from runstone.store.sql.store import SqlStore

PARAMS = 20
METRICS = 20
_encode = msgspec.msgpack.Encoder().encode
_BATCH = 2000
_START_MS = 1_750_000_000_000


def fill(store: SqlStore, runs: int, *, seed: int = 7) -> float:
    """Write runs of 20 params and 20 metrics each and return the seconds it took.

    Params ``p0`` … ``p19`` are one of 40 texts, but for ``p1``, a number; metrics ``m0`` … ``m19`` are uniform in [0, 1).
    """
    began = time.perf_counter()
    rng = random.Random(seed)
    experiment_id = int(store.create_experiment("search").experiment_id)
    names = [f"p{i}" for i in range(PARAMS)] + [f"m{i}" for i in range(METRICS)] + ["mlflow.runName"]
    ids = store._database.write(lambda c: key_ids(c, names))
    numbered = iter(range(1, runs + 1))
    while batch := list(islice(numbered, _BATCH)):
        rows = [_run(number, rng) for number in batch]
        store._database.write(lambda c, rows=rows: _insert(c, rows, ids, experiment_id))
    store._database.bare(lambda c: c.run("ANALYZE"))
    return time.perf_counter() - began


def _run(number: int, rng: random.Random) -> tuple[int, dict[str, object], dict[str, MetricSummary]]:
    params: dict[str, object] = {f"p{i}": f"v{rng.randrange(40)}" for i in range(PARAMS)}
    params["p1"] = round(rng.random(), 6)
    metrics = {}
    for i in range(METRICS):
        last = rng.random()
        low, high = last * rng.random(), last + (1 - last) * rng.random()
        metrics[f"m{i}"] = MetricSummary(last, 99, _START_MS, high, 0, _START_MS, low, high, (low + high) * 50, 100)
    return number, params, metrics


def _insert(
    c: Connection,
    rows: list[tuple[int, dict[str, object], dict[str, MetricSummary]]],
    ids: dict[str, int],
    experiment_id: int,
) -> None:
    c.many(
        "INSERT INTO runs (run_no, run_id, experiment_id, name, user_id, status, start_ms, end_ms) "
        "VALUES (?, ?, ?, ?, 'bench', 'FINISHED', ?, ?)",
        [
            (no, new_run_id(), experiment_id, f"run-{no}", _START_MS + no * 1000, _START_MS + no * 1000 + 500)
            for no, _, _ in rows
        ],
    )
    c.many(
        "INSERT INTO run_documents (run_no, params, metrics, tags) VALUES (?, ?, ?, ?)",
        [
            (no, _encode(params), _encode(metrics), _encode({"mlflow.runName": f"run-{no}"}))
            for no, params, metrics in rows
        ],
    )
    c.many("INSERT INTO run_params (run_no, key_id, text, number) VALUES (?, ?, ?, ?)", _params(rows, ids))
    c.many(
        "INSERT INTO run_metrics (run_no, key_id, last, min, max, mean, first, count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (no, ids[key], s.last, s.min, s.max, s.mean, s.first, s.count)
            for no, _, metrics in rows
            for key, s in metrics.items()
        ],
    )


def _params(
    rows: list[tuple[int, dict[str, object], dict[str, MetricSummary]]], ids: dict[str, int]
) -> Iterator[tuple[object, ...]]:
    for no, params, _ in rows:
        for key, value in params.items():
            yield no, ids[key], str(value), value if isinstance(value, float) else None
