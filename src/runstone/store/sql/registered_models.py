"""Registered models: rows, tags and aliases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from runstone.core.entities import RegisteredModel
from runstone.core.errors import AlreadyExists, NotFound
from runstone.store.sql import model_versions
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

_BATCH = 500


def insert(c: Connection, name: str, description: str, tags: Mapping[str, str], now_ms: int) -> None:
    """Make a checked name.

    Raises:
        AlreadyExists: It is taken.
    """
    if not c.run(
        "INSERT INTO registered_models (name, created_ms, updated_ms, description) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO NOTHING",
        (name, now_ms, now_ms, description),
    ):
        raise _taken(name)
    put_tags(c, name, tags)


def get(c: Connection, name: str) -> RegisteredModel:
    """Return one model.

    Raises:
        NotFound: No model has this name.
    """
    found = get_many(c, [name])
    if not found:
        raise _not_found(name)
    return found[0]


def get_many(c: Connection, names: Sequence[str]) -> list[RegisteredModel]:
    """Return the models that exist of these, in the order given."""
    found: dict[str, RegisteredModel] = {}
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        chosen = f"WHERE name IN ({marks(len(batch))})"
        tags: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for name, key, value in c.query(
            f"SELECT name, key, value FROM registered_model_tags {chosen} ORDER BY name, key", batch
        ):
            tags[name][key] = value
        aliases: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for name, alias, version in c.query(
            f"SELECT name, alias, version FROM registered_model_aliases {chosen} ORDER BY name, alias", batch
        ):
            aliases[name][alias] = str(version)
        latest = model_versions.latest(c, batch)
        for name, created_ms, updated_ms, description in c.query(
            f"SELECT name, created_ms, updated_ms, description FROM registered_models {chosen}", batch
        ):
            found[name] = RegisteredModel(
                name=name,
                creation_timestamp=created_ms,
                last_updated_timestamp=updated_ms,
                description=description,
                tags=tags[name],
                aliases=aliases[name],
                latest_versions=tuple(latest[name]),
            )
    return [found[name] for name in names if name in found]


def require(c: Connection, name: str, *, lock: bool = False) -> None:
    """Refuse a model that is absent, and with ``lock`` keep others from changing it.

    Raises:
        NotFound: No model has this name.
    """
    for_update = c.for_update if lock else ""
    if c.one(f"SELECT 1 FROM registered_models WHERE name = ? {for_update}", (name,)) is None:
        raise _not_found(name)


def touch(c: Connection, name: str, now_ms: int) -> None:
    """Note that a model or one of its versions changed; nobody else changes them before the transaction ends.

    Raises:
        NotFound: No model has this name.
    """
    if not c.run("UPDATE registered_models SET updated_ms = ? WHERE name = ?", (now_ms, name)):
        raise _not_found(name)


def next_version(c: Connection, name: str, now_ms: int) -> int:
    """Take the next version's number.

    Raises:
        NotFound: No model has this name.
    """
    row = c.one(
        "UPDATE registered_models SET last_version = last_version + 1, updated_ms = ? WHERE name = ? "
        "RETURNING last_version",
        (now_ms, name),
    )
    if row is None:
        raise _not_found(name)
    number: int = row[0]
    return number


def rename(c: Connection, name: str, new_name: str, now_ms: int) -> None:
    """Give a model another, checked name; the foreign keys take everything of it along.

    Raises:
        NotFound: No model has this name.
        AlreadyExists: The new one is taken.
    """
    touch(c, name, now_ms)
    if new_name == name:
        return
    if c.one("SELECT 1 FROM registered_models WHERE name = ?", (new_name,)) is not None:
        raise _taken(new_name)
    c.run("UPDATE registered_models SET name = ? WHERE name = ?", (new_name, name))


def describe(c: Connection, name: str, description: str, now_ms: int) -> None:
    """Set a description.

    Raises:
        NotFound: No model has this name.
    """
    touch(c, name, now_ms)
    c.run("UPDATE registered_models SET description = ? WHERE name = ?", (description, name))


def delete(c: Connection, name: str) -> None:
    """Remove a model with everything of it.

    Raises:
        NotFound: No model has this name.
    """
    if not c.run("DELETE FROM registered_models WHERE name = ?", (name,)):
        raise _not_found(name)


def put_tags(c: Connection, name: str, tags: Mapping[str, str]) -> None:
    """Set checked tags on a model that exists."""
    c.many(
        "INSERT INTO registered_model_tags (name, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (name, key) DO UPDATE SET value = excluded.value",
        [(name, key, value) for key, value in tags.items()],
    )


def delete_tag(c: Connection, name: str, key: str) -> bool:
    """Remove a tag and say whether it was there."""
    return c.run("DELETE FROM registered_model_tags WHERE name = ? AND key = ?", (name, key)) > 0


def _not_found(name: str) -> NotFound:
    return NotFound(f"Registered Model with name={name} not found")


def _taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"Registered Model (name={name}) already exists.")
