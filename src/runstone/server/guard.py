"""Who may speak to the server: a check of every request, before anything else looks at it.

A page that somebody opens in a browser can send requests to servers on that machine, and by a name that it makes
resolve to 127.0.0.1 even read the answers (DNS rebinding).  So the Host must be one that the server is known by, and
a request that a page sends must come from a page of the same host.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runstone.core.errors import PermissionDenied
from runstone.server.bounds import refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not "no-referrer": of a form on such a page a browser says that it comes from the origin "null".
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""What an answer says unless it says otherwise: whatever it holds, a browser does nothing with it."""

KNOWN_HOST = "runstone.known_host"
"""In the scope of a request: its Host, where that was found to be a name that the server is known by."""

_HARMLESS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Refuses requests to foreign names, and those that foreign pages send.

    Args:
        app: What answers the others.
        hosts: Names that the server is known by; None for any.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] | None) -> None:
        self._app = app
        self._hosts = None if hosts is None else frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and (why := self._fault(scope)):
            await refusal(PermissionDenied(why))(scope, receive, send)
            return
        if scope["type"] == "http" and self._hosts is not None:
            scope[KNOWN_HOST] = _headers_of(scope)["host"]

        async def guarding(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message.setdefault("headers", [])}
                message["headers"] += [header for header in _HEADERS if header[0] not in given]
            await send(message)

        await self._app(scope, receive, guarding)

    def _fault(self, scope: Scope) -> str | None:
        """Return why a request is refused, or None."""
        headers = _headers_of(scope)
        host = headers.get("host", "")
        if self._hosts is not None and _name(f"//{host}") not in self._hosts:
            return "this server is not known by that Host; see --allow-host"
        origin = headers.get("origin")
        if origin is not None and scope["method"] not in _HARMLESS and urlsplit(origin).netloc.lower() != host.lower():
            return "a page of another origin may not change anything here"
        return None


def _headers_of(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
