"""Runs: their rows, their documents, and the tables that index what the documents hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    NewRun,
    ParamValue,
    Run,
    RunInfo,
    RunInputs,
    RunOutputs,
    Status,
    ViewType,
    param_number,
    param_text,
)
from runstone.core.errors import ImmutableParam, NotFound
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.sql import datasets, documents, events, experiments, series
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.heads import head
from runstone.store.sql.keys import key_ids, marks, padded

INFO = (
    "r.run_no, r.run_id, r.name, r.experiment_id, r.user_id, r.status, r.status_reason, r.start_ms, r.end_ms, "
    "r.lifecycle_stage, r.parent_run_id, e.artifact_location"
)
FROM_RUNS = "FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id"


class RunRow(NamedTuple):
    """What decides whether a run may be changed."""

    run_no: int
    experiment_id: int
    lifecycle_stage: str
    status: Status
    status_reason: str | None
    end_ms: int | None


class Runs:
    """Runs in a SQL database."""

    _database: Database

    def create_run(self, new: NewRun) -> Run:
        checked = rules.check_new_run(new)

        def work(c: Connection) -> Run:
            return get(c, create(c, checked))

        return self._database.write(work)

    def get_run(self, run_id: str) -> Run:
        rules.check_run_id(run_id)
        return self._database.read(lambda c: get(c, require_run(c, run_id).run_no))

    def update_run(
        self,
        run_id: str,
        *,
        status: Status | None = None,
        end_time: int | None = None,
        name: str | None = None,
        reason: str | None = None,
    ) -> RunInfo:
        rules.check_run_id(run_id)
        if status is not None:
            rules.check_status(status)
        if end_time is not None:
            rules.check_timestamp(end_time)
        if name is not None:
            rules.check_text(name, "run_name", max_length=limits.MAX_RUN_NAME_LENGTH, allow_empty=False)

        def work(c: Connection) -> RunInfo:
            run = require_run(c, run_id, active=True, lock=True)
            if name is not None:
                set_tags(c, run.run_no, {"mlflow.runName": name})
            if status is not None or end_time is not None:
                ended = run.end_ms if end_time is None else end_time
                set_status(c, run.run_no, status or run.status, ended, run.status_reason if reason is None else reason)
            return get(c, run.run_no).info

        return self._database.write(work)

    def delete_run(self, run_id: str) -> None:
        self._set_lifecycle(run_id, "deleted", now_ms())

    def restore_run(self, run_id: str) -> None:
        self._set_lifecycle(run_id, "active", None)

    def _set_lifecycle(self, run_id: str, stage: str, deleted_ms: int | None) -> None:
        rules.check_run_id(run_id)

        def work(c: Connection) -> None:
            run = require_run(c, run_id, lock=True)
            c.run(
                "UPDATE runs SET lifecycle_stage = ?, deleted_ms = ? WHERE run_no = ? AND lifecycle_stage <> ?",
                (stage, deleted_ms, run.run_no, stage),
            )

        self._database.write(work)

    def log_batch(
        self,
        run_id: str,
        *,
        metrics: Sequence[Metric] = (),
        params: Mapping[str, ParamValue] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        rules.check_run_id(run_id)
        rules.check_batch_size(len(metrics), len(params or {}), len(tags or {}))
        points = [_checked_metric(metric) for metric in metrics]
        values = {rules.check_key(key): rules.check_param_value(key, value) for key, value in (params or {}).items()}
        texts = rules.check_run_tags(tags)
        if not values and not texts and all(metric.model_id is None for metric in points):
            self._database.write_each(_log_points, (run_id, points))
            return

        def work(c: Connection) -> None:
            run = require_run(c, run_id, active=True, lock=True)
            conflicts = put_params(c, run.run_no, values)
            if conflicts:
                raise ImmutableParam("; ".join(conflicts), field="params")
            series.put_metrics(c, {run.run_no: points})
            described = [metric for metric in points if metric.model_id is not None]
            if described:
                from runstone.store.sql import logged_models

                logged_models.put_model_metrics(c, described, run_id)
            set_tags(c, run.run_no, texts)

        self._database.write(work)

    def delete_tag(self, run_id: str, key: str) -> None:
        rules.check_run_id(run_id)

        def work(c: Connection) -> None:
            run = require_run(c, run_id, active=True, lock=True)
            if not drop_tag(c, run.run_no, key):
                raise NotFound(f"No tag with name: {key[: limits.MAX_KEY_LENGTH]} in run with id {run_id}")

        self._database.write(work)

    def log_inputs(
        self, run_id: str, *, datasets: Sequence[DatasetInput] = (), models: Sequence[LoggedModelInput] = ()
    ) -> None:
        rules.check_run_id(run_id)
        self._database.write(lambda c: _put_inputs(c, run_id, datasets, models))

    def log_outputs(self, run_id: str, *, models: Sequence[LoggedModelOutput]) -> None:
        rules.check_run_id(run_id)

        def work(c: Connection) -> None:
            run = require_run(c, run_id, active=True, lock=True)
            datasets.put_models(c, run.run_no, "output", [(m.model_id, m.step) for m in models], now_ms())

        self._database.write(work)

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        page_token: str | None = None,
    ) -> Page[Run]:
        from runstone.store.sql import run_search

        question = run_search.Question.parse(experiment_ids, filter, order_by, view)
        limit = rules.check_max_results(max_results, limits.MAX_SEARCH_RESULTS)
        dialect = self._database.dialect

        def work(c: Connection) -> Page[Run]:
            found = run_search.find(c, dialect, question, limit, page_token)
            return Page(get_many(c, found), found.token)

        return self._database.read(work)

    def count_runs(
        self, experiment_ids: Sequence[str] | None, *, filter: str = "", view: ViewType = ViewType.ACTIVE_ONLY
    ) -> int:
        from runstone.store.sql import run_search

        question = run_search.Question.parse(experiment_ids, filter, (), view)
        return self._database.read(lambda c: run_search.count(c, self._database.dialect, question))


def _log_points(c: Connection, logged: Sequence[tuple[str, Sequence[Metric]]]) -> None:
    """Record points of some runs, all or none."""
    run_nos = _require_active(c, {run_id for run_id, _ in logged})
    points: dict[int, list[Metric]] = defaultdict(list)
    for run_id, metrics in logged:
        points[run_nos[run_id]] += metrics
    series.put_metrics(c, points)


def _require_active(c: Connection, run_ids: Collection[str]) -> dict[str, int]:
    """Return the numbers of some runs, which nobody else changes before the transaction ends.

    Raises:
        NotFound, InvalidState: One does not exist, or is deleted.
    """
    among = padded(run_ids)
    # Always in the same order: two that lock the same runs must not wait for each other.
    rows = c.query(
        f"SELECT run_id, run_no, lifecycle_stage FROM runs WHERE run_id IN ({marks(len(among))}) "
        f"ORDER BY run_no {c.for_update}",
        among,
    )
    found = {run_id: (run_no, stage) for run_id, run_no, stage in rows}
    for run_id in run_ids:
        if run_id not in found:
            raise NotFound(f"Run with id={run_id} not found")
        rules.check_active(found[run_id][1], f"run {run_id}")
    return {run_id: run_no for run_id, (run_no, _) in found.items()}


def _put_inputs(c: Connection, run_id: str, inputs: Sequence[DatasetInput], models: Sequence[LoggedModelInput]) -> None:
    run = require_run(c, run_id, active=True, lock=True)
    datasets.put_inputs(c, run.run_no, run.experiment_id, inputs, now_ms())
    datasets.put_models(c, run.run_no, "input", [(model.model_id, 0) for model in models], now_ms())


def _checked_metric(metric: Metric) -> Metric:
    return Metric(
        key=rules.check_key(metric.key),
        value=rules.check_metric_value(metric.key, metric.value),
        timestamp=rules.check_timestamp(metric.timestamp),
        step=rules.check_step(metric.step),
        model_id=metric.model_id,
        dataset_name=metric.dataset_name,
        dataset_digest=metric.dataset_digest,
    )


def find_run(c: Connection, run_id: str, *, lock: bool = False) -> RunRow | None:
    """Return a run's row, or None; with ``lock`` nobody else changes the run before the transaction ends."""
    for_update = c.for_update if lock else ""
    row = c.one(
        f"SELECT run_no, experiment_id, lifecycle_stage, status, status_reason, end_ms "
        f"FROM runs WHERE run_id = ? {for_update}",
        (run_id,),
    )
    return None if row is None else RunRow(*row)


