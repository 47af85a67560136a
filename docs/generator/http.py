"""The pages of the HTTP APIs."""

from __future__ import annotations

from generator import markdown
from runstone.server.compat.mlflow.app import ROUTES
from runstone.server.compat.mlflow.info import SPOKEN_VERSION
from runstone.store.operations import AT_HOME, OPERATIONS, shapes_of
from runstone.store.protocol import Store
from runstone.wire.connection import PREFIX

_BLOBS = (
    ("POST", "/blobs", "the bytes", "Store bytes; answers digest and size."),
    ("POST", "/blobs/batch", "`blobs`", "Store many small blobs (MessagePack)."),
    ("POST", "/blobs/renew", "`blobs`", "Return the digests of those that are missing."),
    ("GET", "/blobs/{digest}", "", "Return a blob."),
    ("GET", "/blobs/{digest}/size", "", "Return its digest and size."),
)
_WEBHOOKS = (
    ("POST", "/webhooks/{webhook_id}/test", "`event`", "Send an example; answers success, status, body, error."),
)
_EVENTS = (
    (
        "GET",
        "/events",
        "`run_id`, `experiment_id`, `registry`",
        "[Hear of changes](../how-to/follow-runs-over-http.md), as server-sent events.",
    ),
)
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
_MORE = (
    ("GET", "/2.0/mlflow-artifacts/artifacts?path=", "works"),
    ("GET, PUT, DELETE", "/2.0/mlflow-artifacts/artifacts/{path}", "works"),
    ("POST", "/2.0/mlflow-artifacts/mpu/{call}/{path}", "not supported: clients send the file in one piece"),
    ("GET", "/2.0/mlflow-artifacts/presigned/{path}", "not supported: clients read through the server"),
)
_ABSENT = (
    "traces, spans, assessments, OTLP",
    "evaluation datasets, scorers, label schemas, review queues, issues",
    "the gateway, prompt optimisation, MCP servers, jobs",
    "workspaces",
    "GraphQL",
    "URLs signed for upload and download",
    "users, roles and permissions (not yet)",
)
"""What MLflow's server has beyond the table."""


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
    rows += [(verb, markdown.code(path), takes, does) for verb, path, takes, does in (*_BLOBS, *_WEBHOOKS, *_EVENTS)]
    home = ", ".join(markdown.code(name) for name in sorted(AT_HOME))
    return (
        _NATIVE
        + markdown.table(("", "path", "takes", "does"), rows)
        + f"\nDone where the store is, and not over HTTP: {home}.\n"
    )


def mlflow() -> str:
    """Return the page of MLflow's API."""
    rows = [
        *((route.method, markdown.code(route.path.replace(":path", "")), "works") for route in ROUTES),
        *((verbs, markdown.code(path), state) for verbs, path, state in _MORE),
        *(("", what, "not supported") for what in _ABSENT),
    ]
    return _MLFLOW + markdown.table(("", "call", "state"), rows)
