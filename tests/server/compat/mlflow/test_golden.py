"""Ours and MLflow's own server are asked the same, call by call, and answer the same: status, error code, fields."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.server.compat.mlflow.golden_steps import SCENARIOS, Step
from tests.transfer.mlflow.conftest import mlflow_server

from runstone.blobs.local import LocalBlobs
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.store.open import open_store
from runstone.testing.serving import serving

_TIMES = frozenset(
    (
        "creation_time",
        "last_update_time",
        "creation_timestamp",
        "last_updated_timestamp",
        "creation_timestamp_ms",
        "last_updated_timestamp_ms",
    )
)

_UNORDERED = ("tags", "params", "metrics", "aliases", "latest_versions", "model_versions")

_MISTAKE = "MLflow takes no notice of what it cannot read; a mistake is better told"

DIFFERENT = {
    "experiments: bad view": _MISTAKE,
    "runs: make with bad tags": _MISTAKE,
    "runs: update to bad status": _MISTAKE,
    "runs: search bad view": _MISTAKE,
    "runs: inputs without digest": _MISTAKE,
    "models: finalize badly": _MISTAKE,
    "runs: history unknown run": "that the run is missing is better told than that it has no points",
    "registry: version of unknown": "a model that there is not is not found, and no wrong argument",
    "wrong: list for object": "MLflow breaks (500) on a mistake of the caller's",
    "wrong: no such call": "MLflow answers with a page; its client reads our error",
    "wrong: wrong verb": "the same",
    "wrong: wrong verb too": "the same",
}
"""Steps that are answered otherwise on purpose, and why."""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mlflow_server(tmp_path_factory.mktemp("theirs")) as uri:
        yield uri


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("ours")
    store = open_store(str(folder))
    with serving(create_app(open_backend(store, LocalBlobs(folder / "blobs")))) as front:
        yield front.uri
    store.close()


class Client:
    """Asks a server, and remembers what later steps need."""

    def __init__(self, uri: str) -> None:
        self._connection = http.client.HTTPConnection(uri.removeprefix("http://"), timeout=60)
        self._saved: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def ask(self, step: Step) -> dict[str, Any]:
        """Return status and answer, without what differs from server to server."""
        path, body, headers = self._filled(step.path), None, {}
        if isinstance(step.given, bytes):
            body, headers = step.given, {"Content-Type": "application/json"}
        elif step.given is not None and step.verb == "GET":
            path += "?" + urlencode(self._fill(step.given), doseq=True)
        elif step.given is not None:
            body, headers = json.dumps(self._fill(step.given)).encode(), {"Content-Type": "application/json"}
        self._connection.request(step.verb, quote(path, safe="/?&=%:+"), body, headers)
        response = self._connection.getresponse()
        text = response.read()
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {"text": True}
        for name, where in (step.saves or {}).items():
            value = answer
            for part in where.split("."):
                value = value[part]
            self._saved[name] = value
            self._names[value] = f"<{name}>"
        if response.status >= 400:
            return {"status": response.status, "error_code": answer.get("error_code")}
        return {"status": response.status, "answer": self._tidy(answer)}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _filled(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self._saved[found[1]], text)

    def _fill(self, given: Any) -> Any:
        if isinstance(given, str):
            return self._filled(given)
        if isinstance(given, dict):
            return {name: self._fill(value) for name, value in given.items()}
        return [self._fill(value) for value in given] if isinstance(given, list) else given

    def _tidy(self, value: Any, name: str = "") -> Any:
        if name in _TIMES:
            return "<time>"
        if name == "next_page_token":
            return "<token>"
        if name in ("artifact_uri", "artifact_location", "root_uri", "dataset_uuid"):
            return f"<{name}>"
        if name == "run_name" and re.fullmatch(r"[a-z]+-[a-z]+-\d+", str(value)):
            return "<random>"
        if isinstance(value, dict):
            return {key: self._tidy(item, key) for key, item in sorted(value.items())}
        if isinstance(value, list):
            items = [self._tidy(item) for item in value]
            return sorted(items, key=repr) if name in _UNORDERED else items
        if isinstance(value, str):
            for known, placeholder in self._names.items():
                value = (
                    value.replace(known, placeholder) if len(known) > 8 else placeholder if value == known else value
                )
        if value == "<random>" or (name == "value" and re.fullmatch(r"[a-z]+-[a-z]+-\d+", str(value))):
            return "<random>"
        return value


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_both_servers_answer_the_same(scenario: str, ours: str, theirs: str) -> None:
    differing = []
    with closing(Client(ours)) as here, closing(Client(theirs)) as there:
        for step in SCENARIOS[scenario]:
            got, wanted = here.ask(step), there.ask(step)
            assert got["status"] < 500
            if (got != wanted) != (f"{scenario}: {step.name}" in DIFFERENT):
                differing.append(f"{step.name}\n  ours   {json.dumps(got)}\n  theirs {json.dumps(wanted)}")

    assert not differing, "\n".join(differing)
