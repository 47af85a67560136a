"""Keeping the database healthy: what it holds, whether that hangs together, what can go."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from runstone.core.entities import MetricSummary, param_text
from runstone.core.errors import AlreadyExists, RunstoneError
from runstone.store.protocol.maintenance import Garbage, Problem, Progress, StoreInfo
from runstone.store.sql import documents, series
from runstone.store.sql.database import SCHEMA_VERSION, Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

_BATCH = 500
_RUN_TABLES = (
    "run_documents",
    "run_params",
    "run_tags",
    "run_metrics",
    "chunks",
    "writers",
    "console",
    "run_artifacts",
    "run_inputs",
    "run_models",
)


class Maintenance:
    """Maintenance of a SQL database."""

    _database: Database

    def get_info(self) -> StoreInfo:
        dialect = self._database.dialect

        def work(c: Connection) -> StoreInfo:
            return StoreInfo(
                uri=dialect.uri,
                engine=dialect.name,
                schema_version=SCHEMA_VERSION,
                experiments=_count(c, "SELECT COUNT(*) FROM experiments"),
                runs=_count(c, "SELECT COUNT(*) FROM runs"),
                running=_count(c, "SELECT COUNT(*) FROM runs WHERE status = 'RUNNING'"),
                points=_count(c, "SELECT COALESCE(SUM(count), 0) FROM run_metrics"),
                database_bytes=dialect.size_bytes(c),
            )

        return self._database.read(work)

    def check(self, progress: Progress | None = None) -> list[Problem]:
        dialect = self._database.dialect
        tell = progress or _silent
        tell("database", 0, 0)
        problems = [
            Problem(kind="database", where=dialect.uri, what=f"{found}; restore a backup")
            for found in self._database.bare(dialect.check)
        ]
        numbers = self._database.read(lambda c: [row[0] for row in c.query("SELECT run_no FROM runs ORDER BY run_no")])
        for done, run_no in enumerate(numbers):
            tell("runs", done, len(numbers))
            # A transaction a run: writers go on meanwhile.
            problems += self._database.read(lambda c, run_no=run_no: list(_check_run(c, run_no)))  # type: ignore[misc]  # bound early on purpose
        tell("runs", len(numbers), len(numbers))
        return problems

    def iter_digests(self) -> list[tuple[str, int]]:
        return self._database.read(
            lambda c: [
                (digest, size)
                for digest, size in c.query(
                    "SELECT digest, MAX(size_bytes) FROM (SELECT digest, size_bytes FROM run_artifacts "
                    "UNION ALL SELECT digest, size_bytes FROM model_artifacts) AS pointers "
                    "GROUP BY digest ORDER BY digest"
                )
            ]
        )

    def find_garbage(self, *, older_than_ms: int | None = None) -> Garbage:
        before = 2**62 if older_than_ms is None else older_than_ms

        def work(c: Connection) -> Garbage:
            gone = "lifecycle_stage = 'deleted' AND deleted_ms < ?"
            return Garbage(
                run_ids=_texts(c, f"SELECT run_id FROM runs WHERE {gone} ORDER BY run_id", (before,)),
                model_ids=_texts(c, f"SELECT model_id FROM logged_models WHERE {gone} ORDER BY model_id", (before,)),
                experiment_ids=_texts(
                    c,
                    "SELECT e.experiment_id FROM experiments e "
                    "WHERE e.lifecycle_stage = 'deleted' AND e.deleted_ms < ? "
                    "AND e.experiment_id <> 0 AND NOT EXISTS (SELECT 1 FROM runs r WHERE "
                    "r.experiment_id = e.experiment_id AND (r.lifecycle_stage = 'active' OR r.deleted_ms >= ?)) "
                    "AND NOT EXISTS (SELECT 1 FROM logged_models m WHERE m.experiment_id = e.experiment_id "
                    "AND (m.lifecycle_stage = 'active' OR m.deleted_ms >= ?)) ORDER BY e.experiment_id",
                    (before, before, before),
                ),
            )

        return self._database.read(work)

    def remove_garbage(self, garbage: Garbage, progress: Progress | None = None) -> None:
        tell = progress or _silent
        for start in range(0, len(garbage.run_ids), _BATCH):
            tell("runs", start, len(garbage.run_ids))
            batch = garbage.run_ids[start : start + _BATCH]
            self._database.write(lambda c, batch=batch: _remove_runs(c, batch))  # type: ignore[misc]  # bound early on purpose

        def rest(c: Connection) -> None:
            for model_id in garbage.model_ids:
                c.run(
                    "DELETE FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'deleted'",
                    (model_id,),
                )
            for experiment_id in garbage.experiment_ids:
                c.run(
                    "DELETE FROM experiments WHERE experiment_id = ? AND lifecycle_stage = 'deleted'",
                    (int(experiment_id),),
                )

        self._database.write(rest)
        self._database.bare(self._database.dialect.reclaim)
        tell("runs", len(garbage.run_ids), len(garbage.run_ids))

    def backup(self, destination: str, progress: Progress | None = None) -> None:
        if Path(destination).exists():
            raise AlreadyExists(f"{destination} exists; choose a new file for the backup")
        (progress or _silent)("database", 0, 0)
        self._database.bare(lambda c: self._database.dialect.backup(c, destination))


def _check_run(c: Connection, run_no: int) -> Iterator[Problem]:
    row = c.one("SELECT run_id FROM runs WHERE run_no = ?", (run_no,))
    if row is None:
        return
    run_id: str = row[0]
    where = f"run {run_id}"
    if c.one("SELECT 1 FROM run_documents WHERE run_no = ?", (run_no,)) is None:
        yield Problem(kind="summary", where=where, what="its document is missing; what it logged cannot be shown")
        return
    try:
        params = documents.read_params(c, run_no)
        metrics = documents.read_metrics(c, run_no)
        tags = documents.read_tags(c, run_no)
    except msgspec.MsgspecError as error:
        yield Problem(kind="summary", where=where, what=f"its document cannot be read: {error}; restore a backup")
        return
    indexed = {
        "param": {key: param_text(value) for key, value in params.items()},
        "tag": tags,
    }
    for kind, table in (("param", "run_params"), ("tag", "run_tags")):
        rows = c.query(
            f"SELECT k.name, x.text FROM {table} x JOIN keys k ON k.key_id = x.key_id WHERE x.run_no = ?",
            (run_no,),
        )
        if dict(rows) != indexed[kind]:
            yield Problem(kind="summary", where=where, what=f"the index of its {kind}s differs from its document")
    yield from _check_metrics(c, run_no, where, metrics)


def _check_metrics(c: Connection, run_no: int, where: str, metrics: dict[str, MetricSummary]) -> Iterator[Problem]:
    rows = c.query(
        "SELECT k.key_id, k.name, m.last, m.count FROM run_metrics m JOIN keys k ON k.key_id = m.key_id "
        "WHERE m.run_no = ?",
        (run_no,),
    )
    if {name for _, name, _, _ in rows} != set(metrics):
        yield Problem(kind="summary", where=where, what="the index of its metrics differs from its document")
    for key_id, name, last, count in rows:
        summary = metrics.get(name)
        place = f"{where}, metric {name}"
        if summary is None:
            continue
        if summary.count != count or not _same(last, summary.last):
            yield Problem(kind="summary", where=place, what="its index differs from its summary")
        try:
            columns = series.read(c, [run_no], [key_id]).get((run_no, key_id))
        except RunstoneError as error:
            yield Problem(kind="series", where=place, what=f"{error}; restore a backup")
            continue
        points = 0 if columns is None else len(columns.steps)
        if points != summary.count:
            yield Problem(kind="series", where=place, what=f"{points} points are stored, {summary.count} were logged")
        elif columns is not None:
            yield from _check_summary(place, columns, summary)


def _check_summary(place: str, columns: object, summary: MetricSummary) -> Iterator[Problem]:
    from runstone.store.series.columns import Columns, summarise_columns

    assert isinstance(columns, Columns)
    found = summarise_columns(columns)
    for name in ("last", "first", "min", "max"):
        if not _same(getattr(found, name), getattr(summary, name)):
            what = f"its summary says {name} {getattr(summary, name)}, its points say {getattr(found, name)}"
            yield Problem(kind="series", where=place, what=what)
            return


def _same(a: float | None, b: float | None) -> bool:
    a = math.nan if a is None else a
    b = math.nan if b is None else b
    return a == b or (math.isnan(a) and math.isnan(b))


def _remove_runs(c: Connection, run_ids: Sequence[str]) -> None:
    rows = c.query(
        f"SELECT run_no FROM runs WHERE lifecycle_stage = 'deleted' AND run_id IN ({marks(len(run_ids))})",
        run_ids,
    )
    numbers = [row[0] for row in rows]
    if not numbers:
        return
    for table in _RUN_TABLES:
        c.run(f"DELETE FROM {table} WHERE run_no IN ({marks(len(numbers))})", numbers)
    c.run(f"DELETE FROM edges WHERE run_id IN ({marks(len(run_ids))})", run_ids)
    c.run(f"DELETE FROM runs WHERE run_no IN ({marks(len(numbers))})", numbers)
    c.run("DELETE FROM datasets WHERE NOT EXISTS (SELECT 1 FROM run_inputs i WHERE i.dataset_no = datasets.dataset_no)")


def _count(c: Connection, sql: str) -> int:
    return int(c.query(sql)[0][0])


def _texts(c: Connection, sql: str, params: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in c.query(sql, params))


def _silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""
