"""Logged models: rows, params, tags, and the points that describe them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import LoggedModel, LoggedModelStatus, Metric, ModelRegistration, ViewType, param_text
from runstone.core.errors import AlreadyExists, ImmutableParam, InvalidArgument, NotFound
from runstone.core.ids import new_model_id, new_run_name
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.model_uris import check_model_id
from runstone.store.protocol.models import LoggedModelOrder
from runstone.store.sql import model_search
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks

T = TypeVar("T")

_BATCH = 500
_COLUMNS = (
    "model_id, experiment_id, name, artifact_location, created_ms, updated_ms, model_type, source_run_id, "
    "status, status_message, lifecycle_stage"
)


class LoggedModels:
    """Logged models in a SQL database."""

    _database: Database

    def create_logged_model(
        self,
        experiment_id: str,
        *,
        name: str | None = None,
        model_id: str | None = None,
        model_type: str | None = None,
        source_run_id: str | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        creation_time: int | None = None,
    ) -> LoggedModel:
        """Make a model in state PENDING; a random name is given when there is none."""
        if model_type is not None:
            rules.check_text(model_type, "model_type", max_length=limits.MAX_MODEL_NAME_LENGTH)
        model = LoggedModel(
            model_id=new_model_id() if model_id is None else check_model_id(model_id),
            experiment_id=str(rules.check_experiment_id(experiment_id)),
            name=rules.check_logged_model_name(new_run_name() if name is None else name),
            creation_timestamp=rules.check_creation_time(creation_time),
            model_type=model_type,
            source_run_id=None if source_run_id is None else rules.check_run_id(source_run_id),
            params=_checked_params(params),
            tags=_checked_tags(tags),
        )

        def work(c: Connection) -> LoggedModel:
            insert(c, model)
            return get(c, model.model_id)

        return self._database.write(work)

    def get_logged_model(self, model_id: str, *, allow_deleted: bool = False) -> LoggedModel:
        """Return one model."""
        rules.check_text(model_id, "model_id")
        return self._database.read(lambda c: get(c, model_id, allow_deleted=allow_deleted))

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Set a model's state."""
        if status not in get_args(LoggedModelStatus):
            raise InvalidArgument(
                f"no such state of a logged model: {rules.shown(status)}; "
                f"there are {', '.join(get_args(LoggedModelStatus))}",
                field="status",
            )

        def work(c: Connection) -> LoggedModel:
            _change(c, model_id, "status = ?", status)
            return get(c, model_id)

        return self._write(model_id, work)

    def delete_logged_model(self, model_id: str) -> None:
        """Mark a model deleted."""

        def work(c: Connection) -> None:
            _change(c, model_id, "lifecycle_stage = 'deleted', deleted_ms = ?", now_ms())

        self._write(model_id, work)

    def log_logged_model_params(self, model_id: str, params: Mapping[str, str]) -> None:
        """Add params; one that has another value already is refused."""
        texts = _checked_params(params)
        self._write(model_id, lambda c: put_params(c, model_id, texts))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        """Set tags."""
        texts = _checked_tags(tags)
        self._write(model_id, lambda c: _put_tags(c, model_id, texts))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag."""
        rules.check_text(key, "key")

        def work(c: Connection) -> None:
            if not c.run("DELETE FROM logged_model_tags WHERE model_id = ? AND key = ?", (model_id, key)):
                raise NotFound(f"No tag with key {rules.shown(key)} found for model with ID {rules.shown(model_id)}.")

        self._write(model_id, work)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        *,
        filter: str = "",
        datasets: Sequence[tuple[str, str | None]] = (),
        order_by: Sequence[LoggedModelOrder] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """Return a page of models, newest first unless told otherwise.

        A model has many points of one metric: a condition on the metric holds if it does for any of them, and
        an order goes by the newest.  Datasets without a condition on a metric leave the models that have any
        point on one of them.
        """
        question = model_search.Question.parse(experiment_ids, filter, datasets, order_by, view)
        limit = rules.check_max_results(max_results, limits.MAX_SEARCH_RESULTS)

        def work(c: Connection) -> Page[LoggedModel]:
            ids, token = model_search.find(c, self._database.dialect, question, limit, page_token)
            return Page(get_many(c, ids), token)

        return self._database.read(work)

    def _write(self, model_id: str, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on an active model that nobody else changes meanwhile."""
        rules.check_text(model_id, "model_id")

        def locked(c: Connection) -> T:
            _require_active(c, model_id)
            return work(c)

        return self._database.write(locked)


