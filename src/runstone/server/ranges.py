"""Parts of a body: single byte ranges (RFC 9110, section 14), and what a browser has already (section 13)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from runstone.server.bodies import BLOCK

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


async def sent_in_parts(
    request: Request, open_stream: Callable[[], BinaryIO], size_bytes: int, digest: str, headers: dict[str, str]
) -> Response:
    """Return a body, the part of it that is asked for, or that the asker has it already.

    A range that makes no sense, or several at once, is passed over, as the standard allows.

    Args:
        open_stream: Called in a thread, unless nothing is sent.
        digest: Of the body, whose tag it is.
    """
    tag = f'"{digest}"'
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", "ETag": tag, **headers}
    if tag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    bounds = _bounds(request.headers.get("range", ""), size_bytes)
    if bounds is None or request.headers.get("if-range", tag) != tag:
        return _streaming(await run_in_threadpool(open_stream), 0, size_bytes, 200, headers)
    start, end = bounds
    if start >= end:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size_bytes}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size_bytes}"
    return _streaming(await run_in_threadpool(open_stream), start, end, 206, headers)


def _bounds(asked: str, size_bytes: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last, which may be beyond the end; None where it is no range."""
    match = _RANGE.match(asked.strip())
    first, last = match.groups() if match else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return None
    if not first:
        return max(0, size_bytes - int(last)), size_bytes
    return int(first), min(size_bytes, int(last) + 1) if last else size_bytes


def _streaming(stream: BinaryIO, start: int, end: int, status: int, headers: dict[str, str]) -> StreamingResponse:
    length = {"Content-Length": str(end - start)}
    return StreamingResponse(iterate_in_threadpool(_blocks(stream, start, end)), status, headers={**headers, **length})


def _blocks(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield what is between two places of a stream that can only be read on."""
    at = 0
    with stream:
        while at < end and (block := stream.read(BLOCK)):
            wanted = block[max(0, start - at) : end - at]
            at += len(block)
            if wanted:
                yield wanted
        if end == at:
            # To the end, where the stream looks whether all of it was what it should be.
            stream.read(1)
