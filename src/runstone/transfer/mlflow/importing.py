"""Bringing MLflow's history into a store: once, however often it is asked for, and what has come since each time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from runstone.blobs.protocol import BlobStore
from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import (
    ArtifactEntry,
    LoggedModel,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    NewRun,
    Run,
)
from runstone.core.errors import AlreadyExists, InvalidArgument, InvalidState, NotFound
from runstone.core.events import (
    ArtifactLogged,
    Event,
    InputLogged,
    KeyDefined,
    ParamLogged,
    RunStarted,
    SeriesLogged,
    StatusChanged,
    TagSet,
)
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Progress
from runstone.transfer.experiment_ids import make_experiment
from runstone.transfer.import_registry import import_registry
from runstone.transfer.mlflow.artifacts import LocalArtifacts, put_files
from runstone.transfer.mlflow.records import ExperimentRecord, MlflowSource, RunRecord, SeriesRecord
from runstone.transfer.mlflow.registry import RegistryRows
from runstone.transfer.replay import Outbox, Replay, events_taken

WRITER = "mlflow"
"""Under which what is imported is told apart from what was logged."""


class MlflowReport(Struct, kw_only=True):
    """What came.

    Attributes:
        runs: Runs that came whole; ``updated`` had come before and had something new, ``skipped`` are in the store
            from elsewhere and were left as they are.
        notes: What could not be taken, in words.
    """

    source: str
    experiments: int = 0
    runs: int = 0
    updated: int = 0
    skipped: int = 0
    points: int = 0
    artifacts: int = 0
    artifact_bytes: int = 0
    logged_models: int = 0
    model_versions: int = 0
    notes: list[str] = []


def open_source(
    place: str, *, artifact_root: Path | None = None, identity: Mapping[str, str] | None = None
) -> MlflowSource:
    """Return MLflow's history at a place.

    Args:
        place: A folder, ``sqlite:///…``, ``postgresql://…``, or the address of a server.
        artifact_root: Where the files are that a server gave out as ``mlflow-artifacts:``.
        identity: Headers that say who this is to a server.

    Raises:
        NotFound, InvalidArgument, Unavailable, MissingExtra.
    """
    from runstone.transfer.mlflow.database import DatabaseSource
    from runstone.transfer.mlflow.file_store import FileSource
    from runstone.transfer.mlflow.server import Caller, ServerSource

    scheme = place.partition(":")[0].lower()
    if scheme in ("http", "https"):
        return ServerSource(Caller(place, identity or {}))
    files = LocalArtifacts(artifact_root)
    if scheme in ("sqlite", "postgresql", "postgres") or scheme.startswith("postgresql+"):
        return DatabaseSource(place, files)
    if scheme in ("mysql", "mssql") or "+" in scheme:
        raise InvalidArgument(
            f"{scheme} databases are read through MLflow's server: start one on it and give its address", field="source"
        )
    folder = Path(place.removeprefix("file://")).expanduser()
    if folder.is_file():
        return DatabaseSource(f"sqlite:///{folder.absolute()}", files)
    return FileSource(folder, files)


def import_mlflow(
    store: Store,
    blobs: BlobStore,
    source: MlflowSource,
    *,
    experiments: frozenset[str] = frozenset(),
    with_artifacts: bool = True,
    progress: Progress | None = None,
) -> MlflowReport:
    """Bring MLflow's history into a store.

    Runs, logged models and versions keep their ids and numbers; experiments keep their names, and their ids where these
    are free.

    Args:
        experiments: Names of those to take; all if empty, and the registry with them.

    Raises:
        StorageFull, PermissionDenied, Unavailable: What came before that is in the store.
    """
    work = _Import(store, blobs, source, with_artifacts=with_artifacts, progress=progress)
    work.take(experiments)
    return work.report


class _Import:
    def __init__(
        self, store: Store, blobs: BlobStore, source: MlflowSource, *, with_artifacts: bool, progress: Progress | None
    ) -> None:
        self.report = MlflowReport(source=source.place)
        self._store = store
        self._blobs = blobs
        self._source = source
        self._with_artifacts = with_artifacts
        self._progress = progress
        self._notes: list[str] = []
        self._outbox = Outbox(store, self._notes)
        self._roots: dict[str, str] = {}
        self._done = 0

    def take(self, names: frozenset[str]) -> None:
        found = [one for one in self._source.experiments() if not names or one.name in names]
        missing = names - {one.name for one in found}
        if missing:
            raise NotFound(f"{self._source.place} has no experiment {', '.join(sorted(missing))}")
        to_delete: list[str] = []
        linked: list[RunRecord] = []
        taken: dict[str, str] = {}
        for experiment in found:
            experiment_id = self._experiment(experiment, to_delete)
            if experiment_id is None:
                continue
            for run in self._source.runs(experiment.experiment_id):
                with self._noting(f"run {run.run_id}"):
                    self._run(run, experiment_id)
                if run.model_inputs or run.model_outputs or run.lifecycle_stage == "deleted":
                    linked.append(run)
                self._done += 1
                if self._progress is not None:
                    self._progress("runs", self._done, 0)
            self._outbox.flush()
            taken[experiment.experiment_id] = experiment_id
        for theirs, ours in taken.items():
            self._models(theirs, ours)
        self._outbox.flush()
        if not names:
            rows = RegistryRows(self._source, self._roots, self._notes)
            self.report.model_versions = import_registry(self._store, rows, self._notes)
        for run in linked:
            with self._noting(f"run {run.run_id}"):
                self._finish_run(run)
        for experiment_id in to_delete:
            self._store.delete_experiment(experiment_id)
        self.report.notes = list(dict.fromkeys([*self._source.notes, *self._notes]))

    @contextmanager
    def _noting(self, what: str) -> Iterator[None]:
        """Go on past what the store cannot take, and say so."""
        try:
            yield
        except (InvalidArgument, NotFound, InvalidState, AlreadyExists) as error:
            self._notes.append(f"{what} was left out, or a part of it: {error}")

    def _experiment(self, given: ExperimentRecord, to_delete: list[str]) -> str | None:
        there = self._store.find_experiment(given.name)
        if there is None:
            there = make_experiment(
                self._store,
                self._notes,
                given.experiment_id,
                given.name,
                tags=given.tags,
                creation_time=given.creation_time,
            )
            self.report.experiments += 1
            if given.lifecycle_stage == "deleted":
                to_delete.append(there.experiment_id)
        elif there.lifecycle_stage == "deleted":
            if given.lifecycle_stage == "active":
                self._notes.append(f"experiment {given.name!r} is deleted in this store, so its runs were left out")
            return None
        else:
            missing = {key: value for key, value in given.tags.items() if key not in there.tags}
            if missing:
                self._store.set_experiment_tags(there.experiment_id, missing)
        return there.experiment_id

    def _run(self, given: RunRecord, experiment_id: str) -> None:
        if given.artifact_uri:
            self._roots[given.artifact_uri.rstrip("/")] = given.run_id
        there = self._find(given.run_id)
        if there is None:
            replay = Replay(self._outbox, given.run_id, WRITER, 0)
            for event in self._events(given, experiment_id):
                replay.add(event)
            replay.finish()
            self.report.runs += 1
        elif events_taken(self._store, given.run_id, WRITER):
            self._update(given, there)
        else:
            self.report.skipped += 1

    def _find(self, run_id: str) -> Run | None:
        try:
            return self._store.get_run(run_id)
        except NotFound:
            return None

    def _events(self, given: RunRecord, experiment_id: str) -> Iterator[Event]:
        """Yield a run as what its journal would hold."""
        yield RunStarted(
            NewRun(
                run_id=given.run_id,
                run_name=given.name,
                start_time=given.start_time,
                experiment_id=experiment_id,
                user_id=given.user_id,
                parent_run_id=given.tags.get("mlflow.parentRunId"),
            )
        )
        for key, value in given.params.items():
            yield ParamLogged(key, value)
        for key, value in given.tags.items():
            yield TagSet(key, value)
        for dataset in given.datasets:
            yield InputLogged(dataset)
        for path, stored in self._files(given.artifact_uri, set(), f"run {given.run_id}"):
            yield ArtifactLogged(path, stored.digest, stored.size_bytes, given.end_time or given.start_time or now_ms())
        for number, series in enumerate(self._source.series(given.run_id), 1):
            yield KeyDefined(number, series.key)
            self.report.points += len(series.steps)
            for start in range(0, len(series.steps), _POINTS_AT_ONCE):
                part = slice(start, start + _POINTS_AT_ONCE)
                columns = (series.steps[part], series.timestamps[part], series.values[part])
                yield SeriesLogged(number, *(np.ascontiguousarray(column).tobytes() for column in columns))
        yield StatusChanged(given.status, given.end_time)

    def _files(self, uri: str, known: set[str], whose: str) -> Iterator[tuple[str, Any]]:
        if not (self._with_artifacts and uri):
            return
        for path, stored in put_files(self._source.artifacts, uri, self._blobs.put_stream, known, self._notes, whose):
            self.report.artifacts += 1
            self.report.artifact_bytes += stored.size_bytes
            yield path, stored

    def _update(self, given: RunRecord, there: Run) -> None:
        """Add what has come to a run since it was imported; what is there stays."""
        if there.info.lifecycle_stage == "deleted":
            return
        before = (self.report.points, self.report.artifacts)
        run_id = given.run_id
        params = {key: value for key, value in given.params.items() if key not in there.params}
        tags = {key: value for key, value in given.tags.items() if there.tags.get(key) != value}
        is_new = bool(params or tags)
        if is_new:
            self._store.log_batch(run_id, params=params, tags=tags)
        for series in self._source.series(run_id):
            summary = there.metrics.get(series.key)
            if summary is None or summary.count < len(series.steps):
                self._add_points(run_id, series)
                self.report.points += len(series.steps) - (summary.count if summary else 0)
        if given.datasets:
            self._store.log_inputs(run_id, datasets=given.datasets)
        known = {entry.path for entry in self._store.iter_artifacts(run_id)}
        entries = [
            ArtifactEntry(path=path, digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
            for path, stored in self._files(given.artifact_uri, known, f"run {run_id}")
        ]
        if entries:
            self._store.put_artifacts(run_id, entries)
        if (there.info.status, there.info.end_time) != (given.status, given.end_time):
            self._store.update_run(run_id, status=given.status, end_time=given.end_time)
            is_new = True
        self.report.updated += is_new or before != (self.report.points, self.report.artifacts)

    def _add_points(self, run_id: str, series: SeriesRecord) -> None:
        """Log points again: those that are there are dropped by the store."""
        rows = zip(series.values.tolist(), series.timestamps.tolist(), series.steps.tolist(), strict=True)
        metrics = [Metric(series.key, value, timestamp, step) for value, timestamp, step in rows]
        for start in range(0, len(metrics), limits.MAX_METRICS_PER_BATCH):
            self._store.log_batch(run_id, metrics=metrics[start : start + limits.MAX_METRICS_PER_BATCH])

    def _models(self, theirs: str, ours: str) -> None:
        """Take the logged models of an experiment once all runs are there, as any of them may have measured one."""
        for model in self._source.logged_models(theirs):
            with self._noting(f"logged model {model.model_id}"):
                self._model(model, ours)

    def _model(self, given: LoggedModel, experiment_id: str) -> None:
        if given.artifact_location:
            self._roots[given.artifact_location.rstrip("/")] = given.model_id
        try:
            there = self._store.get_logged_model(given.model_id, allow_deleted=True)
            if there.lifecycle_stage == "deleted":
                return
            self._update_model(given, there)
        except NotFound:
            there = self._store.create_logged_model(
                experiment_id,
                name=given.name,
                model_id=given.model_id,
                model_type=given.model_type,
                source_run_id=given.source_run_id,
                params=given.params,
                tags=given.tags,
                creation_time=given.creation_timestamp or None,
            )
            self.report.logged_models += 1
        self._model_metrics(given, there)
        known = {entry.path for entry in self._store.iter_artifacts(given.model_id)}
        entries = [
            ArtifactEntry(path=path, digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
            for path, stored in self._files(given.artifact_location, known, f"logged model {given.model_id}")
        ]
        if entries:
            self._store.put_artifacts(given.model_id, entries)
        if there.status == "PENDING" and given.status != "PENDING":
            self._store.finalize_logged_model(given.model_id, given.status)
        if given.lifecycle_stage == "deleted":
            self._store.delete_logged_model(given.model_id)

    def _update_model(self, given: LoggedModel, there: LoggedModel) -> None:
        """Add the params and tags that have come to a model since it was imported."""
        params = {key: value for key, value in given.params.items() if key not in there.params}
        tags = {key: value for key, value in given.tags.items() if there.tags.get(key) != value}
        # What a store says itself of the versions that are made of a model.
        tags.pop("mlflow.modelVersions", None)
        if params:
            self._store.log_logged_model_params(given.model_id, params)
        if tags:
            self._store.set_logged_model_tags(given.model_id, tags)

    def _model_metrics(self, given: LoggedModel, there: LoggedModel) -> None:
        known = {(one.run_id, one.key, one.timestamp, one.step) for one in there.metrics}
        for metric in given.metrics:
            if metric.run_id and (metric.run_id, metric.key, metric.timestamp, metric.step) not in known:
                self._store.log_batch(metric.run_id, metrics=[self._as_measured(metric, metric.run_id)])

    def _as_measured(self, metric: Metric, run_id: str) -> Metric:
        """Return a model's metric as its run has it: MLflow's databases hold 0 for a model's NaN."""
        if metric.value != 0:
            return metric
        for columns in self._store.read_series([run_id], [metric.key]).values():
            values = columns.values[(columns.steps == metric.step) & (columns.timestamps == metric.timestamp)]
            if np.isnan(values).any() and not (values == 0).any():
                return msgspec.structs.replace(metric, value=math.nan)
        return metric

    def _finish_run(self, given: RunRecord) -> None:
        """Record which models a run used and made, and that it is deleted."""
        run = self._store.get_run(given.run_id)
        if run.info.lifecycle_stage == "deleted" or not events_taken(self._store, given.run_id, WRITER):
            return
        inputs = [LoggedModelInput(one) for one in given.model_inputs]
        outputs = [LoggedModelOutput(one, step) for one, step in given.model_outputs]
        inputs = [one for one in inputs if one not in run.inputs.model_inputs]
        outputs = [one for one in outputs if one not in run.outputs.model_outputs]
        if inputs:
            self._store.log_inputs(given.run_id, models=inputs)
        if outputs:
            self._store.log_outputs(given.run_id, models=outputs)
        if given.lifecycle_stage == "deleted":
            self._store.delete_run(given.run_id)


_POINTS_AT_ONCE = 100_000
