"""Sending a store to a server that speaks MLflow's API."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec import Struct

from runstone.blobs.protocol import BlobStore
from runstone.core.entities import Experiment, ModelVersion, Run, param_text
from runstone.core.errors import NotFound, PermissionDenied, RunstoneError, Unavailable
from runstone.core.page import iter_pages
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Progress
from runstone.transfer.mlflow.server import Caller

RUN_TAG = "runstone.run_id"
"""Tag of a run in MLflow: the id it has here."""

_POINTS_AT_ONCE = 1000
_ITEMS_AT_ONCE = 100
_LARGEST_GAP = 1000
_EVERY_MODEL = "tags.`mlflow.prompt.is_prompt` IS NULL OR tags.`mlflow.prompt.is_prompt` IS NOT NULL"


class ExportReport(Struct, kw_only=True):
    """What went.

    Attributes:
        runs: Runs that were made there; ``updated`` were there and got something new.
        notes: What could not be sent, in words.
    """

    target: str
    runs: int = 0
    updated: int = 0
    points: int = 0
    artifacts: int = 0
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
    """Send experiments, runs and the registry to a server.

    Args:
        experiment_ids: Only these, and not the registry; everything if None.

    Raises:
        Unavailable, PermissionDenied: The server cannot be reached, or lets nobody in.
    """
    work = _Export(store, blobs, caller, with_artifacts=with_artifacts)
    experiments = (
        list(iter_pages(lambda token: store.search_experiments(page_token=token)))
        if experiment_ids is None
        else [store.get_experiment(one) for one in experiment_ids]
    )
    total = store.count_runs([one.experiment_id for one in experiments]) if experiments else 0
    for experiment in experiments:
        for done in work.experiment(experiment):
            if progress is not None:
                progress("runs", done, total)
    if experiment_ids is None:
        work.registry()
    return work.report


class _Export:
    def __init__(self, store: Store, blobs: BlobStore, caller: Caller, *, with_artifacts: bool) -> None:
        self.report = ExportReport(target=caller.address)
        self._store = store
        self._blobs = blobs
        self._caller = caller
        self._with_artifacts = with_artifacts
        self._ids: dict[str, str] = {}
        self._done = 0

    def experiment(self, experiment: Experiment) -> Iterator[int]:
        """Send an experiment, and yield how many runs have gone so far."""
        there_id = self._ensure_experiment(experiment)
        known = self._known(there_id)
        found = iter_pages(
            lambda token: self._store.search_runs(
                [experiment.experiment_id], order_by=["start_time ASC"], page_token=token
            )
        )
        for run in found:
            with self._noting(f"run {run.info.run_id}"):
                self._run(run, there_id, known.get(run.info.run_id))
            self._done += 1
            yield self._done

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
                    self._caller.post("/registered-models/create", body)
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

    def _ensure_experiment(self, experiment: Experiment) -> str:
        try:
            found = self._caller.get("/experiments/get-by-name", experiment_name=experiment.name)["experiment"]
        except NotFound:
            tags = [{"key": key, "value": value} for key, value in experiment.tags.items()]
            made = self._caller.post("/experiments/create", {"name": experiment.name, "tags": tags})
            return str(made["experiment_id"])
        return str(found["experiment_id"])

    def _known(self, there_id: str) -> dict[str, dict[str, Any]]:
        """Return the runs that were sent before, by the ids they have here."""
        asked = {"experiment_ids": [there_id], "run_view_type": "ALL", "max_results": 1000}
        found = {}
        for run in self._caller.pages("/runs/search", "runs", asked):
            tags = {tag["key"]: tag.get("value", "") for tag in run.get("data", {}).get("tags", ())}
            if RUN_TAG in tags:
                found[tags[RUN_TAG]] = run
        return found

    def _run(self, run: Run, there_id: str, known: dict[str, Any] | None) -> None:
        info = run.info
        before = (self.report.points, self.report.artifacts)
        is_new = known is None
        if known is None:
            tags = {**run.tags, RUN_TAG: info.run_id}
            parent = tags.get("mlflow.parentRunId")
            if parent in self._ids:
                tags["mlflow.parentRunId"] = self._ids[parent]
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
        self._ids[info.run_id] = run_id
        self._params(run, run_id, known)
        self._points(run, run_id, known)
        self._datasets(run, run_id)
        if self._with_artifacts:
            self._files(info.run_id, there)
        status = {"run_id": run_id, "status": info.status, "end_time": info.end_time}
        self._caller.post(
            "/runs/update", {name: value for name, value in status.items() if value is not None}, repeat=True
        )
        if not is_new and before != (self.report.points, self.report.artifacts):
            self.report.updated += 1

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
                {"key": key, "value": _number(value), "timestamp": timestamp, "step": step}
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

    def _files(self, owner_id: str, there: dict[str, Any]) -> None:
        uri = urlsplit(str(there.get("artifact_uri", "")))
        entries = self._store.iter_artifacts(owner_id)
        if uri.scheme != "mlflow-artifacts":
            if entries:
                self.report.notes.append(
                    f"files of run {owner_id} were left out: the server keeps them at {uri.scheme or 'a local path'}, "
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
        source, run_id = version.source, self._ids.get(version.run_id or "")
        if version.run_id and run_id:
            source = source.replace(version.run_id, run_id)
        body = {
            "name": version.name,
            "source": source,
            "run_id": run_id,
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


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _same(there: Any, here: float) -> bool:
    value = float(there)
    return value == here or (math.isnan(value) and math.isnan(here))
