"""Entities as pairs of name and value, which is how MLflow's scripts print them: ``dict(run.info)``."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class Pairs(Struct, frozen=True):
    """An entity that ``dict()`` takes."""

    def __iter__(self) -> Iterator[tuple[str, object]]:
        return ((name, getattr(self, name)) for name in self.__struct_fields__)

    def to_dictionary(self) -> dict[str, object]:
        """Return the entity as a dict."""
        return dict(self)
