"""The OpenAPI 3.1 document of the native API, made from the table of operations and the shapes they travel in."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import msgspec

from runstone.core.version import __version__
from runstone.server.api.arrow import ARROW, IN_ARROW
from runstone.server.api.webhooks import TestWebhookRequest
from runstone.server.webhooks.sender import Outcome
from runstone.store.operations import OPERATIONS, Operation, shapes_of
from runstone.store.protocol import Store
from runstone.wire.connection import PREFIX
from runstone.wire.messages import BatchRequest, BlobMessage, ErrorAnswer, RenewRequest

_REF = "#/components/schemas/{name}"
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


_NUMBERS = {"type": "array", "items": {"type": "number"}}
_INTEGERS = {"type": "array", "items": {"type": "integer"}}
_SERIES = {
    "title": "SeriesMessage",
    "type": "object",
    "description": "Points of one series, as columns of equal length.",
    "properties": {
        "run_id": {"type": "string"},
        "key": {"type": "string"},
        "steps": _INTEGERS,
        "timestamps": _INTEGERS,
        "values": _NUMBERS,
    },
    "required": ["run_id", "key", "steps", "timestamps", "values"],
}
_BESIDE = (ErrorAnswer, BlobMessage, RenewRequest, BatchRequest, TestWebhookRequest, Outcome)
"""Shapes of calls that are no operations of the store."""

_EVENTS = (
    "At least one parameter is needed. The events run, experiment and registry have data like "
    '{"id": "…", "what": ["metrics", "status"]}: of which run or experiment, and for a run which parts of it changed '
    "(artifacts, console, inputs, metrics, models, params, status, tags). What it is now is for the client to read. "
    "The event resync says that changes may have been missed: read everything again. The stream ends after a while; a "
    "client comes again with the last id that it got, as browsers do, and hears whether it missed something."
)
_NOT_FINITE = {"enum": ["NaN", "Infinity", "-Infinity"]}


@cache
def document() -> bytes:
    """Return the document as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(PREFIX + operation.path, {})[operation.verb.lower()] = _of_operation(operation)
    paths |= _of_blobs() | _of_webhooks() | _of_events()
    types = [shapes_of(operation).answer for operation in OPERATIONS if operation.name != "read_series"]
    types += [shapes_of(operation).request for operation in OPERATIONS if operation.has_body]
    _, components = msgspec.json.schema_components(
        [*(kind for kind in types if kind is not None), *_BESIDE],
        ref_template=_REF,
    )
    for operation in OPERATIONS:
        _without(components.get(shapes_of(operation).request.__name__, {}), operation.in_path)
    components["SeriesMessage"] = _SERIES
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Runstone",
                "version": __version__,
                "description": (
                    "Everything that the store can do. Bodies are JSON, or MessagePack where Content-Type or Accept "
                    "says application/msgpack. In JSON, NaN and infinities are the texts NaN, Infinity, -Infinity; "
                    "series come as lists of numbers, in MessagePack as little-endian columns."
                ),
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "paths": _as_it_is(paths),
            "components": {"schemas": _as_it_is(components)},
        }
    )


def _without(schema: dict[str, Any], names: tuple[str, ...]) -> None:
    """Take what is in the path out of a body."""
    for name in names:
        schema.get("properties", {}).pop(name, None)
        if name in schema.get("required", ()):
            schema["required"].remove(name)


