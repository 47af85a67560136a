"""Bodies of the native API: JSON, or MessagePack for who asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from runstone.core.errors import InvalidArgument, RunstoneError, codes_of
from runstone.server.api.not_finite import as_texts
from runstone.store.operations import SeriesMessage

Endpoint = Callable[[Request], Awaitable[Response]]

JSON, MSGPACK = "application/json", "application/msgpack"


async def read_body(request: Request) -> Any:
    """Return the plain values in a request's body; an empty one is an object without fields.

    Raises:
        InvalidArgument: It is no object in JSON or MessagePack.
    """
    data = await request.body()
    if not data:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (JSON, MSGPACK):
        raise InvalidArgument(f"the body must be {JSON} or {MSGPACK}, and is {kind or 'of no type'!r}")
    try:
        given = (msgspec.msgpack if kind == MSGPACK else msgspec.json).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidArgument(f"the body cannot be read: {error}") from error
    if not isinstance(given, dict):
        raise InvalidArgument("the body must be an object")
    return given


def answer(request: Request, value: Any, status: int = 200) -> Response:
    """Return an answer in the form that the client asked for; no content for None."""
    if value is None:
        return Response(status_code=204)
    if MSGPACK in request.headers.get("accept", ""):
        return Response(msgspec.msgpack.encode(value), status, media_type=MSGPACK)
    return Response(_json(value), status, media_type=JSON)


def error_answer(request: Request, error: RunstoneError) -> Response:
    """Return the answer to a call that failed."""
    codes = codes_of(error)
    told = {
        "code": codes.code,
        "message": error.message,
        "field": getattr(error, "field", None),
        "position": getattr(error, "position", None),
    }
    return answer(request, {"error": told}, codes.http)


def telling(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers with what went wrong."""

    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RunstoneError as error:
            return error_answer(request, error)

    return told


def _json(value: Any) -> bytes:
    if isinstance(value, list) and value and isinstance(value[0], SeriesMessage):
        value = [_readable(series) for series in value]
    data = msgspec.json.encode(value)
    # NaN and infinities come out as null.
    return msgspec.json.encode(as_texts(msgspec.to_builtins(value))) if b"null" in data else data


def _readable(series: SeriesMessage) -> dict[str, Any]:
    return {
        "run_id": series.run_id,
        "key": series.key,
        "steps": np.frombuffer(series.steps, "<i8").tolist(),
        "timestamps": np.frombuffer(series.timestamps, "<i8").tolist(),
        "values": np.frombuffer(series.values, "<f8").tolist(),
    }
