"""Answers as HTTP carries them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from runstone.core.errors import RunstoneError
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
