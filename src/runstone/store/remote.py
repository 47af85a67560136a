"""A store behind HTTP: each operation is a call of the server's native API (see ``store.operations``)."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

import msgspec
import urllib3

from runstone.core.errors import InvalidArgument, RunstoneError, Unavailable, Unsupported, error_of
from runstone.store.operations import AT_HOME, BY_NAME, ELSEWHERE, PREFIX, Operation, shapes_of, unpack

if TYPE_CHECKING:
    from runstone.store.protocol import Store

MSGPACK = "application/msgpack"
_TIMEOUT = urllib3.Timeout(connect=5, read=120)
_PAUSES_S = (0.05, 0.5)
"""Before each further try of a call that may be repeated."""

_CONNECTIONS = 16
_UNREACHED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
"""Errors after which the server has certainly not done anything."""


class ErrorMessage(msgspec.Struct):
    """What the server says of a call that failed."""

    code: str
    message: str
    field: str | None = None
    position: int | None = None


class ErrorAnswer(msgspec.Struct):
    """The body of such an answer."""

    error: ErrorMessage


def open_remote(uri: str) -> Store:
    """Return the store that a server at this address keeps.

    Args:
        uri: ``http://`` or ``https://``, host, port, and perhaps the path below which the server answers.
    """
    return cast("Store", RemoteStore(uri))


class Connection:
    """The server at an address: sends requests over kept connections, from any thread."""

    def __init__(self, uri: str) -> None:
        parts = urllib3.util.parse_url(uri)
        if parts.scheme not in ("http", "https") or not parts.host:
            raise InvalidArgument(f"not the address of a server: {uri[:200]!r}; give http://HOST:PORT", field="uri")
        self.address = parts._replace(auth=None, query=None, fragment=None).url.rstrip("/")
        headers = urllib3.make_headers(basic_auth=parts.auth, user_agent="runstone") if parts.auth else {}
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS, headers=headers, timeout=_TIMEOUT, retries=False)

    def request(
        self, verb: str, path: str, *, body: Any = None, headers: dict[str, str], repeat: bool, stream: bool = False
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


class RemoteStore:
    """The operations of ``Store``, done by a server.

    Args:
        uri: As ``open_remote``.
    """

    def __init__(self, uri: str) -> None:
        self._connection = Connection(uri)

    @property
    def uri(self) -> str:
        """The server's address, without secrets."""
        return self._connection.address

    def close(self) -> None:
        """Release the connections; calling anything afterwards opens them anew."""
        self._connection.close()

    def __getattr__(self, name: str) -> Any:
        if name in BY_NAME:
            return partial(self._call, BY_NAME[name])
        if name in AT_HOME:
            return partial(self._refuse, name)
        raise AttributeError(name)

    def _refuse(self, name: str, *args: object, **kwargs: object) -> None:
        raise Unsupported(f"{name} is done where the store is, not through {self.uri}")

    def _call(self, operation: Operation, *args: object, **kwargs: object) -> Any:
        shapes = shapes_of(operation)
        given = dict(shapes.signature.bind(*args, **kwargs).arguments)
        path = operation.path
        for name in operation.in_path:
            value = str(given[name])
            if value in ("", ".", "..", ELSEWHERE) or "/" in value:
                value = ELSEWHERE
            else:
                del given[name]
            path = path.replace(f"{{{name}}}", _quoted(value))
        if operation.has_body:
            body, query = _encoded(given), ""
        else:
            body, query = None, "?" + _query(given) if given else ""
        answer = self._connection.request(
            operation.verb,
            PREFIX + path + query,
            body=body,
            headers={"Accept": MSGPACK, **({"Content-Type": MSGPACK} if body is not None else {})},
            repeat=operation.kind != "write",
        )
        if answer.status >= 400:
            raise error_in(answer)
        if answer.status == 204:
            return None
        try:
            return unpack(shapes.returned, msgspec.msgpack.decode(answer.data, type=shapes.answer))
        except msgspec.MsgspecError as error:
            raise Unavailable(f"{self.uri} answered what is no answer to {operation.name}: {error}") from error


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


def _encoded(given: dict[str, Any]) -> bytes:
    try:
        return msgspec.msgpack.encode(given)
    except (TypeError, OverflowError, UnicodeEncodeError) as error:
        raise InvalidArgument(f"an argument cannot be sent: {error}") from error


def _quoted(value: str) -> str:
    try:
        return quote(value, safe="~")
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"{value!r} cannot be sent: it holds a lone surrogate") from error


def _query(given: dict[str, Any]) -> str:
    fields = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}
    try:
        return urlencode({name: value for name, value in fields.items() if value is not None}, doseq=True)
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"an argument cannot be sent: {error}") from error


def _why(error: Exception) -> str:
    return str(error).rpartition(": ")[2] or type(error).__name__