def require_run(c: Connection, run_id: str, *, active: bool = False, lock: bool = False) -> RunRow:
    """Return a run's row.

    Raises:
        NotFound: No run has this id.
        InvalidState: It is deleted and ``active`` is asked for.
    """
    run = find_run(c, run_id, lock=lock)
    if run is None:
        raise NotFound(f"Run with id={run_id} not found")
    if active:
        rules.check_active(run.lifecycle_stage, f"run {run_id}")
    return run


def create(c: Connection, new: NewRun) -> int:
    """Make a checked run and return its number; one that exists under this id keeps what it has.

    Raises:
        NotFound, InvalidState: The experiment is absent or deleted.
    """
    existing = find_run(c, new.run_id)
    if existing is not None:
        return existing.run_no
    if new.experiment_id is None:
        experiment_id = experiments.ensure(c, new.experiment_name or rules.DEFAULT_EXPERIMENT, now_ms())
    else:
        experiment_id = int(new.experiment_id)
        experiments.require_active(c, experiment_id)
    row = c.one(
        "INSERT INTO runs (run_id, experiment_id, name, user_id, status, start_ms, parent_run_id) "
        "VALUES (?, ?, ?, ?, 'RUNNING', ?, ?) ON CONFLICT (run_id) DO NOTHING RETURNING run_no",
        (new.run_id, experiment_id, new.run_name, new.user_id, new.start_time, new.parent_run_id),
    )
    if row is None:
        return require_run(c, new.run_id).run_no
    run_no: int = row[0]
    documents.create(c, run_no)
    set_tags(c, run_no, new.tags)
    events.run_created(c, run_no)
    return run_no


