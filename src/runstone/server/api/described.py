"""Calls in the words of OpenAPI 3.1: each module of routes says of its own what the table of operations does not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec

from runstone.wire.messages import ErrorAnswer

REF = "#/components/schemas/{name}"
BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
DONE = {"description": "Done."}
TEXT = {"type": "string"}


class Paths(NamedTuple):
    """Calls that are no operations of the store.

    Attributes:
        calls: By path and method.
        shapes: Types that these refer to.
    """

    calls: dict[str, dict[str, Any]]
    shapes: tuple[Any, ...] = ()


def call(
    name: str,
    summary: str,
    tag: str,
    answer: dict[str, Any],
    *,
    status: int = 200,
    body: dict[str, Any] | None = None,
    parameters: Collection[dict[str, Any]] = (),
    description: str = "",
) -> dict[str, Any]:
    """Return a call as the document has it.

    Args:
        answer: What it answers with, see :func:`content`.
        body: What is sent, see :func:`body_of`.
        parameters: See :func:`parameter`.
    """
    described: dict[str, Any] = {"operationId": name, "summary": summary, "tags": [tag]}
    if description:
        described["description"] = description
    described["parameters"] = list(parameters)
    described["responses"] = {str(status): answer, "default": WRONG}
    if body is not None:
        described["requestBody"] = body
    return described


def parameter(name: str, place: str, schema: dict[str, Any] | None = None, *, required: bool = False) -> dict[str, Any]:
    """Return a parameter; those in the path are always there."""
    return {"name": name, "in": place, "required": required or place == "path", "schema": schema or TEXT}


def body_of(kind: Any, *, required: bool = True) -> dict[str, Any]:
    """Return a body that holds a value of a type."""
    return {"required": required, **json_of(kind)}


def content(description: str, kind: Any) -> dict[str, Any]:
    """Return an answer that holds a value of a type."""
    return {"description": description, **json_of(kind)}


def json_of(kind: Any) -> dict[str, Any]:
    """Return a value of a type, as JSON."""
    return {"content": {"application/json": {"schema": msgspec.json.schema_components([kind], ref_template=REF)[0][0]}}}


WRONG = content("What went wrong.", ErrorAnswer)
