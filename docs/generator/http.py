"""The pages of the HTTP APIs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from generator import markdown
from runstone.server import openapi
from runstone.server.api.described import Paths
from runstone.server.compat.mlflow.app import ROUTES
from runstone.server.compat.mlflow.info import SPOKEN_VERSION
from runstone.server.openapi import BESIDE
from runstone.store.operations import AT_HOME, OPERATIONS, shapes_of
from runstone.store.protocol import Store
from runstone.wire.connection import PREFIX

_NATIVE = f"""# The HTTP API

What `runstone server` answers below `{PREFIX}`: every operation of the store. `GET {PREFIX}/openapi.json` is the
same as an OpenAPI 3.1 document, with every field.

- Arguments in braces stand in the path; the others of a GET or DELETE in the query, those of the rest in the body.
- Bodies are JSON (`application/json`). Send or accept `application/msgpack` for MessagePack, which keeps every float
  as it is; in JSON, NaN and the infinities are the texts `"NaN"`, `"Infinity"`, `"-Infinity"`, in answers and requests.
  `/series/read` also answers in Arrow's streaming format: accept `application/vnd.apache.arrow.stream`.
- Nothing to say is status 204. A page has `items`, and `next_page_token` to be given as `page_token` next time.
- An error is `{{"error": {{"code", "message", "field", "position"}}}}`, with codes and statuses of
  [this table](errors.md).

"""
_MLFLOW = f"""# MLflow's API, call by call

What `runstone server` answers to MLflow's clients: the API of MLflow {SPOKEN_VERSION}, below `/api` and, as its own
pages call it, `/ajax-api`. A call that is not in the table gets a 404 with the code `ENDPOINT_NOT_FOUND`.

"""
_ENDPOINTS = Path(__file__).with_name("mlflow_endpoints.txt")
"""Every call of MLflow's server; a test holds it against that server."""

_STATES = (
    ("/2.0/mlflow-artifacts/presigned/", "not supported: clients read through the server"),
    ("/2.0/mlflow-artifacts/", "works"),
    ("/2.0/mlflow/artifacts/presigned-", "not supported: clients go through the server"),
    ("/2.0/mlflow/experiments/search-datasets", "works"),
    ("/2.0/mlflow/traces", "not supported: clients warn, and everything else goes on"),
    ("/3.0/mlflow/traces", "not supported: clients warn, and everything else goes on"),
    ("/2.0/mlflow/unified-traces", "not supported: traces"),
    ("/2.0/mlflow/get-online-trace-details", "not supported: traces"),
    ("/3.0/mlflow/datasets", "not supported: evaluation datasets of GenAI"),
    ("/3.0/mlflow/workspaces", "not supported: one workspace, `default`"),
    ("/graphql", "not supported: MLflow's own pages call it, its clients do not"),
    ("/3.0/mlflow/", "not supported: GenAI"),
)
"""States of calls that are no routes of their own here, by how they begin: the first that fits."""


def native() -> str:
    """Return the page of the native API."""
    rows = [
        (
            operation.verb,
            markdown.code(operation.path),
            ", ".join(
                markdown.code(name)
                for name in shapes_of(operation).request.__struct_fields__
                if name not in operation.in_path
            ),
            markdown.summary(getattr(Store, operation.name)),
        )
        for operation in OPERATIONS
    ]
    rows += [
        (verb.upper(), markdown.code(path.removeprefix(PREFIX)), _takes(call, beside), f"{call['summary']}.")
        for beside in BESIDE
        for path, calls in beside.calls.items()
        for verb, call in calls.items()
    ]
    home = ", ".join(markdown.code(name) for name in sorted(AT_HOME))
    return (
        _NATIVE
        + markdown.table(("", "path", "takes", "does"), rows)
        + f"\nDone where the store is, and not over HTTP: {home}.\n"
    )


def _takes(call: dict[str, Any], beside: Paths) -> str:
    """Return what a call takes that is no operation of the store."""
    names = [one["name"] for one in call["parameters"] if one["in"] == "query"]
    content = call.get("requestBody", {}).get("content", {})
    if "application/octet-stream" in content:
        return "the bytes"
    shape = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    names += [name for one in beside.shapes if one.__name__ == shape for name in one.__struct_fields__]
    return ", ".join(markdown.code(name) for name in names)


def document() -> str:
    """Return the OpenAPI document."""
    return json.dumps(json.loads(openapi.document()), indent=1, ensure_ascii=False) + "\n"


def mlflow() -> str:
    """Return the page of MLflow's API."""
    ours = {(route.method, _plain(route.path)) for route in ROUTES}
    rows = []
    for line in _ENDPOINTS.read_text("utf-8").splitlines():
        verb, _, path = line.partition(" ")
        below = path.removeprefix("/api")
        state = "works" if (verb, _plain(below)) in ours else _state_of(below)
        rows.append((verb, markdown.code(below.replace("<path:", "{").replace("<", "{").replace(">", "}")), state))
    return _MLFLOW + markdown.table(("", "call", "state"), rows)


def _plain(path: str) -> str:
    return re.sub(r"[<{][^>}]+[>}]", "*", path)


def _state_of(path: str) -> str:
    return next(state for begin, state in _STATES if path.startswith(begin))