def _as_it_is(schema: Any) -> Any:
    """Return a schema in the words of OpenAPI 3.1, and with the texts that stand for what JSON has no number for."""
    if isinstance(schema, list):
        return [_as_it_is(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        return {"anyOf": [schema, _NOT_FINITE]}
    found = {name: _as_it_is(part) for name, part in schema.items()}
    if isinstance(found.get("items"), list):
        found["prefixItems"] = found.pop("items")
    return found


def _of_operation(operation: Operation) -> dict[str, Any]:
    shapes = shapes_of(operation)
    first, _, rest = inspect.cleandoc(getattr(Store, operation.name).__doc__ or "").partition("\n")
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": first.rstrip("."),
        "description": rest.strip(),
        "tags": [operation.path.split("/")[1]],
        "parameters": _parameters(operation),
        "responses": {**_answers(shapes.answer), "default": _content("What went wrong.", ErrorAnswer)},
    }
    if operation.has_body:
        described["requestBody"] = {"required": True, **_json(shapes.request)}
    if operation.name in IN_ARROW:
        described["responses"]["200"]["content"][ARROW] = _BYTES["application/octet-stream"]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    fields = msgspec.json.schema_components([shapes_of(operation).request], ref_template=_REF)[1]
    [schema] = (fields[name] for name in fields if name == shapes_of(operation).request.__name__)
    in_query = [] if operation.has_body else [name for name in schema["properties"] if name not in operation.in_path]
    return [
        {
            "name": name,
            "in": place,
            "required": place == "path" or name in schema.get("required", ()),
            "schema": schema["properties"][name],
        }
        for place, names in (("path", operation.in_path), ("query", in_query))
        for name in names
    ]


def _answers(kind: Any) -> dict[str, Any]:
    if kind is None or kind is type(None):
        return {"204": {"description": "Done."}}
    found = {"200": _content("The answer.", kind)}
    return {**found, "204": {"description": "Nothing is there."}} if type(None) in _members(kind) else found


def _members(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__args__", ()) if not hasattr(kind, "__origin__") else ()


def _of_blobs() -> dict[str, Any]:
    digest = {"name": "digest", "in": "path", "required": True, "schema": {"type": "string"}}
    error = _content("What went wrong.", ErrorAnswer)

    def described(name: str, summary: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
        responses = {"200": answer, "default": error}
        return {"operationId": name, "summary": summary, "tags": ["blobs"], "responses": responses, **more}

    stored = _content("Its digest and size.", BlobMessage)
    return {
        f"{PREFIX}/blobs": {
            "post": described("put_blob", "Store bytes", stored, requestBody={"required": True, "content": _BYTES})
        },
        f"{PREFIX}/blobs/renew": {
            "post": described(
                "renew_blobs",
                "Return the digests of those blobs that are missing",
                _content("Digests.", list[str]),
                requestBody={"required": True, **_json(RenewRequest)},
            )
        },
        f"{PREFIX}/blobs/batch": {
            "post": described(
                "put_blobs",
                "Store many small blobs",
                _content("Digests and sizes.", list[BlobMessage]),
                requestBody={"required": True, **_json(BatchRequest)},
            )
        },
        PREFIX + "/blobs/{digest}/size": {
            "get": described("get_blob_size", "Return the size of a blob", stored, parameters=[digest])
        },
        PREFIX + "/blobs/{digest}": {
            "get": described(
                "get_blob", "Return a blob", {"description": "The bytes.", "content": _BYTES}, parameters=[digest]
            )
        },
    }


def _of_webhooks() -> dict[str, Any]:
    return {
        PREFIX + "/webhooks/{webhook_id}/test": {
            "post": {
                "operationId": "test_webhook",
                "summary": "Send an example to a webhook, and return what the receiver answered",
                "tags": ["webhooks"],
                "parameters": [{"name": "webhook_id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"required": False, **_json(TestWebhookRequest)},
                "responses": {
                    "200": _content("How sending went.", Outcome),
                    "default": _content("What went wrong.", ErrorAnswer),
                },
            }
        }
    }


def _of_events() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    asked = {"run_id": texts, "experiment_id": texts, "registry": {"type": "boolean", "default": False}}
    return {
        f"{PREFIX}/events": {
            "get": {
                "operationId": "listen",
                "summary": "Hear of changes to runs, experiments and the registry, as server-sent events",
                "description": _EVENTS,
                "tags": ["events"],
                "parameters": [
                    *({"name": name, "in": "query", "schema": schema} for name, schema in asked.items()),
                    {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "A stream.",
                        "content": {"text/event-stream": {"schema": {"type": "string"}}},
                    },
                    "default": _content("What went wrong.", ErrorAnswer),
                },
            }
        }
    }


def _content(description: str, kind: Any) -> dict[str, Any]:
    return {"description": description, **_json(kind)}


def _json(kind: Any) -> dict[str, Any]:
    return {
        "content": {"application/json": {"schema": msgspec.json.schema_components([kind], ref_template=_REF)[0][0]}}
    }