def set_status(c: Connection, run_no: int, status: Status, end_ms: int | None, reason: str | None) -> None:
    """Put a run in a state; ending it folds the tails of its series, running again clears the end."""
    if status in ("RUNNING", "SCHEDULED"):
        end_ms = reason = None
    events.run_ends(c, run_no, status, end_ms, reason)
    c.run(
        "UPDATE runs SET status = ?, end_ms = ?, status_reason = ? WHERE run_no = ?",
        (status, end_ms, reason, run_no),
    )
    if end_ms is not None:
        series.seal(c, run_no)


def put_params(c: Connection, run_no: int, params: Mapping[str, ParamValue]) -> list[str]:
    """Add params and return a sentence for each that has another value already (which it keeps)."""
    if not params:
        return []
    document = documents.read_params(c, run_no)
    fresh: dict[str, ParamValue] = {}
    conflicts: list[str] = []
    for key, value in params.items():
        if key not in document:
            fresh[key] = value
        elif param_text(document[key]) != param_text(value):
            conflicts.append(param_conflict(key, document[key], value))
    if fresh:
        ids = key_ids(c, fresh.keys())
        c.many(
            "INSERT INTO run_params (run_no, key_id, text, head, number) VALUES (?, ?, ?, ?, ?)",
            [
                (run_no, ids[key], text := param_text(value), head(text), param_number(value))
                for key, value in fresh.items()
            ],
        )
        document.update(fresh)
        documents.write_params(c, run_no, document)
    return conflicts


