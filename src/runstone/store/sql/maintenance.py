"""Keeping the database healthy: what it holds, whether that hangs together, what can go."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from runstone.core.digest import check_digest
from runstone.core.entities import MetricSummary, param_text
from runstone.core.errors import AlreadyExists, InvalidArgument, RunstoneError
from runstone.core.paths import check_artifact_path
from runstone.store import rules
from runstone.store.protocol.maintenance import Garbage, Problem, Progress, StoreInfo
from runstone.store.sql import documents, series_reading
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
    "overviews",
    "writers",
    "console",
    "run_artifacts",
    "run_inputs",
    "run_models",
)


_INDEXED = ("last", "first", "min", "max", "mean")
_EVER = 2**62
_WITH_EXPERIMENT = (
    "m.lifecycle_stage = 'active' AND EXISTS (SELECT 1 FROM experiments x WHERE x.experiment_id = m.experiment_id "
    "AND x.lifecycle_stage = 'deleted' AND x.deleted_ms < ?) "
    "AND NOT EXISTS (SELECT 1 FROM model_versions v WHERE v.model_id = m.model_id)"
)
"""Logged models that nobody deleted go with their experiment, but for those that are registered."""

_MANIFESTS = ("run_artifacts", "model_artifacts")

_OF_RUN = "(SELECT 1 FROM runs r WHERE r.run_no = x.run_no)"

_RESTORE = "restore a backup"
_REMAKE = "restore a backup, or `runstone export` the store and import it into a new one, which makes it anew"


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
                artifacts=sum(_count(c, f"SELECT COUNT(*) FROM {table}") for table in _MANIFESTS),
                artifact_bytes=sum(
                    _count(c, f"SELECT COALESCE(SUM(size_bytes), 0) FROM {table}") for table in _MANIFESTS
                ),
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
        problems += self._database.read(lambda c: list(_check_whole(c)))
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
        before = _EVER if older_than_ms is None else older_than_ms

        def work(c: Connection) -> Garbage:
            gone = "lifecycle_stage = 'deleted' AND deleted_ms < ?"
            return Garbage(
                run_ids=_texts(c, f"SELECT run_id FROM runs WHERE {gone} ORDER BY run_id", (before,)),
                model_ids=_texts(
                    c,
                    f"SELECT m.model_id FROM logged_models m WHERE {gone} OR ({_WITH_EXPERIMENT}) ORDER BY m.model_id",
                    (before, before),
                ),
                experiment_ids=_texts(
                    c,
                    "SELECT e.experiment_id FROM experiments e "
                    "WHERE e.lifecycle_stage = 'deleted' AND e.deleted_ms < ? "
                    "AND e.experiment_id <> 0 AND NOT EXISTS (SELECT 1 FROM runs r WHERE "
                    "r.experiment_id = e.experiment_id AND (r.lifecycle_stage = 'active' OR r.deleted_ms >= ?)) "
                    "AND NOT EXISTS (SELECT 1 FROM logged_models m WHERE m.experiment_id = e.experiment_id "
                    f"AND (m.lifecycle_stage = 'active' OR m.deleted_ms >= ?) AND NOT ({_WITH_EXPERIMENT})) "
                    "ORDER BY e.experiment_id",
                    (before, before, before, before),
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
                    "DELETE FROM logged_models AS m WHERE m.model_id = ? "
                    f"AND (m.lifecycle_stage = 'deleted' OR ({_WITH_EXPERIMENT}))",
                    (model_id, _EVER),
                )
            for experiment_id in garbage.experiment_ids:
                # Somebody may have restored a run of it since it was found.
                c.run(
                    "DELETE FROM experiments WHERE experiment_id = ? AND lifecycle_stage = 'deleted' "
                    "AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.experiment_id = experiments.experiment_id) "
                    "AND NOT EXISTS (SELECT 1 FROM logged_models m WHERE m.experiment_id = experiments.experiment_id)",
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


def _check_whole(c: Connection) -> Iterator[Problem]:
    """Find what belongs to nothing, and what no single run shows."""
    for table in _RUN_TABLES:
        lost = _count(c, f"SELECT COUNT(*) FROM {table} x WHERE NOT EXISTS {_OF_RUN}")
        if lost:
            yield Problem(kind="database", where=table, what=f"{lost} rows are of runs that are not there; {_RESTORE}")
    for digest in _texts(
        c,
        "SELECT digest FROM (SELECT digest, size_bytes FROM run_artifacts "
        "UNION SELECT digest, size_bytes FROM model_artifacts) AS pointers "
        "GROUP BY digest HAVING COUNT(*) > 1 ORDER BY digest",
        (),
    ):
        yield Problem(kind="manifest", where=digest, what=f"manifests give it different sizes; {_RESTORE}")
    for model_id, path, digest in c.iterate("SELECT model_id, path, digest FROM model_artifacts ORDER BY model_id"):
        yield from _check_entry(f"logged model {model_id}", path, digest)
    for name, alias, version in c.query(
        "SELECT a.name, a.alias, a.version FROM registered_model_aliases a WHERE NOT EXISTS "
        "(SELECT 1 FROM model_versions v WHERE v.name = a.name AND v.version = a.version) ORDER BY a.name, a.alias"
    ):
        what = f"alias {alias} stands for version {version}, which is not there; delete the alias or set it anew"
        yield Problem(kind="database", where=f"registered model {name}", what=what)


def _check_entry(where: str, path: str, digest: str) -> Iterator[Problem]:
    """Find what a manifest may not have in it."""
    try:
        check_artifact_path(path)
        check_digest(digest)
    except InvalidArgument as error:
        place = f"{where}, artifact {rules.shown(path)}"
        yield Problem(kind="manifest", where=place, what=f"{error}; {_RESTORE}")


def _check_run(c: Connection, run_no: int) -> Iterator[Problem]:
    row = c.one("SELECT run_id FROM runs WHERE run_no = ?", (run_no,))
    if row is None:
        return
    run_id: str = row[0]
    where = f"run {run_id}"
    if c.one("SELECT 1 FROM run_documents WHERE run_no = ?", (run_no,)) is None:
        yield Problem(
            kind="summary",
            where=where,
            what=f"its document is missing, so that what it logged cannot be shown; {_RESTORE}",
        )
        return
    try:
        params = documents.read_params(c, run_no)
        metrics = documents.read_metrics(c, run_no)
        tags = documents.read_tags(c, run_no)
    except msgspec.MsgspecError as error:
        yield Problem(kind="summary", where=where, what=f"its document cannot be read: {error}; {_RESTORE}")
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
            yield Problem(
                kind="summary", where=where, what=f"the index of its {kind}s differs from its document; {_REMAKE}"
            )
    for path, digest in c.query("SELECT path, digest FROM run_artifacts WHERE run_no = ?", (run_no,)):
        yield from _check_entry(where, path, digest)
    yield from _check_metrics(c, run_no, where, metrics)


def _check_metrics(c: Connection, run_no: int, where: str, metrics: dict[str, MetricSummary]) -> Iterator[Problem]:
    rows = c.query(
        f"SELECT k.key_id, k.name, m.count, {', '.join(f'm.{name}' for name in _INDEXED)} "
        "FROM run_metrics m JOIN keys k ON k.key_id = m.key_id "
        "WHERE m.run_no = ?",
        (run_no,),
    )
    if {row[1] for row in rows} != set(metrics):
        what = f"the index of its metrics differs from its document; {_REMAKE}"
        yield Problem(kind="summary", where=where, what=what)
    for key_id, name, count, *indexed in rows:
        summary = metrics.get(name)
        place = f"{where}, metric {name}"
        if summary is None:
            continue
        kept = [getattr(summary, statistic) for statistic in _INDEXED]
        if summary.count != count or not all(map(_same, indexed, kept)):
            yield Problem(kind="summary", where=place, what=f"its index differs from its summary; {_REMAKE}")
        try:
            columns = series_reading.read(c, [run_no], [key_id]).get((run_no, key_id))
        except RunstoneError as error:
            yield Problem(kind="series", where=place, what=str(error))
            continue
        points = 0 if columns is None else len(columns.steps)
        if points != summary.count:
            what = f"{points} points are stored, {summary.count} were logged; {_RESTORE}"
            yield Problem(kind="series", where=place, what=what)
        elif columns is not None:
            yield from _check_summary(place, columns, summary)


def _check_summary(place: str, columns: object, summary: MetricSummary) -> Iterator[Problem]:
    from runstone.store.series.columns import Columns, summarise_columns

    assert isinstance(columns, Columns)
    found = summarise_columns(columns)
    for name in (*_INDEXED, "nan_count"):
        said, real = getattr(summary, name), getattr(found, name)
        # Sums in another order differ in their last digits.
        agree = name == "mean" and math.isclose(said, real, rel_tol=1e-6, abs_tol=1e-6 * _magnitude(summary))
        if not (agree or _same(said, real)):
            what = f"its summary says {name} {said}, its points say {real}; {_RESTORE}"
            yield Problem(kind="series", where=place, what=what)
            return


def _magnitude(summary: MetricSummary) -> float:
    sizes = [abs(value) for value in (summary.min, summary.max) if math.isfinite(value)]
    return max(sizes, default=0.0)


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
