"""What the server says of itself to MLflow's clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as HttpRoute

from runstone.server.backend import Backend
from runstone.server.compat.mlflow.wire import Empty, Route

SPOKEN_VERSION = "3.17.2"
"""The version of MLflow whose API this is."""


def _server_info(backend: Backend, request: Empty) -> dict[str, Any]:
    return {
        "store_type": "SqlStore",
        "workspaces_enabled": False,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": False,
        "multipart_downloads_enabled": False,
        "presigned_upload_run_id_supported": False,
        "presigned_upload_model_id_supported": False,
        "features_enabled": {},
    }


ROUTES = (Route("GET", "/3.0/mlflow/server-info", Empty, _server_info),)


def routes() -> Iterator[HttpRoute]:
    """Yield the routes that answer with plain text."""

    async def version(request: Request) -> Response:
        return PlainTextResponse(SPOKEN_VERSION)

    yield HttpRoute("/version", version, methods=["GET"])
