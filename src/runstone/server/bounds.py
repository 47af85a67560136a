"""How much a request may bring, and how long it may take to bring it."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runstone.core.errors import RunstoneError, TooLarge, Unavailable, Unsupported, codes_of

MAX_BODY = 64 << 20
"""Bytes of a body that is held in memory as a whole; files are not."""

_SILENCE_S = 60.0
"""How long a body may bring nothing."""

_FILES = (
    "/api/v1/blobs",
    "/api/2.0/mlflow-artifacts/artifacts/",
    "/ajax-api/2.0/mlflow-artifacts/artifacts/",
    "/api/2.0/mlflow-artifacts/mpu/part",
)
_MANY_FILES = "/api/v1/blobs/batch"


class Bounds:
    """Refuses bodies that are too large, compressed, or that do not come.

    Args:
        app: What answers the others.
        silence_s: How long a body may bring nothing.
    """

    def __init__(self, app: ASGIApp, silence_s: float = _SILENCE_S) -> None:
        self._app = app
        self._silence_s = silence_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        bounded = not scope["path"].startswith(_FILES) or scope["path"] == _MANY_FILES
        length = headers.get(b"content-length", b"0")
        if headers.get(b"content-encoding", b"identity") != b"identity":
            await refusal(Unsupported("send bodies as they are, without Content-Encoding"))(scope, receive, send)
            return
        if bounded and (not length.isdigit() or int(length) > MAX_BODY):
            await refusal(_too_large())(scope, receive, send)
            return
        begun = is_whole = False
        brought = 0

        async def receiving() -> Message:
            nonlocal brought, is_whole
            try:
                # What comes after the body is that the client went away, for which a stream waits as long as it lasts.
                message = await asyncio.wait_for(receive(), None if begun or is_whole else self._silence_s)
            except asyncio.TimeoutError:
                raise _Refused(Unavailable("the body of the request did not come")) from None
            is_whole = not message.get("more_body", False)
            brought += len(message.get("body", b""))
            if bounded and brought > MAX_BODY:
                raise _Refused(_too_large())
            return message

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        except _Refused as refused:
            if not begun:
                answer = refusal(refused.error)
                answer.headers["Connection"] = "close"
                await answer(scope, receive, send)


class _Refused(BaseException):
    """Ends a request from within; no handler takes it for an error of its own."""

    def __init__(self, error: RunstoneError) -> None:
        self.error = error


def refusal(error: RunstoneError) -> Response:
    """Return the answer to a request that does not go on, as both kinds of clients read errors."""
    codes = codes_of(error)
    told = {"code": codes.code, "message": error.message, "field": None, "position": None}
    body = {"error": told, "error_code": codes.mlflow, "message": error.message}
    return Response(msgspec.json.encode(body), codes.http, media_type="application/json")


def _too_large() -> TooLarge:
    return TooLarge(f"the body is larger than {MAX_BODY} bytes; send files as blobs, and points in several calls")
