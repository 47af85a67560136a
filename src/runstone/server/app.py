"""The ASGI application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import cast

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from runstone.core.errors import InvalidArgument, NotFound, RunstoneError, Unavailable
from runstone.server.access.authentication import Authenticator
from runstone.server.access.door import Access
from runstone.server.access.guarded import guarded
from runstone.server.access.login import open_routes
from runstone.server.access.login import routes as login_routes
from runstone.server.api.answers import error_answer
from runstone.server.api.blobs import routes as blob_routes
from runstone.server.api.calls import routes as call_routes
from runstone.server.api.events import routes as event_routes
from runstone.server.api.files import routes as file_routes
from runstone.server.api.webhooks import routes as webhook_routes
from runstone.server.backend import Backend
from runstone.server.bounds import Bounds
from runstone.server.compat.mlflow.app import answer_unknown
from runstone.server.compat.mlflow.app import routes as mlflow_routes
from runstone.server.compat.mlflow.multipart import routes as multipart_routes
from runstone.server.observed import CONTENT_TYPE, prometheus_text
from runstone.server.openapi import document
from runstone.server.routing import Routes
from runstone.server.together import Together
from runstone.server.ui import routes as ui_routes
from runstone.server.upkeep import close_lost_runs
from runstone.server.webhooks.sender import Sender
from runstone.server.webhooks.worker import deliver_for_ever
from runstone.store.rules import DEFAULT_EXPERIMENT
from runstone.wire.connection import PREFIX

_log = logging.getLogger("runstone.server")


def create_app(
    backend: Backend,
    *,
    authenticator: Authenticator | None = None,
    silence_s: float = 60.0,
    delivers: bool = True,
) -> ASGIApp:
    """Return the application that serves a store.

    Args:
        authenticator: Who is who; None to do for everybody whatever they ask.
        silence_s: After how many seconds without a sign of life a run counts as lost.
        delivers: Whether it delivers what is in the outbox of webhooks.
    """
    deliverer = backend.sender if delivers else None
    if authenticator is None:
        return Bounds(_application(backend, backend, open_routes(), silence_s, deliverer))
    allowed = guarded(backend, authenticator.forget)
    login = login_routes(backend.store, authenticator)
    return Access(Bounds(_application(backend, allowed, login, silence_s, deliverer)), authenticator)


def _application(
    backend: Backend, allowed: Backend, more: Iterable[Route], silence_s: float, deliverer: Sender | None
) -> Starlette:
    """Return the application, whose handlers do what is allowed."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(close_lost_runs, backend.store, silence_s)
            if deliverer is not None:
                tasks.start_soon(deliver_for_ever, backend.store, deliverer)
            yield
            tasks.cancel_scope.cancel()

    async def ready(request: Request) -> Response:
        try:
            await run_in_threadpool(backend.store.find_experiment, DEFAULT_EXPERIMENT)
        except RunstoneError as error:
            return error_answer(request, error)
        return PlainTextResponse("OK")

    application = Starlette(exception_handlers={404: _unknown, 405: _unknown, Exception: _broken})
    application.router = Routes(
        [
            Route("/health", _health),
            Route("/ready", ready),
            Route("/metrics", _metrics),
            Route(f"{PREFIX}/openapi.json", _openapi),
            *ui_routes(),
            *more,
            *call_routes(allowed),
            *blob_routes(allowed),
            *file_routes(allowed),
            *webhook_routes(allowed),
            *event_routes(allowed, backend.store),
            *multipart_routes(allowed, backend),
            *mlflow_routes(allowed, Together(backend.store)),
        ],
        lifespan,
    )
    return application


async def _health(request: Request) -> Response:
    return PlainTextResponse("OK")


async def _metrics(request: Request) -> Response:
    return Response(await run_in_threadpool(prometheus_text), media_type=CONTENT_TYPE)


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
