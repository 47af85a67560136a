"""Any Python value as a tree of dicts, lists and scalars that JSON and YAML can write."""

from __future__ import annotations

import base64
import dataclasses
import enum
import math
import sys
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, time
from typing import Any

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.encoded import clip

# More bits than this and Python refuses to write the number in decimal.
_MAX_INT_BITS = 14_000
# The writers recurse: two frames a level have to fit under Python's limit of 1,000 with the caller's.
MAX_DEPTH = 200


def to_plain(value: object) -> Any:
    """Convert a value to dicts, lists, str, int, float, bool and None.

    NumPy scalars, arrays and tensors become numbers and nested lists, datetimes ISO 8601 text, sets sorted
    lists, dataclasses and msgspec Structs dicts, enums their value, bytes base64 text, paths and anything
    else ``str(value)``. NaN and infinities stay as they are. Mapping keys that are not scalars become text.

    Raises:
        InvalidArgument: The value contains itself, is nested deeper than 200 levels, or two keys of a mapping
            are written alike (``1`` and ``"1"``).
    """
    return _plain(value, "", [])


def _plain(value: object, where: str, parents: list[int]) -> Any:
    if value is None or type(value) in (str, float, bool):
        return value
    value = _unwrap(value)
    if isinstance(value, int) and value.bit_length() > _MAX_INT_BITS:
        raise InvalidArgument(f"an integer of {value.bit_length()} bits at {clip(where)!r} is too large to write")
    if isinstance(value, Mapping) or (isinstance(value, (Sequence, Set)) and not isinstance(value, (str, bytes))):
        if id(value) in parents:
            raise InvalidArgument(f"the value contains itself at {clip(where) or 'its root'!r}", field=clip(where))
        if len(parents) >= MAX_DEPTH:
            raise InvalidArgument(f"nested deeper than {MAX_DEPTH} levels at {clip(where)!r}", field=clip(where))
        parents.append(id(value))
        try:
            return _container(value, where, parents)
        finally:
            parents.pop()
    return _scalar(value)


def _container(value: Mapping[Any, Any] | Sequence[Any] | Set[Any], where: str, parents: list[int]) -> Any:
    if isinstance(value, Mapping):
        plain: dict[Any, Any] = {}
        written: set[str] = set()
        for name, item in list(value.items()):
            key = _key(name)
            if (text := key_text(key)) in written:
                raise InvalidArgument(
                    f"two keys of {clip(where) or 'the dictionary'!r} are both written {clip(text)!r}"
                )
            written.add(text)
            plain[key] = _plain(item, f"{where}.{clip(text, 40)}" if where else clip(text, 40), parents)
        return plain
    items = [_plain(item, f"{where}[{i}]", parents) for i, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        try:
            items.sort()
        except TypeError:
            items.sort(key=lambda item: (type(item).__name__, repr(item)))
    return items


def _unwrap(value: object) -> object:
    """Turn the types that stand for a mapping, a sequence or a scalar into it."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(names := getattr(type(value), "__struct_fields__", None), tuple):
        written = getattr(type(value), "__struct_encode_fields__", names)
        return {alias: getattr(value, name) for alias, name in zip(written, names, strict=True)}
    if callable(tolist := getattr(value, "tolist", None)):
        # NumPy turns datetime64[ns] into int; its text says what it is.
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        if kind in ("M", "m") and callable(astype := getattr(value, "astype", None)):
            return astype(str).tolist()
        return tolist()
    return value


def _scalar(value: object) -> bool | int | float | str | None:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (datetime, date, time)):
        return None if _is_missing(value) else value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    return None if _is_missing(value) else str(value)


def _is_missing(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)


def _key(name: object) -> bool | int | float | str | None:
    plain = name if isinstance(name, (bytes, tuple, frozenset)) else _scalar(_unwrap(name))
    return plain if plain is None or isinstance(plain, (str, int, float)) else str(plain)


def key_text(key: bool | int | float | str | None) -> str:
    """Return how JSON writes a mapping's key."""
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    if isinstance(key, float) and not math.isfinite(key):
        return "NaN" if math.isnan(key) else ("Infinity" if key > 0 else "-Infinity")
    return str(key)
