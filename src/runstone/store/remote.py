"""A store behind HTTP: each operation is a call of the server's native API (see ``store.operations``)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

import msgspec

from runstone.core.errors import InvalidArgument, Unavailable, Unsupported
from runstone.store.operations import AT_HOME, BY_NAME, ELSEWHERE, Operation, shapes_of, unpack
from runstone.wire.connection import MSGPACK, PREFIX, Connection, error_in
from runstone.wire.credentials import headers_for

if TYPE_CHECKING:
    from runstone.store.protocol import Store


def open_remote(uri: str) -> Store:
    """Return the store that a server at this address keeps.

    Args:
        uri: ``http://`` or ``https://``, host, port, and perhaps the path below which the server answers.
    """
    return cast("Store", RemoteStore(uri))


class RemoteStore:
    """The operations of ``Store``, done by a server.

    Args:
        uri: As ``open_remote``.
    """

    def __init__(self, uri: str) -> None:
        self._connection = Connection(uri, headers_for(uri))

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
