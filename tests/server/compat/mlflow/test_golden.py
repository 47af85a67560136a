"""Every call, made to MLflow's own server and to ours, is answered the same to the field, or differs for a reason."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from difflib import unified_diff

import pytest
import urllib3
from tests.server.compat.mlflow.conftest import MLFLOW
from tests.server.compat.mlflow.golden import (
    artifacts,
    batches,
    experiments,
    inputs,
    metrics,
    models,
    registry,
    runs,
    searches,
    versions,
    webhooks,
    wire,
)
from tests.server.compat.mlflow.golden.differences import REASONS
from tests.server.compat.mlflow.golden.steps import Answer, Player, Scenario

from runstone.blobs.local import LocalBlobs
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.compat.mlflow.app import ROUTES
from runstone.store.open import open_store
from runstone.testing.serving import serving

SCENARIOS: tuple[Scenario, ...] = tuple(
    scenario
    for noun in (
        wire,
        experiments,
        runs,
        metrics,
        batches,
        inputs,
        searches,
        models,
        registry,
        versions,
        webhooks,
        artifacts,
    )
    for scenario in noun.SCENARIOS
)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of MLflow's own server."""
    if not MLFLOW.exists():
        pytest.skip("`make test` installs MLflow beside our environment")
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [MLFLOW.with_name("mlflow"), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "files"),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    environment |= {
        "PATH": f"{MLFLOW.parent}{os.pathsep}{environment['PATH']}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": urlsafe_b64encode(bytes(32)).decode(),
    }
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT) as server,
    ):
        try:
            uri = f"http://127.0.0.1:{port}"
            _wait_for(uri, server)
            yield uri
        finally:
            server.terminate()


def _wait_for(uri: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib3.request("GET", f"{uri}/health", retries=False)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"MLflow's server does not answer at {uri}")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our server."""
    folder = tmp_path_factory.mktemp("runstone")
    store = open_store(str(folder / "store"))
    with serving(create_app(open_backend(store, LocalBlobs(folder / "store" / "blobs")))) as front:
        yield front.uri
    store.close()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_answers_are_mlflows_own(scenario: Scenario, theirs: str, ours: str) -> None:
    their_player, our_player = Player(theirs), Player(ours)
    wrong: list[str] = []

    for number, step in enumerate(scenario.steps):
        their_answer, our_answer = their_player.play(step), our_player.play(step)
        expected = step.expected(their_answer)
        what = f"{number}: {step.verb} {step.path} {str(step.given)[:200]}"
        if our_answer != expected:
            wrong.append(f"{what}\n{_difference(expected, our_answer)}")
        elif step.why is not None and our_answer == their_answer:
            wrong.append(f"{what}\n  no longer differs, so it needs no reason")

    assert not wrong, "\n".join(wrong)


def _difference(expected: Answer, found: Answer) -> str:
    """Return the lines in which two answers differ."""
    shown = [json.dumps(answer, indent=1, sort_keys=True, default=repr).splitlines() for answer in (expected, found)]
    return "\n".join(unified_diff(*shown, "expected", "answered", n=2, lineterm=""))


def test_every_reason_is_the_reason_of_some_step() -> None:
    named = {step.why for scenario in SCENARIOS for step in scenario.steps if step.why}

    assert named == set(REASONS)


def test_every_call_is_made() -> None:
    made = {(step.verb, _template(step.path.partition("?")[0])) for scenario in SCENARIOS for step in scenario.steps}

    assert {(route.method, route.path) for route in ROUTES} - made == set()


def _template(path: str) -> str:
    """Return the path of a route of which a step's path is one."""
    path = path if path.startswith("/") else f"/2.0/mlflow/{path}"
    for prefix in ("/api", "/ajax-api"):
        path = path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path
    parts = path.split("/")
    for route in ROUTES:
        names = route.path.split("/")
        if len(names) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(names, parts, strict=True)):
            return route.path
    return path
