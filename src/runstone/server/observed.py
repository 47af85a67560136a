"""What is seen of each request: an id, metrics for Prometheus, and a line of the log if wanted."""

from __future__ import annotations

import logging
import os
import re
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runstone.core.ids import new_run_id
from runstone.server.logs import request_id

_log = logging.getLogger("runstone.access")
_GIVEN_ID = re.compile(r"[\w.\-]{1,64}\Z")
_NO_ROUTE = "none"

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_REQUESTS = Counter("runstone_http_requests_total", "Requests that were answered.", ("method", "route", "status"))
_SECONDS = Histogram(
    "runstone_http_request_seconds",
    "Time from a request to the end of its answer.",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_OPEN = Gauge("runstone_http_requests_open", "Requests that are being answered.", multiprocess_mode="livesum")


class Observed:
    """Gives each request an id, counts and times it.

    Args:
        app: What answers.
        access_log: Whether each request is a line of the log.
    """

    def __init__(self, app: ASGIApp, *, access_log: bool = False) -> None:
        self._app = app
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note how that went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known_as = _id_of(scope)
        scope["request_id"] = known_as
        token = request_id.set(known_as)
        status = 500
        begun = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", known_as.encode()))
            await send(message)

        try:
            with _OPEN.track_inprogress():
                await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - begun)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # Names of routes, never paths: there must be few.
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        method = scope["method"] if route != _NO_ROUTE else _NO_ROUTE
        _REQUESTS.labels(method, route, str(status)).inc()
        _SECONDS.labels(route).observe(seconds)
        if self._access_log:
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "seconds": round(seconds, 6),
                "address": scope["client"][0] if scope.get("client") else "",
                "user": scope.get("user_name", ""),
            }
            _log.info("request", extra=fields)


def prometheus_text() -> bytes:
    """Return the metrics of all processes of this server in Prometheus' format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's
    return generate_latest(registry)


def _id_of(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return given if _GIVEN_ID.match(given) else new_run_id()
