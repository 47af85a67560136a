"""The ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runstone.server.api.blobs import routes as blob_routes
from runstone.server.api.calls import routes as call_routes
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.app import routes as mlflow_routes


def create_app(backend: Backend) -> Starlette:
    """Return the application that serves a store."""
    return Starlette(
        routes=[Route("/health", _health), *call_routes(backend), *blob_routes(backend), *mlflow_routes(backend)]
    )


async def _health(request: Request) -> Response:
    return PlainTextResponse("OK")
