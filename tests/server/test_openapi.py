"""The document of the native API is true: nothing it allows breaks the server, and answers are as it says."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from runstone.blobs.local import LocalBlobs
from runstone.server.access.authentication import Authenticator
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.openapi import document
from runstone.store.open import open_store
from runstone.store.operations import OPERATIONS
from runstone.testing.serving import Front, serving

_CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
_IN_TUPLES = ("iter_digests", "read_console")
"""Operations whose answers hold tuples at the top, whose prefixItems this version of Schemathesis misreads."""

# A stream of events does not end, so its answer is never there to be looked at: see test_events.
schema = schemathesis.openapi.from_dict(json.loads(document())).exclude(operation_id="listen")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("store")
    store = open_store(str(folder))
    with serving(create_app(open_backend(store, LocalBlobs(folder / "blobs")))) as front:
        yield front
    store.close()


def test_it_is_served_and_has_every_operation(front: Front) -> None:
    with urllib.request.urlopen(f"{front.uri}/api/v1/openapi.json") as answer:
        served = json.loads(answer.read())

    assert served["openapi"] == "3.1.0"
    names = {call["operationId"] for path in served["paths"].values() for call in path.values()}
    assert {operation.name for operation in OPERATIONS} <= names


@pytest.mark.parametrize("has_login", [False, True])
def test_it_tells_of_every_path_of_the_native_api(tmp_path: Path, has_login: bool) -> None:
    described = {
        (path, method.upper()) for path, calls in json.loads(document())["paths"].items() for method in calls
    } | {("/api/v1/openapi.json", "GET")}
    store = open_store(str(tmp_path))
    backend = open_backend(store, LocalBlobs(tmp_path / "blobs"))
    app: Any = create_app(backend, authenticator=Authenticator(store) if has_login else None)
    while not hasattr(app, "routes"):
        app = vars(app)["_app"]

    served = {
        (route.path, method)
        for route in app.routes
        if route.path.startswith("/api/v1/")
        for method in route.methods - {"HEAD"}
    }

    store.close()
    assert served <= described
    assert len(served) > 80


@schema.parametrize()
@hypothesis.settings(
    max_examples=8,
    derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate],
)
def test_no_call_breaks_the_server_and_answers_are_as_documented(case: Any, front: Front) -> None:
    has_tuples = case.operation.definition.raw["operationId"] in _IN_TUPLES
    checks = [check for check in _CHECKS if not (has_tuples and check is response_schema_conformance)]
    case.call_and_validate(base_url=front.uri, checks=checks)
