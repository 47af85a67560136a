"""The result of an encoder that chooses the file format itself."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple


class Encoded(NamedTuple):
    """The bytes of a file and the suffix (``.png``) that tells what they are."""

    data: bytes
    suffix: str


def suffix_of(filename: str) -> str:
    """Return the last extension of an artifact's file name in lower case, with its dot."""
    return PurePosixPath(filename).suffix.lower()


def clip(text: str, length: int = 80) -> str:
    """Shorten text for an error message."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def type_name(value: object) -> str:
    """Return the qualified name of a value's type, for an error message."""
    cls = type(value)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def comes_from(value: object, package: str) -> bool:
    """Tell whether a value's class, or one it derives from, is defined in a package, without importing it."""
    return any(cls.__module__.partition(".")[0] == package for cls in type(value).__mro__)
