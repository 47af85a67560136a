"""Nested dicts to flat keys: ``.`` joins params, ``/`` joins metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runstone.core.errors import InvalidArgument

_MAX_DEPTH = 64


def flatten(values: Mapping[Any, Any], separator: str) -> dict[str, Any]:
    """Flatten nested mappings; an empty mapping vanishes.

    Raises:
        InvalidArgument: Two paths give one key, or the nesting is deeper than 64 (or endless).
    """
    flat: dict[str, Any] = {}

    def walk(mapping: Mapping[Any, Any], prefix: str, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise InvalidArgument(f"nested deeper than {_MAX_DEPTH} levels at {prefix[:80]!r}")
        for name, value in mapping.items():
            key = f"{prefix}{separator}{name}" if prefix else str(name)
            if isinstance(value, Mapping):
                walk(value, key, depth + 1)
            elif key in flat:
                raise InvalidArgument(f"two values for the key {key!r} after flattening", field=key)
            else:
                flat[key] = value

    walk(values, "", 0)
    return flat
