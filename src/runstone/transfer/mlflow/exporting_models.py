"""Sending logged models, and which runs used and made them, to a server that speaks MLflow's API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct, field

from runstone.core.entities import LoggedModel, Metric, Run
from runstone.core.errors import NotFound
from runstone.store.protocol import Store
from runstone.transfer.mlflow.server import MODEL_STATES, Caller
from runstone.transfer.mlflow.values import number_text

MODEL_TAG = "runstone.model_id"
"""Tag of a logged model in MLflow: the id it has here."""

_POINTS_AT_ONCE = 1000
_PARAMS_AT_ONCE = 100
_MODELS_AT_ONCE = 50
_WRITTEN_BY_SERVER = "mlflow.modelVersions"
_STATES_THERE = {here: there for there, here in MODEL_STATES.items()}


class RunIds(Struct):
    """Runs that are on the server.

    Attributes:
        there: Their ids there by those they have here.
        closed: Ids there of those that are deleted there, which take nothing more.
    """

    there: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)


class ModelExport:
    """Sends logged models.

    Args:
        runs: The runs that were sent before.
        notes: Takes what could not be sent, in words.
        send_files: Called with the id of a model here, its artifact URI there, and words for it.

    Attributes:
        ids: The ids of models there by those they have here.
        made: How many were made there; ``deleted`` were deleted there.
    """

    def __init__(
        self,
        store: Store,
        caller: Caller,
        runs: RunIds,
        notes: list[str],
        send_files: Callable[[str, str, str], None],
    ) -> None:
        self.ids: dict[str, str] = {}
        self.made = 0
        self.deleted = 0
        self._store = store
        self._caller = caller
        self._runs = runs
        self._notes = notes
        self._send_files = send_files

    def known(self, experiment_id: str) -> dict[str, dict[str, Any]]:
        """Return the models of an experiment there that were sent before, by the ids they have here.

        Raises:
            NotFound: The server keeps no logged models, as those before MLflow 3.
        """
        asked = {"experiment_ids": [experiment_id], "max_results": _MODELS_AT_ONCE}
        found = {}
        for model in self._caller.pages("/logged-models/search", "models", asked):
            here = _pairs(model["info"].get("tags", ())).get(MODEL_TAG)
            if here is not None:
                found[here] = model
                self.ids[here] = str(model["info"]["model_id"])
        return found

    def send(self, model: LoggedModel, experiment_id: str, there: dict[str, Any] | None) -> None:
        """Send a model, or what has come to it since it was sent; one that is deleted here is deleted there."""
        if model.lifecycle_stage == "deleted":
            if there is not None:
                self._caller.delete(f"/logged-models/{there['info']['model_id']}", {})
                self.deleted += 1
            return
        if there is None:
            there = self._make(model, experiment_id)
            self.made += 1
        info, data = there["info"], there.get("data", {})
        model_id = self.ids[model.model_id] = str(info["model_id"])
        self._params(model, model_id, _pairs(data.get("params", ())))
        self._tags(model, model_id, _pairs(info.get("tags", ())))
        self._metrics(model, model_id, data.get("metrics", ()))
        self._send_files(model.model_id, str(info.get("artifact_uri", "")), f"logged model {model.model_id}")
        if MODEL_STATES.get(info.get("status")) != model.status:
            body = {"model_id": model_id, "status": _STATES_THERE[model.status]}
            self._caller.patch(f"/logged-models/{model_id}", body)

    def link(self, run: Run) -> None:
        """Record there which models a run used and made."""
        run_id = self._runs.there.get(run.info.run_id)
        if run_id is None or run_id in self._runs.closed:
            return
        there = self._caller.get("/runs/get", run_id=run_id)["run"]
        used = {one["model_id"] for one in there.get("inputs", {}).get("model_inputs", ())}
        made = {one["model_id"] for one in there.get("outputs", {}).get("model_outputs", ())}
        inputs = [
            {"model_id": self.ids[one.model_id]}
            for one in run.inputs.model_inputs
            if self._is_sent(one.model_id, run) and self.ids[one.model_id] not in used
        ]
        outputs = [
            {"model_id": self.ids[one.model_id], "step": one.step}
            for one in run.outputs.model_outputs
            if self._is_sent(one.model_id, run) and self.ids[one.model_id] not in made
        ]
        if inputs:
            self._caller.post("/runs/log-inputs", {"run_id": run_id, "models": inputs}, repeat=True)
        if outputs:
            self._caller.post("/runs/outputs", {"run_id": run_id, "models": outputs})

    def _is_sent(self, model_id: str, run: Run) -> bool:
        """Say whether a model is there; that it is not is noted, unless it is deleted here."""
        if model_id in self.ids:
            return True
        try:
            self._store.get_logged_model(model_id)
        except NotFound:
            return False
        self._notes.append(f"run {run.info.run_id} was not linked to logged model {model_id}, which was not sent")
        return False

    def _make(self, model: LoggedModel, experiment_id: str) -> dict[str, Any]:
        run_id = self._runs.there.get(model.source_run_id or "")
        if model.source_run_id and run_id is None:
            self._notes.append(
                f"logged model {model.model_id} names no run there: {model.source_run_id}, which made it, was not sent"
            )
        body = {
            "experiment_id": experiment_id,
            "name": model.name,
            "model_type": model.model_type,
            "source_run_id": run_id,
            "tags": _items({**_own_tags(model), MODEL_TAG: model.model_id}),
        }
        given = {name: value for name, value in body.items() if value is not None}
        made: dict[str, Any] = self._caller.post("/logged-models", given)["model"]
        return made

    def _params(self, model: LoggedModel, model_id: str, there: dict[str, str]) -> None:
        params = _items({key: value for key, value in model.params.items() if key not in there})
        for some in _batches(params, _PARAMS_AT_ONCE):
            self._caller.post(f"/logged-models/{model_id}/params", {"model_id": model_id, "params": some})

    def _tags(self, model: LoggedModel, model_id: str, there: dict[str, str]) -> None:
        tags = _items({key: value for key, value in _own_tags(model).items() if there.get(key) != value})
        if tags:
            self._caller.patch(f"/logged-models/{model_id}/tags", {"model_id": model_id, "tags": tags})

    def _metrics(self, model: LoggedModel, model_id: str, there: Iterable[dict[str, Any]]) -> None:
        known = {
            (one.get("run_id"), one["key"], int(one.get("timestamp", 0)), int(one.get("step", 0))) for one in there
        }
        new: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        lost: set[str] = set()
        for metric in model.metrics:
            run_id = self._runs.there.get(metric.run_id or "")
            if run_id is None:
                lost.add(metric.run_id or "no run")
            elif run_id not in self._runs.closed and (run_id, metric.key, metric.timestamp, metric.step) not in known:
                new[run_id].append(_point(metric, model_id))
        for run_id, points in new.items():
            for some in _batches(points, _POINTS_AT_ONCE):
                self._caller.post("/runs/log-batch", {"run_id": run_id, "metrics": some}, repeat=True)
        for run in sorted(lost):
            self._notes.append(f"metrics of logged model {model.model_id} were left out: {run} was not sent")


def _point(metric: Metric, model_id: str) -> dict[str, Any]:
    point = {
        "key": metric.key,
        "value": number_text(metric.value),
        "timestamp": metric.timestamp,
        "step": metric.step,
        "model_id": model_id,
        "dataset_name": metric.dataset_name,
        "dataset_digest": metric.dataset_digest,
    }
    return {name: value for name, value in point.items() if value is not None}


def _own_tags(model: LoggedModel) -> dict[str, str]:
    """Return the tags but for that in which a server writes the versions made of a model."""
    return {key: value for key, value in model.tags.items() if key != _WRITTEN_BY_SERVER}


def _items(pairs: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs.items()]


def _pairs(items: Iterable[dict[str, str]]) -> dict[str, str]:
    return {item["key"]: item.get("value", "") for item in items}


def _batches(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
