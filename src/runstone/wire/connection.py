"""A Runstone server as its clients reach it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
import urllib3

from runstone.core.errors import InvalidArgument, RunstoneError, Unavailable, error_of
from runstone.wire.messages import ErrorAnswer

PREFIX = "/api/v1"
MSGPACK = "application/msgpack"
_TIMEOUT = urllib3.Timeout(connect=5, read=120)
_PAUSES_S = (0.05, 0.5)
"""Before each further try of a call that may be repeated."""

_CONNECTIONS = 16
_UNREACHED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
"""Errors after which the server has certainly not done anything."""


def plain_address(uri: str) -> str:
    """Return the address of a server without secrets and without a slash at its end.

    Raises:
        InvalidArgument: It is none.
    """
    try:
        parts = urllib3.util.parse_url(uri)
    except urllib3.exceptions.LocationParseError:
        parts = urllib3.util.Url()
    if parts.scheme not in ("http", "https") or not parts.host:
        raise InvalidArgument(f"not the address of a server: {uri[:200]!r}; give http://HOST:PORT", field="uri")
    return parts._replace(auth=None, query=None, fragment=None).url.rstrip("/")


class Connection:
    """The server at an address: sends requests over kept connections, from any thread.

    Args:
        uri: The address.
        identity: Headers that say who this is.
    """

    def __init__(self, uri: str, identity: Mapping[str, str]) -> None:
        self.address = plain_address(uri)
        headers = {"User-Agent": "runstone", **identity}
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS, headers=headers, timeout=_TIMEOUT, retries=False)

    def request(
        self, verb: str, path: str, *, body: Any = None, headers: Mapping[str, str], repeat: bool, stream: bool = False
    ) -> urllib3.BaseHTTPResponse:
        """Send a request and return its answer, whatever its status.

        Args:
            repeat: Whether it may be sent again after the connection was lost.

        Raises:
            Unavailable: No answer came.
        """
        for pause_s in (*_PAUSES_S, None):
            try:
                return self._pool.request(
                    verb,
                    self.address + path,
                    body=body,
                    headers={**self._pool.headers, **headers},
                    preload_content=not stream,
                    redirect=False,
                )
            except urllib3.exceptions.HTTPError as error:
                if pause_s is None or not (repeat or isinstance(error, _UNREACHED)):
                    raise Unavailable(f"cannot reach the server at {self.address}: {_why(error)}") from error
                time.sleep(pause_s)
        raise AssertionError

    def close(self) -> None:
        """Release the connections; another request opens them anew."""
        self._pool.clear()


def error_in(answer: urllib3.BaseHTTPResponse) -> RunstoneError:
    """Return the error that an answer tells of."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    decode = msgspec.msgpack.decode if kind == MSGPACK else msgspec.json.decode
    try:
        told = decode(answer.data, type=ErrorAnswer).error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        text = answer.data[:200].decode("utf-8", "replace")
        return Unavailable(f"{answer.url or 'the server'} answered with status {answer.status}: {text}")
    return error_of(told.code, told.message, field=told.field, position=told.position)


def _why(error: Exception) -> str:
    return str(error).rpartition(": ")[2] or type(error).__name__
