"""The OpenAPI 3.1 document of the native API, made from the table of operations and the shapes they travel in."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import msgspec

from runstone.core.version import __version__
from runstone.server.access import login
from runstone.server.api import blobs, events, files, webhooks
from runstone.server.api.arrow import ARROW, IN_ARROW
from runstone.server.api.described import BYTES, DONE, REF, WRONG, body_of, content
from runstone.store.operations import OPERATIONS, Operation, shapes_of
from runstone.store.protocol import Store
from runstone.wire.connection import PREFIX
from runstone.wire.messages import ErrorAnswer

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
BESIDE = (blobs.DESCRIBED, files.DESCRIBED, webhooks.DESCRIBED, events.DESCRIBED, login.DESCRIBED)
"""Calls that are no operations of the store."""

_NOT_FINITE = {"enum": ["NaN", "Infinity", "-Infinity"]}


@cache
def document() -> bytes:
    """Return the document as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(PREFIX + operation.path, {})[operation.verb.lower()] = _of_operation(operation)
    for beside in BESIDE:
        paths |= beside.calls
    types = [shapes_of(operation).answer for operation in OPERATIONS if operation.name != "read_series"]
    types += [shapes_of(operation).request for operation in OPERATIONS if operation.has_body]
    _, components = msgspec.json.schema_components(
        [
            *(kind for kind in types if kind is not None),
            ErrorAnswer,
            *(shape for one in BESIDE for shape in one.shapes),
        ],
        ref_template=REF,
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
        "responses": {**_answers(shapes.answer), "default": WRONG},
    }
    if operation.has_body:
        described["requestBody"] = body_of(shapes.request)
    if operation.name in IN_ARROW:
        described["responses"]["200"]["content"][ARROW] = BYTES["application/octet-stream"]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    fields = msgspec.json.schema_components([shapes_of(operation).request], ref_template=REF)[1]
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
        return {"204": DONE}
    found = {"200": content("The answer.", kind)}
    return {**found, "204": {"description": "Nothing is there."}} if type(None) in _members(kind) else found


def _members(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__args__", ()) if not hasattr(kind, "__origin__") else ()
