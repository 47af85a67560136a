"""Large bodies: read by a blocking reader while they arrive, and sent while they are read."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Iterator
from typing import BinaryIO, TypeVar

import anyio.from_thread
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from runstone.core.errors import Unavailable

T = TypeVar("T")

BLOCK = 1 << 20


async def with_body(request: Request, take: Callable[[BinaryIO], T]) -> T:
    """Have a blocking function read a request's body as a file, and return what it returns."""
    size = request.headers.get("content-length", "")
    if size.isdecimal() and int(size) <= BLOCK:
        # Read before: to ask for each piece from the thread would take longer than all the rest.
        try:
            data = await request.body()
        except ClientDisconnect as error:
            raise _gone_away() from error
        return await run_in_threadpool(take, io.BytesIO(data))
    return await run_in_threadpool(lambda: take(io.BufferedReader(_Body(request), BLOCK)))


def sent(stream: BinaryIO, size_bytes: int, headers: dict[str, str]) -> StreamingResponse:
    """Return an answer whose body is what a stream gives; the stream is closed afterwards."""
    return StreamingResponse(
        iterate_in_threadpool(_blocks(stream)),
        headers={"Content-Type": "application/octet-stream", "Content-Length": str(size_bytes), **headers},
    )


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while block := stream.read(BLOCK):
            yield block


class _Body(io.RawIOBase):
    """The body of a request, for a thread of anyio's."""

    def __init__(self, request: Request) -> None:
        self._pieces = _gathered(request.stream())
        self._block = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # Buffer has no name before Python 3.12
        if not self._block:
            try:
                self._block = memoryview(anyio.from_thread.run(self._next))
            except ClientDisconnect as error:
                raise _gone_away() from error
        taken = min(len(buffer), len(self._block))
        buffer[:taken] = self._block[:taken]
        self._block = self._block[taken:]
        return taken

    async def _next(self) -> bytes:
        return await anext(self._pieces, b"")


def _gone_away() -> Unavailable:
    return Unavailable("the client went away before all of the body was there")


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what comes in blocks that are worth a change of threads."""
    block = bytearray()
    async for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
