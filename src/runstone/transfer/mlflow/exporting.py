"""Sending a store to a server that speaks MLflow's API."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec import Struct

from runstone.blobs.protocol import BlobStore
from runstone.core.entities import Experiment, LoggedModel, ModelVersion, Run, ViewType, param_text
from runstone.core.errors import InvalidArgument, NotFound, PermissionDenied, RunstoneError, Unavailable
from runstone.core.page import iter_pages
from runstone.store.model_uris import LoggedModelUri, parse_model_uri
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Progress
from runstone.transfer.mlflow.exporting_models import ModelExport, RunIds
from runstone.transfer.mlflow.server import Caller
from runstone.transfer.mlflow.values import number_text

RUN_TAG = "runstone.run_id"
"""Tag of a run in MLflow: the id it has here."""

EXPERIMENT_TAG = "runstone.experiment_id"
"""Tag of an experiment in MLflow that an export made: the id it has here."""

_POINTS_AT_ONCE = 1000
_ITEMS_AT_ONCE = 100
_LARGEST_GAP = 1000
_EVERY_MODEL = "tags.`mlflow.prompt.is_prompt` IS NULL OR tags.`mlflow.prompt.is_prompt` IS NOT NULL"


class ExportReport(Struct, kw_only=True):
    """What went.

    Attributes:
        runs: Runs that were made there; ``updated`` were there and got something new.
        deleted: Runs, logged models and experiments that were deleted there, since they are here.
        notes: What could not be sent, in words.
    """

    target: str
    runs: int = 0
    updated: int = 0
    points: int = 0
    artifacts: int = 0
    logged_models: int = 0
    deleted: int = 0
    model_versions: int = 0
    notes: list[str] = []


def export_mlflow(
    store: Store,
    blobs: BlobStore,
    caller: Caller,
    experiment_ids: Sequence[str] | None,
    *,
    with_artifacts: bool = True,
    progress: Progress | None = None,
) -> ExportReport:
    """Send experiments, runs, logged models and the registry to a server; what is deleted here is deleted there.

    Args:
        experiment_ids: Only these, and not the registry; everything if None.

    Raises:
        Unavailable, PermissionDenied: The server cannot be reached, or lets nobody in.
    """
    work = _Export(store, blobs, caller, with_artifacts=with_artifacts)
    experiments = (
        list(iter_pages(lambda token: store.search_experiments(view=ViewType.ALL, page_token=token)))
        if experiment_ids is None
        else [store.get_experiment(one) for one in experiment_ids]
    )
    total = store.count_runs([one.experiment_id for one in experiments], view=ViewType.ALL) if experiments else 0
    for experiment in experiments:
        for done in work.experiment(experiment):
            if progress is not None:
                progress("runs", done, total)
    work.models()
    if experiment_ids is None:
        work.registry()
    work.delete()
    return work.report


class _Sent(Struct):
    """An experiment and where it is there.

    Attributes:
        is_closed: It is deleted there, so that it takes nothing more.
        is_ours: An export of it made it.
    """

    here: Experiment
    there_id: str
    is_closed: bool
    is_ours: bool


class _Export:
    def __init__(self, store: Store, blobs: BlobStore, caller: Caller, *, with_artifacts: bool) -> None:
        self.report = ExportReport(target=caller.address)
        self._store = store
        self._blobs = blobs
        self._caller = caller
        self._with_artifacts = with_artifacts
        self._runs = RunIds()
        self._sent: list[_Sent] = []
        self._linked: list[str] = []
        self._to_delete: list[str] = []
        self._logged_models = ModelExport(store, caller, self._runs, self.report.notes, self._model_files)
        self._done = 0

    def experiment(self, experiment: Experiment) -> Iterator[int]:
        """Send an experiment, and yield how many runs have gone so far."""
        sent = self._ensure_experiment(experiment)
        self._sent.append(sent)
        known = self._known(sent.there_id)
        refused = 0
        for run in self._runs_of(experiment):
            there = known.get(run.info.run_id)
            if there is None and sent.is_closed:
                refused += 1
            else:
                with self._noting(f"run {run.info.run_id}"):
                    self._run(run, sent.there_id, there)
            self._done += 1
            yield self._done
        if refused:
            self.report.notes.append(
                f"experiment {experiment.name!r} is deleted there, so {refused} of its runs were left out: restore it "
                "there, or give it another name there, and export again"
            )

    def models(self) -> None:
        """Send the logged models of the experiments that were sent, and link the runs to them."""
        for sent in self._sent:
            models = iter_pages(
                lambda token, sent=sent: self._store.search_logged_models(  # type: ignore[misc]  # its own
                    [sent.here.experiment_id], view=ViewType.ALL, page_token=token
                )
            )
            self._models(sent, models)
        for run_id in self._linked:
            with self._noting(f"run {run_id}"):
                self._logged_models.link(self._store.get_run(run_id))
        self.report.logged_models = self._logged_models.made
        self.report.deleted += self._logged_models.deleted

    def delete(self) -> None:
        """Delete there what is deleted here."""
        for run_id in self._to_delete:
            with self._noting(f"the deletion of run {run_id}"):
                self._caller.post("/runs/delete", {"run_id": run_id}, repeat=True)
                self.report.deleted += 1
        for sent in self._sent:
            if sent.here.lifecycle_stage == "deleted" and not sent.is_closed:
                with self._noting(f"the deletion of experiment {sent.here.name!r}"):
                    self._delete_experiment(sent)

    def registry(self) -> None:
        """Send registered models, versions and aliases."""
        models = iter_pages(lambda token: self._store.search_registered_models(filter=_EVERY_MODEL, page_token=token))
        for model in models:
            tags = [{"key": key, "value": value} for key, value in model.tags.items()]
            with self._noting(f"registered model {model.name!r}"):
                try:
                    self._caller.get("/registered-models/get", name=model.name)
                except NotFound:
                    body = {"name": model.name, "tags": tags, "description": model.description}
                    self._caller.post("/registered-models/create", {key: value for key, value in body.items() if value})
                quoted = model.name.replace("'", "''")
                of_model = iter_pages(
                    lambda token, quoted=quoted: self._store.search_model_versions(  # type: ignore[misc]  # its own
                        filter=f"name = '{quoted}'", order_by=["version_number ASC"], page_token=token
                    )
                )
                for version in sorted(of_model, key=lambda one: int(one.version)):
                    self._version(version)
                for alias, number in model.aliases.items():
                    body = {"name": model.name, "alias": alias, "version": number}
                    self._caller.post("/registered-models/alias", body, repeat=True)

    @contextmanager
    def _noting(self, what: str) -> Iterator[None]:
        """Go on past what the server does not take, and say so."""
        try:
            yield
        except PermissionDenied:
            raise
        except RunstoneError as error:
            if isinstance(error, Unavailable) and "status 4" not in error.message:
                raise
            self.report.notes.append(f"{what} was left out, or a part of it: {error}")

    def _runs_of(self, experiment: Experiment) -> Iterator[Run]:
        return iter_pages(
            lambda token: self._store.search_runs(
                [experiment.experiment_id], order_by=["start_time ASC"], view=ViewType.ALL, page_token=token
            )
        )

    def _models(self, sent: _Sent, models: Iterator[LoggedModel]) -> None:
        first = next(models, None)
        if first is None:
            return
        try:
            known = self._logged_models.known(sent.there_id)
        except NotFound:
            self.report.notes.append(
                f"logged models of experiment {sent.here.name!r} were left out: the server keeps none; MLflow 3 does"
            )
            return
        if sent.is_closed:
            return
        for model in chain([first], models):
            with self._noting(f"logged model {model.model_id}"):
                self._logged_models.send(model, sent.there_id, known.get(model.model_id))

    def _model_files(self, model_id: str, artifact_uri: str, what: str) -> None:
        if self._with_artifacts:
            self._files(model_id, artifact_uri, what)

    def _delete_experiment(self, sent: _Sent) -> None:
        """Delete an experiment there, unless others than exports of this store put something in it."""
        if not sent.is_ours:
            self._keep(sent, "no export of this store made it")
        elif any(self._is_strange(run) for run in self._active_runs(sent.there_id)):
            self._keep(sent, "runs are in it that are not of this store")
        else:
            self._caller.post("/experiments/delete", {"experiment_id": sent.there_id})
            self.report.deleted += 1

    def _keep(self, sent: _Sent, why: str) -> None:
        self.report.notes.append(f"experiment {sent.here.name!r} is deleted here and was left active there: {why}")

    def _active_runs(self, there_id: str) -> Iterator[dict[str, Any]]:
        asked = {"experiment_ids": [there_id], "run_view_type": "ACTIVE_ONLY", "max_results": 1000}
        return self._caller.pages("/runs/search", "runs", asked)

    def _is_strange(self, run: dict[str, Any]) -> bool:
        return self._runs.there.get(_tags(run).get(RUN_TAG, "")) != str(run["info"]["run_id"])

    def _ensure_experiment(self, experiment: Experiment) -> _Sent:
        try:
            found = self._caller.get("/experiments/get-by-name", experiment_name=experiment.name)["experiment"]
        except NotFound:
            tags = {**experiment.tags, EXPERIMENT_TAG: experiment.experiment_id}
            items = [{"key": key, "value": value} for key, value in tags.items()]
            made = self._caller.post("/experiments/create", {"name": experiment.name, "tags": items})
            return _Sent(experiment, str(made["experiment_id"]), is_closed=False, is_ours=True)
        tags = {tag["key"]: tag.get("value", "") for tag in found.get("tags", ())}
        return _Sent(
            experiment,
            str(found["experiment_id"]),
            is_closed=found.get("lifecycle_stage") == "deleted",
            is_ours=tags.get(EXPERIMENT_TAG) == experiment.experiment_id,
        )

    def _known(self, there_id: str) -> dict[str, dict[str, Any]]:
        """Return the runs that were sent before, by the ids they have here."""
        asked = {"experiment_ids": [there_id], "run_view_type": "ALL", "max_results": 1000}
        found = {}
        for run in self._caller.pages("/runs/search", "runs", asked):
            here = _tags(run).get(RUN_TAG)
            if here is not None:
                found[here] = run
        return found

    def _run(self, run: Run, there_id: str, known: dict[str, Any] | None) -> None:
        info = run.info
        if known is not None and known["info"].get("lifecycle_stage") == "deleted":
            self._note_closed(run, str(known["info"]["run_id"]))
            return
        before = (self.report.points, self.report.artifacts)
        is_new = known is None
        if known is None:
            tags = {**run.tags, RUN_TAG: info.run_id}
            parent = tags.get("mlflow.parentRunId")
            if parent in self._runs.there:
                tags["mlflow.parentRunId"] = self._runs.there[parent]
            known = self._caller.post(
                "/runs/create",
                {
                    "experiment_id": there_id,
                    "run_name": info.run_name,
                    "user_id": info.user_id,
                    "start_time": info.start_time,
                    "tags": [{"key": key, "value": value} for key, value in tags.items()],
                },
            )["run"]
            self.report.runs += 1
        there = known["info"]
        run_id = str(there["run_id"])
        self._runs.there[info.run_id] = run_id
        self._params(run, run_id, known)
        self._points(run, run_id, known)
        self._datasets(run, run_id)
        if self._with_artifacts:
            self._files(info.run_id, str(there.get("artifact_uri", "")), f"run {info.run_id}")
        status = {"run_id": run_id, "status": info.status, "end_time": info.end_time}
        self._caller.post(
            "/runs/update", {name: value for name, value in status.items() if value is not None}, repeat=True
        )
        if not is_new and before != (self.report.points, self.report.artifacts):
            self.report.updated += 1
        if run.inputs.model_inputs or run.outputs.model_outputs:
            self._linked.append(info.run_id)
        if info.lifecycle_stage == "deleted":
            self._to_delete.append(run_id)

    def _note_closed(self, run: Run, run_id: str) -> None:
        """Remember a run that is deleted there, to which nothing can be added."""
        self._runs.there[run.info.run_id] = run_id
        self._runs.closed.add(run_id)
        if run.info.lifecycle_stage == "active":
            self.report.notes.append(
                f"run {run.info.run_id} is deleted there, so nothing was added to it: restore {run_id} there and "
                "export again"
            )

    def _params(self, run: Run, run_id: str, known: dict[str, Any]) -> None:
        there = {param["key"] for param in known.get("data", {}).get("params", ())}
        params = [{"key": key, "value": param_text(value)} for key, value in run.params.items() if key not in there]
        for start in range(0, len(params), _ITEMS_AT_ONCE):
            body = {"run_id": run_id, "params": params[start : start + _ITEMS_AT_ONCE]}
            self._caller.post("/runs/log-batch", body, repeat=True)

    def _points(self, run: Run, run_id: str, known: dict[str, Any]) -> None:
        last = {metric["key"]: metric for metric in known.get("data", {}).get("metrics", ())}
        for key, summary in run.metrics.items():
            there = last.get(key)
            if there and int(there.get("step", 0)) == summary.last_step and _same(there.get("value"), summary.last):
                continue
            [columns] = self._store.read_series([run.info.run_id], [key]).values()
            rows = zip(columns.steps.tolist(), columns.timestamps.tolist(), columns.values.tolist(), strict=True)
            points = [
                {"key": key, "value": number_text(value), "timestamp": timestamp, "step": step}
                for step, timestamp, value in rows
            ]
            for start in range(0, len(points), _POINTS_AT_ONCE):
                body = {"run_id": run_id, "metrics": points[start : start + _POINTS_AT_ONCE]}
                self._caller.post("/runs/log-batch", body, repeat=True)
            self.report.points += len(points)

    def _datasets(self, run: Run, run_id: str) -> None:
        datasets = [
            {
                "dataset": {
                    name: getattr(used.dataset, name)
                    for name in ("name", "digest", "source_type", "source", "schema", "profile")
                    if getattr(used.dataset, name) is not None
                },
                "tags": [{"key": tag.key, "value": tag.value} for tag in used.tags],
            }
            for used in run.inputs.dataset_inputs
        ]
        if datasets:
            self._caller.post("/runs/log-inputs", {"run_id": run_id, "datasets": datasets}, repeat=True)

    def _files(self, owner_id: str, artifact_uri: str, what: str) -> None:
        uri = urlsplit(artifact_uri)
        entries = self._store.iter_artifacts(owner_id)
        if uri.scheme != "mlflow-artifacts":
            if entries:
                self.report.notes.append(
                    f"files of {what} were left out: the server keeps them at {uri.scheme or 'a local path'}, "
                    "and takes none itself"
                )
            return
        root = uri.path.strip("/")
        listed = self._listed(root)
        for entry in entries:
            if entry.path in listed:
                continue
            with closing(self._blobs.open(entry.digest)) as stream:
                self._caller.put(f"/api/2.0/mlflow-artifacts/artifacts/{quote(f'{root}/{entry.path}')}", stream)
            self.report.artifacts += 1

    def _listed(self, root: str) -> set[str]:
        from runstone.transfer.mlflow.artifacts import ProxiedArtifacts

        files = ProxiedArtifacts(self._caller.raw).files(f"mlflow-artifacts:/{root}")
        try:
            return {file.path for file in files}
        except NotFound:
            return set()

    def _version(self, version: ModelVersion) -> None:
        try:
            self._caller.get("/model-versions/get", name=version.name, version=version.version)
            return
        except NotFound:
            pass
        run_id = self._runs.there.get(version.run_id or "")
        model_id = self._logged_models.ids.get(_model_id(version) or "")
        body = {
            "name": version.name,
            "source": self._source(version, run_id, model_id),
            "run_id": run_id,
            "model_id": model_id,
            "description": version.description,
            "tags": [{"key": key, "value": value} for key, value in version.tags.items()],
        }
        number = self._numbered(version, {key: value for key, value in body.items() if value})
        self.report.model_versions += 1
        if version.current_stage not in ("", "None"):
            moved = {"name": version.name, "version": number, "stage": version.current_stage}
            self._caller.post(
                "/model-versions/transition-stage", {**moved, "archive_existing_versions": False}, repeat=True
            )

    def _source(self, version: ModelVersion, run_id: str | None, model_id: str | None) -> str:
        """Return where a version's files are there."""
        source = version.source
        for here, there in ((version.run_id, run_id), (_model_id(version), model_id)):
            if here and there:
                source = source.replace(here, there)
        return source

    def _numbered(self, version: ModelVersion, body: dict[str, Any]) -> str:
        """Make a version with the number it has here: those before it that are gone here come and go there, too."""
        while True:
            made = self._caller.post("/model-versions/create", body)
            number = str(made["model_version"]["version"])
            if not int(number) < int(version.version) <= int(number) + _LARGEST_GAP:
                break
            self._caller.delete("/model-versions/delete", {"name": version.name, "version": number})
        if number != version.version:
            self.report.notes.append(f"version {version.version} of {version.name!r} is version {number} there")
        return number


def _model_id(version: ModelVersion) -> str | None:
    """Return the id of the logged model that a version was made of."""
    if version.model_id:
        return version.model_id
    try:
        source = parse_model_uri(version.source)
    except InvalidArgument:
        return None
    return source.model_id if isinstance(source, LoggedModelUri) else None


def _tags(run: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag.get("value", "") for tag in run.get("data", {}).get("tags", ())}


def _same(there: Any, here: float) -> bool:
    value = float(there)
    return value == here or (math.isnan(value) and math.isnan(here))