def param_conflict(key: str, old: ParamValue, new: ParamValue) -> str:
    """Return the sentence for a param that was logged before with another value."""
    return (
        f"Changing param values is not allowed. Param with key={rules.shown(key)} was already logged with "
        f"value={rules.shown(param_text(old))}. Attempted logging new value {rules.shown(param_text(new))}."
    )


def set_tags(c: Connection, run_no: int, tags: Mapping[str, str]) -> None:
    """Set tags; ``mlflow.runName`` names the run, ``mlflow.parentRunId`` its parent."""
    if not tags:
        return
    document = documents.read_tags(c, run_no)
    ids = key_ids(c, tags.keys())
    c.many(
        "INSERT INTO run_tags (run_no, key_id, text, head, number) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run_no, key_id) "
        "DO UPDATE SET text = excluded.text, head = excluded.head, number = excluded.number",
        [(run_no, ids[key], value, head(value), param_number(value)) for key, value in tags.items()],
    )
    document.update(tags)
    documents.write_tags(c, run_no, document)
    if "mlflow.runName" in tags:
        c.run("UPDATE runs SET name = ? WHERE run_no = ?", (tags["mlflow.runName"], run_no))
    if "mlflow.parentRunId" in tags:
        c.run("UPDATE runs SET parent_run_id = ? WHERE run_no = ?", (tags["mlflow.parentRunId"], run_no))


def drop_tag(c: Connection, run_no: int, key: str) -> bool:
    """Remove a tag and say whether it was there."""
    document = documents.read_tags(c, run_no)
    if document.pop(key, None) is None:
        return False
    c.run(
        "DELETE FROM run_tags WHERE run_no = ? AND key_id = (SELECT key_id FROM keys WHERE name = ?)",
        (run_no, key),
    )
    documents.write_tags(c, run_no, document)
    return True


def get(c: Connection, run_no: int) -> Run:
    """Return a whole run."""
    return get_many(c, (run_no,))[0]


_BATCH = 500


def get_many(c: Connection, run_nos: Sequence[int]) -> list[Run]:
    """Return whole runs in the order given."""
    found: dict[int, Run] = {}
    for start in range(0, len(run_nos), _BATCH):
        batch = run_nos[start : start + _BATCH]
        inputs = datasets.inputs_of(c, batch)
        models_in = datasets.models_of(c, batch, "input")
        models_out = datasets.models_of(c, batch, "output")
        rows = c.query(
            f"SELECT {INFO}, d.params, d.metrics, d.tags {FROM_RUNS} JOIN run_documents d ON d.run_no = r.run_no "
            f"WHERE r.run_no IN ({marks(len(batch))})",
            batch,
        )
        for row in rows:
            run_no = row[0]
            found[run_no] = Run(
                info=info_of(row),
                params=documents.decode_params(row[12]),
                metrics=documents.decode_metrics(row[13]),
                tags=documents.decode_tags(row[14]),
                inputs=RunInputs(
                    dataset_inputs=inputs.get(run_no, ()),
                    model_inputs=tuple(LoggedModelInput(model_id) for model_id, _ in models_in.get(run_no, ())),
                ),
                outputs=RunOutputs(
                    model_outputs=tuple(LoggedModelOutput(*output) for output in models_out.get(run_no, ()))
                ),
            )
    return [found[run_no] for run_no in run_nos]


def info_of(row: Row) -> RunInfo:
    """Return what a row that begins with ``INFO`` says."""
    return RunInfo(
        run_id=row[1],
        run_name=row[2],
        experiment_id=str(row[3]),
        user_id=row[4],
        status=row[5],
        status_reason=row[6],
        start_time=row[7],
        end_time=row[8],
        lifecycle_stage=row[9],
        parent_run_id=row[10],
        artifact_uri=f"{row[11].rstrip('/')}/{row[1]}/artifacts",
    )
