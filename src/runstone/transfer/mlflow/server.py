"""A server that speaks MLflow's API: MLflow's own, or Runstone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
import urllib3

from runstone.core.entities import DatasetInput, DatasetRecord, InputTag, LoggedModel, LoggedModelStatus, Metric, Status
from runstone.core.errors import NotFound, PermissionDenied, Unavailable
from runstone.transfer.layout import AliasRow, RegisteredModelRow, VersionRow
from runstone.transfer.mlflow.artifacts import Artifacts, ProxiedArtifacts
from runstone.transfer.mlflow.records import ExperimentRecord, RunRecord, SeriesRecord, series_of
from runstone.wire.connection import Connection

MODEL_STATES: dict[str | None, LoggedModelStatus] = {
    "LOGGED_MODEL_PENDING": "PENDING",
    "LOGGED_MODEL_READY": "READY",
    "LOGGED_MODEL_UPLOAD_FAILED": "FAILED",
}
"""States of logged models by MLflow's names."""

_API = "/api/2.0/mlflow"
_PAGE = 1000
_POINTS = 25_000
_PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'"


class Caller:
    """Calls of MLflow's API.

    Args:
        uri: Address of the server.
        identity: Headers that say who this is.
    """

    def __init__(self, uri: str, identity: Mapping[str, str]) -> None:
        self._connection = Connection(uri, identity)
        self.address = self._connection.address

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Return the answer to a GET."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.read(self.raw(f"{_API}{path}?{urlencode(given, doseq=True)}"))

    def post(self, path: str, body: Mapping[str, Any], *, repeat: bool = False) -> dict[str, Any]:
        """Return the answer to a POST."""
        return self._send("POST", path, body, repeat=repeat)

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a PATCH."""
        return self._send("PATCH", path, body, repeat=True)

    def delete(self, path: str, body: Mapping[str, Any]) -> None:
        """Send a DELETE."""
        self._send("DELETE", path, body, repeat=False)

    def _send(self, verb: str, path: str, body: Mapping[str, Any], *, repeat: bool) -> dict[str, Any]:
        answer = self._connection.request(
            verb,
            _API + path,
            body=msgspec.json.encode(body),
            headers={"Content-Type": "application/json"},
            repeat=repeat,
        )
        return self.read(_checked(answer, self.address))

    def put(self, path: str, stream: Any) -> None:
        """Send a file."""
        _checked(self._connection.request("PUT", path, body=stream, headers={}, repeat=False), self.address)

    def raw(self, path: str, *, stream: bool = False) -> urllib3.BaseHTTPResponse:
        """Return the answer to a GET of any path."""
        answer = self._connection.request("GET", path, headers={}, repeat=True, stream=stream)
        return _checked(answer, self.address)

    def read(self, answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
        """Return what an answer says."""
        try:
            return msgspec.json.decode(answer.data, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise Unavailable(f"{self.address} does not speak MLflow's API: {error}") from error

    def pages(self, path: str, items: str, body: Mapping[str, Any], *, verb: str = "POST") -> Iterator[dict[str, Any]]:
        """Yield the items of all pages of a search."""
        token: str | None = None
        while True:
            asked = {**body, **({"page_token": token} if token else {})}
            page = self.post(path, asked, repeat=True) if verb == "POST" else self.get(path, **asked)
            yield from page.get(items, ())
            token = page.get("next_page_token")
            if not token:
                return

    def close(self) -> None:
        """Release the connections."""
        self._connection.close()


class ServerSource:
    """MLflow's history behind a server.

    Args:
        caller: Calls it.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.place = caller.address
        self.artifacts: Artifacts = ProxiedArtifacts(caller.raw)
        self.notes: list[str] = []
        self._keys: dict[str, list[str]] = {}

    def experiments(self) -> Iterator[ExperimentRecord]:
        """Yield all experiments."""
        for one in self._caller.pages("/experiments/search", "experiments", {"max_results": _PAGE, "view_type": "ALL"}):
            yield ExperimentRecord(
                experiment_id=one["experiment_id"],
                name=one["name"],
                lifecycle_stage=one.get("lifecycle_stage", "active"),
                creation_time=_whole(one.get("creation_time")),
                artifact_location=one.get("artifact_location", ""),
                tags=_pairs(one.get("tags", ())),
            )

    def runs(self, experiment_id: str) -> Iterator[RunRecord]:
        """Yield the runs of an experiment."""
        asked = {"experiment_ids": [experiment_id], "run_view_type": "ALL", "max_results": _PAGE}
        for run in self._caller.pages("/runs/search", "runs", {**asked, "order_by": ["attributes.start_time ASC"]}):
            info, data = run["info"], run.get("data", {})
            inputs, outputs = run.get("inputs", {}), run.get("outputs", {})
            self._keys[info["run_id"]] = [metric["key"] for metric in data.get("metrics", ())]
            yield RunRecord(
                run_id=info["run_id"],
                experiment_id=experiment_id,
                name=info.get("run_name") or info["run_id"][:8],
                user_id=info.get("user_id", ""),
                status=cast(Status, info.get("status", "FINISHED")),
                start_time=_whole(info.get("start_time")) or 0,
                end_time=_whole(info.get("end_time")),
                lifecycle_stage=info.get("lifecycle_stage", "active"),
                artifact_uri=info.get("artifact_uri", ""),
                params=_pairs(data.get("params", ())),
                tags=_pairs(data.get("tags", ())),
                datasets=tuple(map(_dataset, inputs.get("dataset_inputs", ()))),
                model_inputs=tuple(one["model_id"] for one in inputs.get("model_inputs", ())),
                model_outputs=tuple(
                    (one["model_id"], _whole(one.get("step")) or 0) for one in outputs.get("model_outputs", ())
                ),
            )

    def series(self, run_id: str) -> Iterator[SeriesRecord]:
        """Yield the metrics of a run."""
        for key in self._keys.pop(run_id, ()):
            asked = {"run_id": run_id, "metric_key": key, "max_results": _POINTS}
            points = self._caller.pages("/metrics/get-history", "metrics", asked, verb="GET")
            yield series_of(
                key, [(_whole(one.get("step")) or 0, int(one["timestamp"]), float(one["value"])) for one in points]
            )

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Yield the logged models of an experiment."""
        try:
            found = list(
                self._caller.pages(
                    "/logged-models/search", "models", {"experiment_ids": [experiment_id], "max_results": 50}
                )
            )
        except NotFound:  # MLflow 2 has none.
            return
        for model in found:
            info, data = model["info"], model.get("data", {})
            yield LoggedModel(
                model_id=info["model_id"],
                experiment_id=experiment_id,
                name=info["name"],
                artifact_location=info.get("artifact_uri", ""),
                creation_timestamp=_whole(info.get("creation_timestamp_ms")) or 0,
                model_type=info.get("model_type") or None,
                source_run_id=info.get("source_run_id") or None,
                status=MODEL_STATES.get(info.get("status"), "READY"),
                params=_pairs(data.get("params", ())),
                tags=_pairs(info.get("tags", ())),
                metrics=tuple(
                    Metric(
                        one["key"],
                        float(one["value"]),
                        int(one["timestamp"]),
                        _whole(one.get("step")) or 0,
                        model_id=info["model_id"],
                        run_id=one.get("run_id"),
                        dataset_name=one.get("dataset_name"),
                        dataset_digest=one.get("dataset_digest"),
                    )
                    for one in data.get("metrics", ())
                ),
            )

    def registered_models(self) -> Iterator[RegisteredModelRow]:
        """Yield the registered models."""
        for one in self._registered():
            yield RegisteredModelRow(
                one["name"],
                one.get("description", ""),
                _whole(one.get("creation_timestamp")) or 0,
                _whole(one.get("last_updated_timestamp")) or 0,
                _pairs(one.get("tags", ())),
            )

    def versions(self) -> Iterator[VersionRow]:
        """Yield the versions of registered models."""
        for model in self._registered():
            quoted = model["name"].replace("'", "''")
            asked = {"filter": f"name = '{quoted}'", "max_results": 1000}
            found = self._caller.pages("/model-versions/search", "model_versions", asked, verb="GET")
            for one in sorted(found, key=lambda version: int(version["version"])):
                yield VersionRow(
                    name=one["name"],
                    version=int(one["version"]),
                    source=one.get("source", ""),
                    storage_location=None,
                    run_id=one.get("run_id") or None,
                    run_link=one.get("run_link", ""),
                    model_id=one.get("model_id") or None,
                    description=one.get("description", ""),
                    user_id=one.get("user_id", ""),
                    stage=one.get("current_stage") or "None",
                    status=one.get("status", "READY"),
                    creation_time_ms=_whole(one.get("creation_timestamp")) or 0,
                    last_update_time_ms=_whole(one.get("last_updated_timestamp")) or 0,
                    tags=_pairs(one.get("tags", ())),
                )

    def aliases(self) -> Iterator[AliasRow]:
        """Yield the aliases of registered models."""
        for model in self._registered():
            for one in model.get("aliases", ()):
                yield AliasRow(model["name"], one["alias"], int(one["version"]))

    def close(self) -> None:
        """Release the connections."""
        self._caller.close()

    def _registered(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for asked in ({"max_results": 100}, {"max_results": 100, "filter": _PROMPTS}):
            for one in self._caller.pages("/registered-models/search", "registered_models", asked, verb="GET"):
                found[one["name"]] = one
        return [found[name] for name in sorted(found)]


def _dataset(given: dict[str, Any]) -> DatasetInput:
    dataset = given["dataset"]
    return DatasetInput(
        dataset=DatasetRecord(
            name=dataset["name"],
            digest=dataset["digest"],
            source_type=dataset.get("source_type", ""),
            source=dataset.get("source", ""),
            schema=dataset.get("schema"),
            profile=dataset.get("profile"),
        ),
        tags=tuple(InputTag(key, value) for key, value in _pairs(given.get("tags", ())).items()),
    )


def _pairs(tags: Any) -> dict[str, str]:
    return {tag["key"]: tag.get("value", "") for tag in tags}


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _checked(answer: urllib3.BaseHTTPResponse, address: str) -> urllib3.BaseHTTPResponse:
    if answer.status < 400:
        return answer
    text = answer.data[:500].decode("utf-8", "replace")
    if answer.status == 404:
        raise NotFound(f"{address}: {text}")
    if answer.status in (401, 403):
        raise PermissionDenied(
            f"{address} lets nobody in without a name: {text}; set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME "
            "and MLFLOW_TRACKING_PASSWORD"
        )
    raise Unavailable(f"{address} answered with status {answer.status}: {text}")
