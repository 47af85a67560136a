"""The door: no request but those to a few paths goes on until it is known who sent it."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from runstone.core.errors import PermissionDenied, RunstoneError, Unauthenticated, codes_of
from runstone.server.access.authentication import Authenticator
from runstone.server.access.principal import Principal, acting
from runstone.server.bounds import refusal
from runstone.wire.connection import PREFIX

PUBLIC = frozenset(
    (
        "/health",
        "/ready",
        "/version",
        "/favicon.svg",
        "/login",
        "/setup",
        f"{PREFIX}/login",
        f"{PREFIX}/openapi.json",
        "/api/2.0/mlflow-artifacts/mpu/part",
    )
)
"""Paths that strangers may use; compared as a whole, with the path that routes are matched with.

Parts of an upload are let in by a proof of their own: MLflow's clients send no credentials with them.
"""

_HARMLESS = ("GET", "HEAD", "OPTIONS")


class Access:
    """Finds out who sends a request, and sends strangers away.

    Args:
        app: What answers the others.
        authenticator: Who is who.
    """

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in the name of its sender, or refuse it."""
        if scope["type"] == "lifespan" or scope.get("path") in PUBLIC:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            principal = await self._sender(headers, scope)
            _check_origin(principal, headers, scope)
        except RunstoneError as error:
            await _sent_away(scope, headers, error)(scope, receive, send)
            return
        with acting(principal):
            await self._app(scope, receive, send)

    async def _sender(self, headers: Headers, scope: Scope) -> Principal:
        address = scope["client"][0] if scope.get("client") else ""
        found = self._authenticator.recall(headers)
        if found is None:
            found = await run_in_threadpool(self._authenticator.find_out, headers, address)
        if found is None:
            raise Unauthenticated("log in first: send a token, or a user name and password")
        scope["user_name"] = found.name
        return msgspec.structs.replace(found, address=address, request_id=scope.get("request_id", ""))


def _check_origin(principal: Principal, headers: Headers, scope: Scope) -> None:
    """Refuse a change that a browser's session asks for without saying that a page of this server does.

    A browser adds its cookie to whatever any page sends here; only pages of this server can send these headers.
    """
    if principal.how != "session" or scope["method"] in _HARMLESS:
        return
    # That an Origin is ours was asked before.
    if "origin" not in headers and headers.get("sec-fetch-site") != "same-origin":
        raise PermissionDenied("a session may change things from pages of this server only; programs send a token")


def _sent_away(scope: Scope, headers: Headers, error: RunstoneError) -> Response:
    """Return the answer to a stranger: a page for browsers, an error for programs."""
    wants_page = scope["method"] in _HARMLESS and "text/html" in headers.get("accept", "")
    if wants_page and isinstance(error, Unauthenticated):
        query = scope.get("query_string", b"").decode("latin-1")
        target = quote(scope["path"]) + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='')}", 303)
    answer = refusal(error)
    if codes_of(error).http == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Runstone", charset="UTF-8"'
    return answer
