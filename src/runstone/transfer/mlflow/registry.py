"""MLflow's registry in the rows that an import of ours takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from runstone.core.errors import InvalidArgument
from runstone.transfer.layout import AliasRow, RegisteredModelRow, VersionRow
from runstone.transfer.mlflow.records import MlflowSource

RowT = TypeVar("RowT", bound=Struct)


class RegistryRows:
    """The tables of a registry.

    Args:
        roots: Runs and logged models by where MLflow kept their files: a version whose source is there is of them.
        notes: Takes what could not be kept, in words.
    """

    def __init__(self, source: MlflowSource, roots: Mapping[str, str], notes: list[str]) -> None:
        self._source = source
        self._roots = roots
        self._notes = notes

    def rows(self, row: type[RowT]) -> Iterator[RowT]:
        """Yield the rows of a table."""
        tables: dict[type[Any], Any] = {
            RegisteredModelRow: self._source.registered_models,
            VersionRow: self._versions,
            AliasRow: self._source.aliases,
        }
        found: Iterator[RowT] = tables[row]()
        return found

    @contextmanager
    def naming(self, row: type[Struct]) -> Iterator[None]:
        """Note what cannot be accepted, and go on."""
        try:
            yield
        except InvalidArgument as error:
            self._notes.append(f"a {row.__name__.removesuffix('Row').lower()} was left out: {error}")

    def _versions(self) -> Iterator[VersionRow]:
        for row in self._source.versions():
            yield msgspec.structs.replace(row, source=self._source_in_store(row.source))

    def _source_in_store(self, source: str) -> str:
        """Return where a version's files are in the store, if they were files of a run or logged model."""
        folder, below = source.rstrip("/"), ""
        while folder:
            owner = self._roots.get(folder)
            if owner is not None:
                top = f"models:/{owner}" if owner.startswith("m-") else f"runs:/{owner}"
                return f"{top}/{below}".rstrip("/")
            folder, _, name = folder.rpartition("/")
            below = f"{name}/{below}".rstrip("/")
        return source
