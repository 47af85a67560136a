"""Aliases of registered models, and where they pointed before."""

from __future__ import annotations

from runstone.core.clock import now_ms
from runstone.core.entities import AliasMove
from runstone.store.sql.dialect.base import Connection


def put(c: Connection, name: str, alias: str, version: int, user_id: str = "") -> None:
    """Point a checked alias at a version that exists."""
    before = c.one("SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?", (name, alias))
    if before is None or before[0] != version:
        _remember_move(c, name, alias, version, user_id)
    c.run(
        "INSERT INTO registered_model_aliases (name, alias, version) VALUES (?, ?, ?) "
        "ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version",
        (name, alias, version),
    )


def delete(c: Connection, name: str, alias: str, user_id: str = "") -> bool:
    """Remove an alias and say whether it was there."""
    was_there = c.run("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?", (name, alias)) > 0
    if was_there:
        _remember_move(c, name, alias, None, user_id)
    return was_there


def delete_of_version(c: Connection, name: str, version: int) -> None:
    """Remove the aliases that point at a version which is gone."""
    found = c.query("SELECT alias FROM registered_model_aliases WHERE name = ? AND version = ?", (name, version))
    for (alias,) in list(found):
        delete(c, name, alias)


def moves(c: Connection, name: str, limit: int) -> list[AliasMove]:
    """Return where a model's aliases were pointed, the newest first."""
    rows = c.query(
        "SELECT alias, version, moved_ms, user_id FROM alias_moves WHERE name = ? ORDER BY move_no DESC LIMIT ?",
        (name, limit),
    )
    return [
        AliasMove(alias=alias, version=None if version is None else str(version), moved_ms=moved_ms, user_id=user_id)
        for alias, version, moved_ms, user_id in rows
    ]


def _remember_move(c: Connection, name: str, alias: str, version: int | None, user_id: str) -> None:
    c.run(
        "INSERT INTO alias_moves (name, alias, version, moved_ms, user_id) VALUES (?, ?, ?, ?, ?)",
        (name, alias, version, now_ms(), user_id),
    )
