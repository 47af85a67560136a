"""MLflow's calls as routes of the application."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, get_origin, get_type_hints

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from runstone.server.backend import Backend
from runstone.server.compat.mlflow import (
    artifacts,
    experiments,
    files,
    info,
    inputs,
    logged_models,
    metrics,
    registry,
    runs,
    unsupported,
    versions,
    webhooks,
)
from runstone.server.compat.mlflow.answers import json_answer, read_json, telling
from runstone.server.compat.mlflow.wire import Route, read_request
from runstone.server.together import Together

ROUTES: tuple[Route, ...] = (
    *experiments.ROUTES,
    *runs.ROUTES,
    *inputs.ROUTES,
    *metrics.ROUTES,
    *artifacts.ROUTES,
    *logged_models.ROUTES,
    *registry.ROUTES,
    *versions.ROUTES,
    *webhooks.ROUTES,
    *info.ROUTES,
)
"""Every call there is."""


def routes(backend: Backend, together: Together) -> Iterator[HttpRoute]:
    """Yield the routes of every call: under ``/api``, and under ``/ajax-api`` as MLflow's own pages call it."""
    for route in ROUTES:
        for prefix in ("/api", "/ajax-api"):
            yield HttpRoute(prefix + route.path, _endpoint(backend, together, route), methods=[route.method])
    yield from artifacts.routes(backend)
    yield from files.routes(backend)
    yield from info.routes()
    yield from unsupported.routes()


def answer_unknown(request: Request, status: int) -> Response:
    """Answer a request that no route takes, so that MLflow's clients fall back to what is there."""
    what = f"{request.method} {request.url.path}"
    return json_answer(
        {"error_code": "ENDPOINT_NOT_FOUND", "message": f"{what} is not supported by this server"}, status
    )


def _endpoint(backend: Backend, together: Together, route: Route) -> Any:
    lists = frozenset(name for name, kind in get_type_hints(route.request).items() if get_origin(kind) in (tuple, list))

    async def endpoint(request: Request) -> Response:
        given = _query(request, lists) if route.method == "GET" else await read_json(request)
        if request.path_params and isinstance(given, dict):
            given |= request.path_params
        call = partial(route.call, backend, read_request(route.request, given))
        answer = await (together.do(call) if route.is_small else run_in_threadpool(call))
        return json_answer(answer)

    return telling(endpoint)


def _query(request: Request, lists: frozenset[str]) -> dict[str, Any]:
    """Return the fields of a query; those that are lists may be repeated."""
    query = request.query_params
    return {name: query.getlist(name) if name in lists else query[name] for name in query}