def insert(c: Connection, model: LoggedModel) -> None:
    """Make a checked model; its place is below its experiment's.

    Raises:
        NotFound, InvalidState: The experiment is absent or deleted.
        AlreadyExists: The id is taken.
    """
    experiment_id = int(model.experiment_id)
    experiment = c.one(
        "SELECT artifact_location, lifecycle_stage FROM experiments WHERE experiment_id = ?", (experiment_id,)
    )
    if experiment is None:
        raise NotFound(f"No Experiment with id={experiment_id} exists")
    rules.check_active(experiment[1], f"experiment {experiment_id}")
    created = c.run(
        f"INSERT INTO logged_models ({_COLUMNS}) VALUES ({marks(11)}) ON CONFLICT (model_id) DO NOTHING",
        (
            model.model_id,
            experiment_id,
            model.name,
            f"{experiment[0].rstrip('/')}/models/{model.model_id}/artifacts",
            model.creation_timestamp,
            model.creation_timestamp,
            model.model_type,
            model.source_run_id,
            model.status,
            model.status_message,
            model.lifecycle_stage,
        ),
    )
    if not created:
        raise AlreadyExists(f"A logged model with ID {model.model_id} exists already")
    put_params(c, model.model_id, model.params)
    _put_tags(c, model.model_id, model.tags)


def get(c: Connection, model_id: str, *, allow_deleted: bool = False) -> LoggedModel:
    """Return one model.

    Raises:
        NotFound: No (active) model has this id.
    """
    found = find(c, model_id, allow_deleted=allow_deleted)
    if found is None:
        raise _not_found(model_id)
    return found


def find(c: Connection, model_id: str, *, allow_deleted: bool = False) -> LoggedModel | None:
    """Return one model, or None."""
    models = get_many(c, [model_id])
    if not models or (models[0].lifecycle_stage != "active" and not allow_deleted):
        return None
    return models[0]


def get_many(c: Connection, model_ids: Sequence[str]) -> list[LoggedModel]:
    """Return the models that exist of these, deleted ones included, in the order given."""
    found: dict[str, LoggedModel] = {}
    for start in range(0, len(model_ids), _BATCH):
        batch = model_ids[start : start + _BATCH]
        params = _texts(c, "logged_model_params", batch)
        tags = _texts(c, "logged_model_tags", batch)
        metrics = _metrics(c, batch)
        registrations = _registrations(c, batch)
        for row in c.query(f"SELECT {_COLUMNS} FROM logged_models WHERE model_id IN ({marks(len(batch))})", batch):
            model_id = row[0]
            found[model_id] = _from_row(
                row,
                params=params[model_id],
                tags=tags[model_id],
                metrics=tuple(metrics[model_id]),
                registrations=tuple(registrations[model_id]),
            )
    return [found[model_id] for model_id in model_ids if model_id in found]


def put_params(c: Connection, model_id: str, params: Mapping[str, str]) -> None:
    """Add checked params.

    Raises:
        ImmutableParam: One has another value already; then none is added.
    """
    known = _texts(c, "logged_model_params", [model_id])[model_id]
    for key, value in params.items():
        if known.get(key, value) != value:
            raise ImmutableParam(
                f"Changing param values is not allowed. Param with key={rules.shown(key)} was already logged "
                f"with value={rules.shown(known[key])} for model ID={rules.shown(model_id)}. "
                f"Attempted logging new value {rules.shown(value)}.",
                field=key,
            )
    c.many(
        "INSERT INTO logged_model_params (model_id, key, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(model_id, key, value) for key, value in params.items() if key not in known],
    )


