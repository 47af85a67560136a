"""Fill a store with runs for the search figures: rows written in bulk, as ``ingest`` would leave them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random

import msgspec

from runstone.core.entities import MetricSummary
from runstone.core.ids import new_run_id
from runstone.store.sql import database as sql_database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.dialect.postgres import PostgresConnection
from runstone.store.sql.heads import head
from runstone.store.sql.keys import key_ids
from runstone.store.sql.store import SqlStore

PARAMS = 20
METRICS = 20
_encode = msgspec.msgpack.Encoder().encode
_BATCH = 5000
_START_MS = 1_750_000_000_000
_CREATED = re.compile(
    r"^CREATE (?:TABLE (?:keys|runs|run_documents|run_params|run_metrics) .*?"
    r"|INDEX (?P<index>\w+) ON (?:runs|run_params|run_metrics) .*?);$",
    re.MULTILINE | re.DOTALL,
)

Run = tuple[int, dict[str, object], dict[str, MetricSummary]]


def fill(store: SqlStore, runs: int, *, seed: int = 7) -> float:
    """Write runs of 20 params and 20 metrics each and return the seconds it took.

    Params ``p0`` … ``p19`` are one of 40 texts, but for ``p1``, a number; metrics ``m0`` … ``m19`` are uniform in [0, 1).
    """
    began = time.perf_counter()
    rng = Random(seed)
    experiment_id = int(store.create_experiment("search").experiment_id)
    database = store._database
    names = [f"p{i}" for i in range(PARAMS)] + [f"m{i}" for i in range(METRICS)] + ["mlflow.runName"]
    ids = database.write(lambda c: key_ids(c, names))
    indexes = _indexes(database.dialect.name)
    for name in indexes:
        database.write(partial(_execute, sql=f"DROP INDEX {name}"))
    for first in range(1, runs + 1, _BATCH):
        batch = [_run(number, rng) for number in range(first, min(first + _BATCH, runs + 1))]
        database.write(partial(_insert, rows=batch, ids=ids, experiment_id=experiment_id))
    # A sorted build takes a fraction of what millions of insertions in random places would.
    for statement in indexes.values():
        database.write(partial(_execute, sql=statement))
    database.bare(_settle)
    return time.perf_counter() - began


def schema(dialect: str) -> str:
    """Return the statements that make the tables filled here."""
    return "\n".join(found[0] for found in _created(dialect))


def _indexes(dialect: str) -> dict[str, str]:
    """Return the statements that make their secondary indexes, by name."""
    return {found["index"]: found[0].rstrip(";") for found in _created(dialect) if found["index"]}


def _created(dialect: str) -> Iterator[re.Match[str]]:
    for script in sorted(Path(sql_database.__file__).parent.joinpath("migrations", dialect).glob("*.sql")):
        yield from _CREATED.finditer(script.read_text("utf-8"))


def _execute(c: Connection, sql: str) -> None:
    c.run(sql)


def _settle(c: Connection) -> None:
    # PostgreSQL answers from an index alone only where it knows that a page's rows are visible to all.
    c.run("VACUUM ANALYZE" if isinstance(c, PostgresConnection) else "ANALYZE")


def _run(number: int, rng: Random) -> Run:
    params: dict[str, object] = {f"p{i}": f"v{rng.randrange(40)}" for i in range(PARAMS)}
    params["p1"] = round(rng.random(), 6)
    metrics = {}
    for i in range(METRICS):
        last = rng.random()
        low, high = last * rng.random(), last + (1 - last) * rng.random()
        metrics[f"m{i}"] = MetricSummary(last, 99, _START_MS, high, 0, _START_MS, low, high, (low + high) * 50, 100)
    return number, params, metrics


def _insert(c: Connection, rows: Sequence[Run], ids: dict[str, int], experiment_id: int) -> None:
    _write(
        c,
        "runs",
        ("run_no", "run_id", "experiment_id", "name", "user_id", "status", "start_ms", "end_ms"),
        (
            (
                no,
                new_run_id(),
                experiment_id,
                f"run-{no}",
                "bench",
                "FINISHED",
                _START_MS + no * 1000,
                _START_MS + no * 1000 + 500,
            )
            for no, _, _ in rows
        ),
    )
    _write(
        c,
        "run_documents",
        ("run_no", "params", "metrics", "tags"),
        (
            (no, _encode(params), _encode(metrics), _encode({"mlflow.runName": f"run-{no}"}))
            for no, params, metrics in rows
        ),
    )
    _write(
        c,
        "run_params",
        ("run_no", "key_id", "text", "head", "number"),
        (
            (no, ids[key], text := str(value), head(text), value if isinstance(value, float) else None)
            for no, params, _ in rows
            for key, value in params.items()
        ),
    )
    _write(
        c,
        "run_metrics",
        ("run_no", "key_id", "last", "min", "max", "mean", "first", "count"),
        (
            (no, ids[key], s.last, s.min, s.max, s.mean, s.first, s.count)
            for no, _, metrics in rows
            for key, s in metrics.items()
        ),
    )


def _write(c: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    listed = ", ".join(columns)
    if not isinstance(c, PostgresConnection):
        c.many(f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(columns))})", rows)
        return
    with c.raw.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)
