"""The names of params, metrics and tags, each kept once and referred to by number."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from runstone.store.sql.dialect.base import Connection

T = TypeVar("T")

_BATCH = 512


def key_ids(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """Return the number of each name, giving new names one."""
    known = find_key_ids(connection, names)
    for name in sorted(set(names) - known.keys()):
        row = connection.one(
            "INSERT INTO keys (name) VALUES (?) ON CONFLICT (name) DO NOTHING RETURNING key_id", (name,)
        )
        known[name] = row[0] if row else find_key_ids(connection, (name,))[name]
    return known


def find_key_ids(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """Return the numbers of those names that have one."""
    found: dict[str, int] = {}
    ordered = list(names)
    for start in range(0, len(ordered), _BATCH):
        batch = padded(ordered[start : start + _BATCH])
        found.update(connection.query(f"SELECT name, key_id FROM keys WHERE name IN ({marks(len(batch))})", batch))
    return found


def padded(values: Collection[T]) -> list[T]:
    """Return values to be looked for, filled up with the last one to 1, 2, 4, 8 …

    So there are few different statements, and the database need not plan anew for each number of values.
    """
    ordered = list(values)
    return ordered + ordered[-1:] * ((1 << max(0, len(ordered) - 1).bit_length()) - len(ordered))


def marks(count: int) -> str:
    """Return ``count`` placeholders, separated by commas."""
    return ", ".join("?" * count)
