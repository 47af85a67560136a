"""The operations of the store as routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.core.errors import InvalidArgument, RunstoneError
from runstone.server.api.answers import answer, error_answer, read_body
from runstone.server.backend import Backend
from runstone.store.operations import ELSEWHERE, OPERATIONS, PREFIX, Operation, pack, shapes_of


def routes(backend: Backend) -> Iterator[Route]:
    """Yield a route for each operation."""
    for operation in OPERATIONS:
        yield Route(PREFIX + operation.path, _endpoint(backend, operation), methods=[operation.verb])


def _endpoint(backend: Backend, operation: Operation) -> Any:
    shapes = shapes_of(operation)
    method = getattr(backend.store, operation.name)
    lists = frozenset(name for name, kind in get_type_hints(shapes.request).items() if _is_list(kind))

    async def endpoint(request: Request) -> Response:
        try:
            given = await read_body(request) if operation.has_body else _query(request, lists)
            given |= {name: value for name, value in request.path_params.items() if value != ELSEWHERE}
            arguments = _arguments(shapes.request, given, strict=operation.has_body)
            result = await run_in_threadpool(method, **arguments)
            return answer(request, pack(shapes.returned, result))
        except RunstoneError as error:
            return error_answer(request, error)

    return endpoint


def _is_list(kind: Any) -> bool:
    return kind is not str and (get_origin(kind) in (list, tuple) or "Sequence" in str(get_origin(kind) or get_args(kind)))


def _query(request: Request, lists: frozenset[str]) -> dict[str, Any]:
    query = request.query_params
    return {name: query.getlist(name) if name in lists else query[name] for name in query}


def _arguments(shape: type[msgspec.Struct], given: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    """Return the arguments of a call.

    Raises:
        InvalidArgument: One is missing, wrong or unknown; ``field`` says which.
    """
    try:
        request = msgspec.convert(given, shape, strict=strict)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$.")
        raise InvalidArgument(str(error), field=where.rstrip("`") or _quoted_in(text)) from error
    return {name: getattr(request, name) for name in shape.__struct_fields__}


def _quoted_in(text: str) -> str | None:
    return text.split("`")[1] if text.count("`") >= 2 else None