def put_model_metrics(c: Connection, metrics: Sequence[Metric], run_id: str) -> None:
    """Record checked points of a run that describe models; one that is there already is left as it is.

    Raises:
        NotFound: A point names a model that is absent or deleted.
        InvalidArgument: The name or digest of a dataset cannot be stored.
    """
    rows: list[Row] = []
    for metric in metrics:
        if metric.model_id is None:
            continue
        if metric.dataset_name is not None:
            rules.check_text(metric.dataset_name, "dataset_name", max_length=limits.MAX_DATASET_NAME_LENGTH)
        if metric.dataset_digest is not None:
            rules.check_text(metric.dataset_digest, "dataset_digest", max_length=limits.MAX_DATASET_DIGEST_LENGTH)
        value = None if math.isnan(metric.value) else metric.value
        rows.append(
            (
                rules.check_text(metric.model_id, "model_id"),
                metric.key,
                metric.timestamp,
                metric.step,
                run_id,
                value,
                metric.dataset_name or "",
                metric.dataset_digest or "",
            )
        )
    for model_id in sorted({row[0] for row in rows}):
        _require_active(c, model_id)
    c.many(
        "INSERT INTO logged_model_metrics "
        "(model_id, key, timestamp_ms, step, run_id, value, dataset_name, dataset_digest) "
        f"VALUES ({marks(8)}) ON CONFLICT DO NOTHING",
        rows,
    )


def _checked_params(params: Mapping[str, str] | None) -> dict[str, str]:
    return {
        rules.check_key(key): param_text(rules.check_param_value(key, value)) for key, value in (params or {}).items()
    }


def _checked_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    return dict(rules.check_registry_tag(key, value) for key, value in (tags or {}).items())


def _put_tags(c: Connection, model_id: str, tags: Mapping[str, str]) -> None:
    c.many(
        "INSERT INTO logged_model_tags (model_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
        [(model_id, key, value) for key, value in tags.items()],
    )


def _require_active(c: Connection, model_id: str) -> None:
    """Refuse a model that is absent or deleted, and keep others from changing it."""
    row = c.one(
        f"SELECT 1 FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'active' {c.for_update}",
        (model_id,),
    )
    if row is None:
        raise _not_found(model_id)


def _change(c: Connection, model_id: str, assignment: str, value: object) -> None:
    c.run(
        f"UPDATE logged_models SET {assignment}, updated_ms = ? WHERE model_id = ?",
        (value, now_ms(), model_id),
    )


def _texts(c: Connection, table: str, model_ids: Sequence[str]) -> defaultdict[str, dict[str, str]]:
    """Return the pairs of a table of params or tags, by model."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for model_id, key, value in c.query(
        f"SELECT model_id, key, value FROM {table} WHERE model_id IN ({marks(len(model_ids))}) ORDER BY model_id, key",
        model_ids,
    ):
        found[model_id][key] = value
    return found


def _metrics(c: Connection, model_ids: Sequence[str]) -> defaultdict[str, list[Metric]]:
    found: defaultdict[str, list[Metric]] = defaultdict(list)
    for model_id, key, timestamp_ms, step, run_id, value, dataset_name, dataset_digest in c.query(
        "SELECT model_id, key, timestamp_ms, step, run_id, value, dataset_name, dataset_digest "
        f"FROM logged_model_metrics WHERE model_id IN ({marks(len(model_ids))}) "
        "ORDER BY model_id, key, timestamp_ms, step, run_id, dataset_name, dataset_digest",
        model_ids,
    ):
        found[model_id].append(
            Metric(
                key=key,
                value=math.nan if value is None else value,
                timestamp=timestamp_ms,
                step=step,
                model_id=model_id,
                dataset_name=dataset_name or None,
                dataset_digest=dataset_digest or None,
                run_id=run_id,
            )
        )
    return found


def _registrations(c: Connection, model_ids: Sequence[str]) -> defaultdict[str, list[ModelRegistration]]:
    found: defaultdict[str, list[ModelRegistration]] = defaultdict(list)
    for model_id, name, version in c.query(
        f"SELECT model_id, name, version FROM model_versions WHERE model_id IN ({marks(len(model_ids))}) "
        "ORDER BY model_id, name, version",
        model_ids,
    ):
        found[model_id].append(ModelRegistration(name=name, version=str(version)))
    return found


def _from_row(row: Row, **parts: Any) -> LoggedModel:
    return LoggedModel(
        model_id=row[0],
        experiment_id=str(row[1]),
        name=row[2],
        artifact_location=row[3],
        creation_timestamp=row[4],
        last_updated_timestamp=row[5],
        model_type=row[6],
        source_run_id=row[7],
        status=row[8],
        status_message=row[9],
        lifecycle_stage=row[10],
        **parts,
    )


def _not_found(model_id: str) -> NotFound:
    return NotFound(f"Logged model with ID {rules.shown(model_id)} not found.")
