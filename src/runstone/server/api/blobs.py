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
from runstone.server.api.described import BYTES, Paths, body_of, call, content, parameter
from runstone.server.backend import Backend
from runstone.server.bodies import sent, with_body
from runstone.wire.connection import PREFIX
from runstone.wire.messages import BatchRequest, BlobMessage, RenewRequest

_PATH = f"{PREFIX}/blobs"
_AS_FILE = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}


_DIGEST = parameter("digest", "path")
_STORED = content("Its digest and size.", BlobMessage)
DESCRIBED = Paths(
    {
        _PATH: {
            "post": call("put_blob", "Store bytes", "blobs", _STORED, body={"required": True, "content": BYTES}),
        },
        f"{_PATH}/renew": {
            "post": call(
                "renew_blobs",
                "Return the digests of those blobs that are missing",
                "blobs",
                content("Digests.", list[str]),
                body=body_of(RenewRequest),
            )
        },
        f"{_PATH}/batch": {
            "post": call(
                "put_blobs",
                "Store many small blobs",
                "blobs",
                content("Digests and sizes.", list[BlobMessage]),
                body=body_of(BatchRequest),
            )
        },
        _PATH + "/{digest}/size": {
            "get": call("get_blob_size", "Return the size of a blob", "blobs", _STORED, parameters=[_DIGEST])
        },
        _PATH + "/{digest}": {
            "get": call(
                "get_blob",
                "Return a blob",
                "blobs",
                {"description": "The bytes.", "content": BYTES},
                parameters=[_DIGEST],
            )
        },
    },
    (BlobMessage, RenewRequest, BatchRequest),
)


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
