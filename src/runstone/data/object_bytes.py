"""Python objects as bytes, for cells that no column type can hold.

Equal bytes mean the same type and value: each value starts with a letter for its type and says its own length.
"""

from __future__ import annotations

import datetime as dt
import decimal
import struct
import uuid
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from runstone.core.errors import InvalidArgument

_NAN = b"d" + struct.pack("<d", float("nan"))
MAX_DEPTH = 200


def object_bytes(value: object, where: str, depth: int = 0) -> bytes:
    """Return the bytes of a value.

    Args:
        value: None, bool, int, float, complex, str, bytes, a decimal, date, time, UUID or path, a NumPy
            scalar or array, or a list, tuple, set or dict of such.
        where: The column, for the error.
        depth: How many containers it is inside of.

    Raises:
        InvalidArgument: It is, or holds, something whose value cannot be told.
    """
    if depth > MAX_DEPTH:
        raise InvalidArgument(f"{where} holds containers nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, (np.ndarray, np.generic)):
        return _numpy(value, where, depth)
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return b"n"
    if isinstance(value, bool):
        return b"b1" if value else b"b0"
    if isinstance(value, int):
        return _sized(b"i", hex(value).encode())
    if isinstance(value, float):
        return _NAN if value != value else b"d" + struct.pack("<d", value)
    if isinstance(value, complex):
        return b"c" + object_bytes(value.real, where) + object_bytes(value.imag, where)
    if isinstance(value, str):
        return _sized(b"s", value.encode("utf-8", "surrogatepass"))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _sized(b"y", bytes(value))
    if isinstance(value, Mapping):
        pairs = [
            object_bytes(key, where, depth + 1) + object_bytes(item, where, depth + 1) for key, item in value.items()
        ]
        return _sized(b"m", b"".join(sorted(pairs)))
    if isinstance(value, (list, tuple)):
        return _sized(b"l", b"".join(object_bytes(item, where, depth + 1) for item in value))
    if isinstance(value, (set, frozenset)):
        return _sized(b"e", b"".join(sorted(object_bytes(item, where, depth + 1) for item in value)))
    return _scalar(value, where)


def _scalar(value: object, where: str) -> bytes:
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            return _text(b"U", value.astimezone(dt.timezone.utc).isoformat())
        return _text(b"T", value.isoformat())
    if isinstance(value, (dt.date, dt.time)):
        return _text(b"T", f"{type(value).__name__} {value.isoformat()}")
    if isinstance(value, dt.timedelta):
        # pandas.Timedelta is a timedelta that also has nanoseconds.
        nanoseconds = getattr(value, "nanoseconds", 0)
        return _text(b"D", f"{value.days} {value.seconds} {value.microseconds} {nanoseconds}")
    if isinstance(value, decimal.Decimal):
        return _text(b"F", decimal_text(value))
    if isinstance(value, uuid.UUID):
        return _sized(b"u", value.bytes)
    if isinstance(value, PurePath):
        return _sized(b"p", value.as_posix().encode("utf-8", "surrogatepass"))
    raise InvalidArgument(
        f"{where} holds a {type(value).__module__}.{type(value).__qualname__}, whose value cannot be told; "
        "turn it into text, numbers, lists or dicts first"
    )


def decimal_text(value: decimal.Decimal) -> str:
    """Return a decimal number as text, without zeros at the end that do not change it."""
    if not value.is_finite():
        return str(value)
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits))
    stripped = text.rstrip("0")
    return f"{'-' if sign else ''}{stripped}e{int(exponent) + len(text) - len(stripped)}" if stripped else "0"


def _numpy(value: Any, where: str, depth: int) -> bytes:
    if value.dtype.kind in "mM":
        return _sized(b"w", f"{value.dtype.name} {value.astype(np.int64).tolist()}".encode())
    if value.dtype.kind == "V" or value.dtype.name in ("longdouble", "clongdouble", "float128", "complex256"):
        raise InvalidArgument(f"{where} holds a NumPy {value.dtype} inside an object; turn it into numbers first")
    return object_bytes(value.tolist(), where, depth + 1)


def _text(kind: bytes, text: str) -> bytes:
    return _sized(kind, text.encode())


def _sized(kind: bytes, content: bytes) -> bytes:
    return b"%s%d:%s" % (kind, len(content), content)
