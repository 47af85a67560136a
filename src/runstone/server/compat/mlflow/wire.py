"""How MLflow's messages travel: protocol-buffer JSON.

Requests come in the query of a GET and in the JSON body of everything else.  Integers may be texts, doubles may be
``"NaN"`` or ``"Infinity"``, names may be camelCase, and fields nobody knows are ignored.  Answers leave out what is
not set or empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from runstone.core.entities import ViewType
from runstone.core.errors import InvalidArgument, RunstoneError
from runstone.server.backend import Backend

T = TypeVar("T", bound=Struct)

_HINT = "See the API docs for more information about request parameters."
_UPPER = re.compile(r"(?<=[a-z0-9])([A-Z])")
_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `\$(.*)`)?")
_WHERE = re.compile(r" - at `(?:key in )?\$\.?(.*)`")


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message; an answer leaves out fields that have their defaults."""


class Empty(Message, frozen=True):
    """A message without fields."""


class Route(NamedTuple):
    """One call of MLflow's API.

    Attributes:
        method: HTTP verb.
        path: Below ``/api``, with ``{name}`` where a part of it is a field of the request.
        request: Shape of the request.
        call: Does it, and returns the answer (a Message, or a dict of plain values).
        is_small: It is made often, writes a little, and does no more when made twice: it may be done with others.
    """

    method: str
    path: str
    request: type[Any]
    call: Callable[[Backend, Any], object]
    is_small: bool = False


def read_request(shape: type[T], given: object) -> T:
    """Return a request in its shape.

    Raises:
        InvalidArgument: A field is missing or wrong; ``field`` says which.
    """
    # Old clients encode the body twice.
    if isinstance(given, str):
        try:
            given = msgspec.json.decode(given)
        except msgspec.DecodeError:
            given = None
    if not isinstance(given, dict):
        raise InvalidArgument("the body is no JSON object")
    plain = _snake(given)
    try:
        return msgspec.convert(plain, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _named(error, plain) from error


def _snake(value: Any) -> Any:
    """Return plain values with the names of fields in snake_case, and without those that are null."""
    if isinstance(value, list):
        return [_snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields: dict[str, Any] = {}
    for given, content in value.items():
        name = _UPPER.sub(r"_\1", given).lower() if given.isascii() and not given.islower() else given
        if name in fields:
            raise InvalidArgument(f"field {name!r} is given twice", field=name)
        if content is not None:
            fields[name] = _snake(content)
    return fields


def _named(error: msgspec.ValidationError, given: Mapping[str, Any]) -> InvalidArgument:
    text = str(error)
    absent = _MISSING.search(text)
    if absent:
        name = ".".join(filter(None, ((absent[2] or "").lstrip("."), absent[1])))
        return missing(name)
    where = _WHERE.search(text)
    name = where[1] if where else ""
    value = given.get(name.partition("[")[0].partition(".")[0])
    shown = msgspec.json.encode(value).decode()[:200]
    what = text.partition(" - at")[0]
    return InvalidArgument(f"Invalid value {shown} for parameter '{name}' supplied: {what}. {_HINT}", field=name)


def missing(name: str) -> InvalidArgument:
    """Return the error of a call that lacks a field."""
    return InvalidArgument(f"Missing value for required parameter '{name}'. {_HINT}", field=name)


def number(value: float) -> float | str:
    """Return a double as it travels: what JSON has no number for is a text."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def error_body(error: RunstoneError) -> dict[str, str]:
    """Return the answer to a call that failed."""
    return {"error_code": error.error_code, "message": error.message}


class Tag(Message, frozen=True):
    """A key and a text, as they are sent here; without a text it is empty."""

    key: str
    value: str = ""


class TagMessage(Message, frozen=True):
    """A key and a text, as they are answered."""

    key: str
    value: str


def tags_of(tags: Mapping[str, str]) -> tuple[TagMessage, ...]:
    """Return tags as they travel."""
    return tuple(TagMessage(key=key, value=value) for key, value in tags.items())


def dict_of(tags: Sequence[Tag]) -> dict[str, str]:
    """Return tags as the store takes them; of those with the same key the last counts."""
    return {tag.key: tag.value for tag in tags}


def view_of(given: str | int | None) -> ViewType:
    """Return the view that a name or number of MLflow's enumeration means.

    Raises:
        InvalidArgument: It means none.
    """
    try:
        if given is None:
            return ViewType.ACTIVE_ONLY
        number = int(given) if isinstance(given, int) or given.isdecimal() else None
        return ViewType[str(given)] if number is None else ViewType(number)
    except (KeyError, ValueError):
        raise InvalidArgument(f"Invalid value {given!r} for parameter 'view_type' supplied. {_HINT}") from None


_OURS, _THEIRS = "runstone-artifacts:/", "mlflow-artifacts:/"


def artifact_uri(uri: str) -> str:
    """Return where MLflow's clients find the artifacts that the store keeps."""
    return _THEIRS + uri.removeprefix(_OURS) if uri.startswith(_OURS) else uri
