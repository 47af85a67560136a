"""The ASGI application."""

from __future__ import annotations

import logging
from typing import cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runstone.core.errors import InvalidArgument, NotFound, RunstoneError, Unavailable
from runstone.server.api.answers import error_answer
from runstone.server.api.blobs import routes as blob_routes
from runstone.server.api.calls import routes as call_routes
from runstone.server.api.openapi import document
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.app import answer_unknown
from runstone.server.compat.mlflow.app import routes as mlflow_routes
from runstone.wire.connection import PREFIX

_log = logging.getLogger("runstone.server")


def create_app(backend: Backend) -> Starlette:
    """Return the application that serves a store."""

    async def ready(request: Request) -> Response:
        try:
            await run_in_threadpool(backend.store.find_experiment, "Default")
        except RunstoneError as error:
            return error_answer(request, error)
        return PlainTextResponse("OK")

    return Starlette(
        routes=[
            Route("/health", _health),
            Route("/ready", ready),
            Route(f"{PREFIX}/openapi.json", _openapi),
            *call_routes(backend),
            *blob_routes(backend),
            *mlflow_routes(backend),
        ],
        exception_handlers={404: _unknown, 405: _unknown, Exception: _broken},
    )


async def _health(request: Request) -> Response:
    return PlainTextResponse("OK")


async def _openapi(request: Request) -> Response:
    return Response(document(), media_type="application/json")


async def _unknown(request: Request, error: Exception) -> Response:
    """Answer a request that no route takes."""
    status = cast(HTTPException, error).status_code
    if not request.url.path.startswith(f"{PREFIX}/"):
        return answer_unknown(request, status)
    what = f"{request.method} {request.url.path}"
    if status == 405:
        answered = error_answer(request, InvalidArgument(f"there is no {what}; the path takes another method"))
        answered.status_code = 405
        return answered
    return error_answer(request, NotFound(f"there is no {what}"))


async def _broken(request: Request, error: Exception) -> Response:
    """Answer a request on which the server itself failed."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    if isinstance(error, OSError):
        return error_answer(request, Unavailable(str(error)))
    return error_answer(request, RunstoneError("the server failed; its log says why"))
