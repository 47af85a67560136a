"""Registered models, versions and aliases from an export."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from msgspec import Struct

from runstone.core.entities import ModelVersion
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.page import iter_pages
from runstone.store import rules
from runstone.store.protocol import Store
from runstone.transfer.layout import AliasRow, RegisteredModelRow, VersionRow

RowT = TypeVar("RowT", bound=Struct)

_LARGEST_GAP = 1000
"""Numbers of deleted versions that are passed over, one by one, to reach the next that is in the export."""


class Rows(Protocol):
    """Tables of a registry, from wherever."""

    def rows(self, row: type[RowT]) -> Iterator[RowT]:
        """Yield the rows of a table."""

    def naming(self, row: type[Struct]) -> AbstractContextManager[None]:
        """Say of which table it is what cannot be accepted."""


def import_registry(store: Store, source: Rows, notes: list[str]) -> int:
    """Bring registered models, versions and aliases into a store and return how many versions are new.

    Args:
        notes: Takes what could not be kept, in words.

    Raises:
        InvalidArgument: A row cannot be; the message names the file.
    """
    for row in source.rows(RegisteredModelRow):
        with source.naming(RegisteredModelRow):
            if not _has_model(store, row.name):
                store.create_registered_model(
                    row.name, tags=row.tags, description=row.description, creation_time=row.creation_time_ms
                )
    there: dict[str, dict[int, ModelVersion]] = defaultdict(dict)
    for version in iter_pages(lambda token: store.search_model_versions(page_token=token)):
        there[version.name][int(version.version)] = version
    waiting: dict[str, deque[VersionRow]] = defaultdict(deque)
    for version_row in source.rows(VersionRow):
        known = there[version_row.name].get(version_row.version)
        if known is None:
            waiting[version_row.name].append(version_row)
        elif known.source != version_row.source:
            notes.append(f"{_shown(version_row)} was left out: the store has another version of that number")
    made = _make_all(store, waiting, there, notes)
    for alias in source.rows(AliasRow):
        with source.naming(AliasRow):
            _put_alias(store, alias, there[alias.name].get(alias.version), notes)
    return made


def _has_model(store: Store, name: str) -> bool:
    try:
        store.get_registered_model(name)
    except NotFound:
        return False
    return True


def _make_all(
    store: Store,
    waiting: Mapping[str, deque[VersionRow]],
    there: Mapping[str, dict[int, ModelVersion]],
    notes: list[str],
) -> int:
    """Make versions, those of a model in the order of their numbers, and return how many.

    A version may be made from one of another model, so models take turns until none gets any further.
    """
    made = 0
    stuck: dict[str, str] = {}
    while True:
        before = made
        for name, rows in waiting.items():
            while rows:
                try:
                    version = _make(store, rows[0], max(there[name], default=0))
                except NotFound as error:
                    stuck[name] = str(error)
                    break
                except InvalidArgument as error:
                    notes.append(f"{_shown(rows.popleft())} was left out: {error}")
                    continue
                there[name][rows.popleft().version] = version
                made += 1
        if made > before:
            continue
        blocked = [rows for rows in waiting.values() if rows]
        if not blocked:
            return made
        # What these are made from is nowhere: they are left out, and those that follow them have their chance.
        for rows in blocked:
            row = rows.popleft()
            notes.append(f"{_shown(row)} was left out: {stuck[row.name]}")


def _make(store: Store, row: VersionRow, highest: int) -> ModelVersion:
    """Make a version with the number it had.

    Raises:
        InvalidArgument: That number cannot be given.
        NotFound: What it is made from is not in the store.
    """
    if not highest < row.version <= highest + _LARGEST_GAP:
        raise InvalidArgument(f"its number does not follow the highest in the store, which is {highest}")
    while True:
        version = store.create_model_version(
            row.name,
            row.source,
            run_id=row.run_id,
            run_link=row.run_link,
            tags=row.tags,
            description=row.description,
            model_id=row.model_id,
            user_id=row.user_id,
            creation_time=row.creation_time_ms,
        )
        number = int(version.version)
        if number == row.version:
            break
        # A number that belonged to a version deleted before the export: it stays taken here too.
        store.delete_model_version(row.name, version.version)
        if number > row.version:
            raise InvalidArgument("its number was given before to a version that is deleted")
    if row.stage != "None":
        version = store.transition_model_version_stage(row.name, version.version, row.stage)
    return version


def _put_alias(store: Store, row: AliasRow, version: ModelVersion | None, notes: list[str]) -> None:
    if version is None:
        notes.append(f"alias {rules.shown(row.alias)} of {rules.shown(row.name)} was left out: its version was")
        return
    if row.alias not in store.get_registered_model(row.name).aliases:
        store.set_registered_model_alias(row.name, row.alias, str(row.version))


def _shown(row: VersionRow) -> str:
    return f"version {row.version} of model {rules.shown(row.name)}"
