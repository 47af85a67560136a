"""Numbers that JSON has none for: they travel as the texts ``NaN``, ``Infinity`` and ``-Infinity``."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec.inspect as shapes
from msgspec import Struct

_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

Read = Callable[[Any], Any]


def as_texts(plain: Any) -> Any:
    """Return plain values with texts in the place of numbers that are not finite."""
    if isinstance(plain, float) and not math.isfinite(plain):
        return "NaN" if math.isnan(plain) else "Infinity" if plain > 0 else "-Infinity"
    if isinstance(plain, dict):
        return {key: as_texts(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [as_texts(value) for value in plain]
    return plain


def from_texts(shape: type[Struct], plain: dict[str, Any]) -> dict[str, Any]:
    """Return plain values with numbers in the place of these texts, where the shape has a number and no text."""
    read = _reader_of(shape)
    found: dict[str, Any] = plain if read is None else read(plain)
    return found


@cache
def _reader_of(shape: type[Struct]) -> Read | None:
    return _reader(shapes.type_info(shape))


def _reader(kind: shapes.Type) -> Read | None:
    """Return what reads values of a kind, or None for a kind without numbers in it."""
    if isinstance(kind, shapes.UnionType):
        kinds = [one for one in kind.types if not isinstance(one, shapes.NoneType)]
        return _reader(kinds[0]) if len(kinds) == 1 else None
    if isinstance(kind, shapes.FloatType):
        return lambda given: _NUMBERS.get(given, given) if isinstance(given, str) else given
    if isinstance(kind, shapes.ListType | shapes.VarTupleType):
        return _of_items(_reader(kind.item_type))
    if isinstance(kind, shapes.DictType):
        return _of_values(_reader(kind.value_type))
    if isinstance(kind, shapes.StructType) and not kind.array_like:
        return _of_fields({field.encode_name: read for field in kind.fields if (read := _reader(field.type))})
    return None


def _of_items(read: Read | None) -> Read | None:
    return read and (lambda given: [read(one) for one in given] if isinstance(given, list) else given)


def _of_values(read: Read | None) -> Read | None:
    return read and (lambda given: {key: read(one) for key, one in given.items()} if isinstance(given, dict) else given)


def _of_fields(readers: dict[str, Read]) -> Read | None:
    def read(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return given | {name: field(given[name]) for name, field in readers.items() if name in given}

    return read if readers else None
