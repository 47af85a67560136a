"""The operations of the store as routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.core.errors import InvalidArgument, RunstoneError
from runstone.server.api.answers import answer, error_answer, read_body
from runstone.server.api.arrow import ARROW, IN_ARROW, series_stream
from runstone.server.api.not_finite import from_texts
from runstone.server.backend import Backend
from runstone.store.operations import ELSEWHERE, OPERATIONS, Operation, pack, shapes_of
from runstone.wire.connection import PREFIX


def routes(backend: Backend) -> Iterator[Route]:
    """Yield a route for each operation."""
    for operation in OPERATIONS:
        yield Route(PREFIX + operation.path, _endpoint(backend, operation), methods=[operation.verb])


def _endpoint(backend: Backend, operation: Operation) -> Any:
    shapes = shapes_of(operation)
    method = getattr(backend.store, operation.name)

    async def endpoint(request: Request) -> Response:
        try:
            given = await read_body(request) if operation.has_body else dict(request.query_params)
            given |= {name: value for name, value in request.path_params.items() if value != ELSEWHERE}
            arguments = _arguments(shapes.request, given, strict=operation.has_body)
            return await run_in_threadpool(work, request, arguments)
        except RunstoneError as error:
            return error_answer(request, error)

    def work(request: Request, arguments: dict[str, Any]) -> Response:
        # The answer is written here, too: a large one takes long enough to keep others waiting.
        result = method(**arguments)
        if operation.name in IN_ARROW and ARROW in request.headers.get("accept", ""):
            return Response(series_stream(result), media_type=ARROW)
        return answer(request, pack(shapes.returned, result))

    return endpoint


def _arguments(shape: type[msgspec.Struct], given: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    """Return the arguments of a call.

    Raises:
        InvalidArgument: One is missing, wrong or unknown; ``field`` says which.
    """
    try:
        request = _converted(shape, given, strict=strict)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$.")
        raise InvalidArgument(str(error), field=where.rstrip("`") or _quoted_in(text)) from error
    return {name: getattr(request, name) for name in shape.__struct_fields__}


def _converted(shape: type[msgspec.Struct], given: dict[str, Any], *, strict: bool) -> msgspec.Struct:
    try:
        return msgspec.convert(given, shape, strict=strict)
    except msgspec.ValidationError:
        # Rare, so that others need not be looked through for texts that stand for numbers.
        return msgspec.convert(from_texts(shape, given), shape, strict=strict)


def _quoted_in(text: str) -> str | None:
    return text.split("`")[1] if text.count("`") >= 2 else None
