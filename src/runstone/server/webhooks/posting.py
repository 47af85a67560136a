"""One POST to a stranger: what comes back is bounded in size and time, and nothing leads elsewhere.

On ``http.client`` alone: no proxy of the environment comes in between, no redirect is followed, no connection is kept,
and nothing logs URLs, whose paths are secrets with many receivers.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from runstone.server.webhooks.addresses import Allowed, connect

TOTAL_S = 30.0
"""How long all of it may take; only the system's resolver of names has limits of its own."""

_CONNECT_S = 10.0
_MAX_BODY = 64 << 10
_AS_THEY_ARE = "/%:=&?~#+!$,;'@()*[]"
"""Signs that stand in a URL as they are, besides letters, digits and ``_.-``."""


class Reply(NamedTuple):
    """What a receiver answered.

    Attributes:
        body: As much as came of its first 64 KiB.
        retry_after: That header, or nothing.
    """

    status: int
    body: bytes
    retry_after: str


class NoReply(Exception):
    """None came.  The message says why, and holds no part of the URL but its host."""


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Allowed, *, total_s: float = TOTAL_S) -> Reply:
    """Send a body to an allowed address, and return what comes back.

    Raises:
        NoReply: Nothing does.
        PermissionDenied: The host is at no allowed address.
    """
    give_up = time.monotonic() + total_s
    try:
        parts = urlsplit(url)
        host, port, target = _destination(parts)
    except ValueError as error:
        raise NoReply("the URL is none that deliveries go to") from error
    try:
        connection = connect(host, port, min(_CONNECT_S, total_s), allowed)
    except OSError as error:
        raise NoReply(f"{host} cannot be reached: {error.strerror or _why(error)}") from error
    with connection, _until(give_up, connection) as is_over:
        try:
            return _exchanged(connection, (parts.scheme, host, port, target), body, headers)
        except (OSError, HTTPException, ValueError) as error:
            why = f"did not answer within {total_s:.0f} s" if is_over.is_set() else _why(error)
            raise NoReply(f"{host} {why}") from error


def _destination(parts: SplitResult) -> tuple[str, int, str]:
    """Return host, port, and what is asked for.

    Raises:
        ValueError: The URL is not of HTTP, names no host, or a user.
    """
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    host = parts.hostname.rstrip(".").encode("idna").decode()
    query = f"?{quote(parts.query, safe=_AS_THEY_ARE)}" if parts.query else ""
    target = quote(parts.path or "/", safe=_AS_THEY_ARE) + query
    return host, parts.port or (443 if parts.scheme == "https" else 80), target


def _exchanged(
    connection: socket.socket, destination: tuple[str, str, int, str], body: bytes, headers: Mapping[str, str]
) -> Reply:
    scheme, host, port, target = destination
    connection.settimeout(TOTAL_S)
    if scheme == "https":
        speaker: HTTPConnection = HTTPSConnection(host, port, context=_tls())
        speaker.sock = _tls().wrap_socket(connection, server_hostname=host)
    else:
        speaker = HTTPConnection(host, port)
        speaker.sock = connection
    # It speaks over the connection that was checked, or not at all.
    speaker.auto_open = 0
    try:
        speaker.request("POST", target, body=body, headers={**headers, "Connection": "close"})
        answer = speaker.getresponse()
        read = b""
        # The status says whether it was taken; what comes after that, or does not, is for people.
        with suppress(OSError, HTTPException, ValueError):
            read = answer.read(_MAX_BODY)
        return Reply(answer.status, read, answer.headers.get("Retry-After", ""))
    finally:
        speaker.close()


@contextmanager
def _until(give_up: float, connection: socket.socket) -> Iterator[threading.Event]:
    """Break a connection off when its time is over: a timeout of the socket begins anew with each byte."""
    is_over = threading.Event()
    with connection.dup() as same:

        def break_off() -> None:
            is_over.set()
            with suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(0.0, give_up - time.monotonic()), break_off)
        timer.start()
        try:
            yield is_over
        finally:
            timer.cancel()
            timer.join()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has no valid certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"does not speak TLS as it should: {error.reason or 'the connection ended'}"
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, ConnectionError):
        return "closed the connection without an answer"
    return "did not answer in HTTP" if isinstance(error, HTTPException) else "broke the connection"
