"""Requests and answers as HTTP carries them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from runstone.core.errors import InvalidArgument, RunstoneError
from runstone.server.compat.mlflow.wire import error_body

Endpoint = Callable[[Request], Awaitable[Response]]


def json_answer(answer: object, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


def telling(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers with what went wrong."""

    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RunstoneError as error:
            return json_answer(error_body(error), error.get_http_status_code())

    return told


async def read_json(request: Request) -> object:
    """Return what the body of a request says.

    Raises:
        InvalidArgument: It is no JSON.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = await request.body()
    if not data:
        return {}
    if kind != "application/json":
        raise InvalidArgument("Bad Request. Content-Type must be application/json.")
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidArgument(f"Malformed JSON in the body: {error}") from error
