"""Blobs: asked for, sent and fetched by digest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.blobs.protocol import Stored
from runstone.core.errors import InvalidArgument
from runstone.server.api.answers import answer, read_body, telling
from runstone.server.backend import Backend
from runstone.server.bodies import sent, with_body
from runstone.wire.connection import PREFIX
from runstone.wire.messages import BatchRequest, BlobMessage, RenewRequest

_PATH = f"{PREFIX}/blobs"
_AS_FILE = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}


def routes(backend: Backend) -> Iterator[Route]:
    """Yield the routes of blobs."""

    async def renew(request: Request) -> Response:
        given = await _read(request, RenewRequest)
        return answer(request, await run_in_threadpool(_missing, backend, given.blobs))

    async def put_many(request: Request) -> Response:
        given = await _read(request, BatchRequest)
        return answer(request, await run_in_threadpool(_put_all, backend, given.blobs))

    async def put(request: Request) -> Response:
        return answer(request, BlobMessage(*await with_body(request, backend.blobs.put_stream)))

    async def size(request: Request) -> Response:
        digest = request.path_params["digest"]
        return answer(request, BlobMessage(digest, await run_in_threadpool(backend.blobs.size, digest)))

    async def get(request: Request) -> Response:
        digest = request.path_params["digest"]
        size_bytes = await run_in_threadpool(backend.blobs.size, digest)
        return sent(await run_in_threadpool(backend.blobs.open, digest), size_bytes, _AS_FILE)

    yield Route(f"{_PATH}/renew", telling(renew), methods=["POST"])
    yield Route(f"{_PATH}/batch", telling(put_many), methods=["POST"])
    yield Route(_PATH, telling(put), methods=["POST"])
    yield Route(_PATH + "/{digest}/size", telling(size), methods=["GET"])
    yield Route(_PATH + "/{digest}", telling(get), methods=["GET"])


async def _read(request: Request, shape: type[Any]) -> Any:
    try:
        return msgspec.convert(await read_body(request), shape)
    except msgspec.ValidationError as error:
        raise InvalidArgument(str(error)) from error


def _missing(backend: Backend, blobs: list[BlobMessage]) -> list[str]:
    return [blob.digest for blob in blobs if not backend.blobs.renew(Stored(blob.digest, blob.size_bytes))]


def _put_all(backend: Backend, blobs: list[bytes]) -> list[BlobMessage]:
    return [BlobMessage(*backend.blobs.put_bytes(data)) for data in blobs]
