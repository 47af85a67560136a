"""Versions of registered models: rows, tags, and the aliases that point at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from runstone.core.entities import ModelVersion
from runstone.core.errors import InvalidArgument, NotFound
from runstone.store import rules
from runstone.store.sql import model_aliases
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks

Key = tuple[str, int]
"""Name and number."""

_BATCH = 400
_STAGES = ("None", "Staging", "Production", "Archived")
_COLUMNS = (
    "v.name, v.version, v.created_ms, v.updated_ms, v.description, v.user_id, v.registry_stage, v.source, "
    "v.storage_location, v.run_id, v.run_link, v.model_id, v.status, v.status_message"
)


def insert(c: Connection, version: ModelVersion) -> None:
    """Add a checked version with its tags."""
    c.run(
        "INSERT INTO model_versions (name, version, created_ms, updated_ms, description, user_id, "
        "registry_stage, source, storage_location, run_id, run_link, model_id, status, status_message) "
        f"VALUES ({marks(14)})",
        (
            version.name,
            int(version.version),
            version.creation_timestamp,
            version.last_updated_timestamp,
            version.description,
            version.user_id,
            version.registry_stage,
            version.source,
            version.storage_location,
            version.run_id,
            version.run_link,
            version.model_id,
            version.status,
            version.status_message,
        ),
    )
    put_tags(c, (version.name, int(version.version)), version.tags)


def get(c: Connection, key: Key) -> ModelVersion:
    """Return one version with its aliases.

    Raises:
        NotFound: There is none.
    """
    found = get_many(c, [key])
    if not found:
        raise not_found(key)
    return found[0]


def get_many(c: Connection, keys: Sequence[Key], *, with_aliases: bool = True) -> list[ModelVersion]:
    """Return the versions that exist of these, in the order given."""
    found: dict[Key, ModelVersion] = {}
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        chosen = " OR ".join(["(v.name = ? AND v.version = ?)"] * len(batch))
        values = [value for key in batch for value in key]
        tags: defaultdict[Key, dict[str, str]] = defaultdict(dict)
        for name, version, tag, value in c.query(
            f"SELECT v.name, v.version, v.key, v.value FROM model_version_tags v WHERE {chosen} "
            "ORDER BY v.name, v.version, v.key",
            values,
        ):
            tags[name, version][tag] = value
        aliases: defaultdict[Key, list[str]] = defaultdict(list)
        if with_aliases:
            for name, version, alias in c.query(
                f"SELECT v.name, v.version, v.alias FROM registered_model_aliases v WHERE {chosen} ORDER BY v.alias",
                values,
            ):
                aliases[name, version].append(alias)
        for row in c.query(f"SELECT {_COLUMNS} FROM model_versions v WHERE {chosen}", values):
            key = (row[0], row[1])
            found[key] = _from_row(row, tags[key], aliases[key])
    return [found[key] for key in keys if key in found]


def latest(c: Connection, names: Sequence[str], stages: Collection[str] = ()) -> dict[str, list[ModelVersion]]:
    """Return the highest version of each stage, by model and in the order of the stages.

    Args:
        stages: In canonical spelling; all when there are none.
    """
    keys: list[Key] = []
    wanted = [stage for stage in _STAGES if not stages or stage in stages]
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        keys += c.query(
            f"SELECT name, MAX(version) FROM model_versions WHERE name IN ({marks(len(batch))}) "
            f"AND registry_stage IN ({marks(len(wanted))}) GROUP BY name, registry_stage",
            (*batch, *wanted),
        )
    found: dict[str, list[ModelVersion]] = {name: [] for name in names}
    versions = get_many(c, [(name, version) for name, version in keys])
    for version in sorted(versions, key=lambda version: _STAGES.index(version.registry_stage)):
        found[version.name].append(version)
    return found


def highest(c: Connection, name: str) -> int | None:
    """Return the highest number a model has now, or None without versions."""
    number: int | None = c.query("SELECT MAX(version) FROM model_versions WHERE name = ?", (name,))[0][0]
    return number


def by_alias(c: Connection, name: str, alias: str) -> int:
    """Return the number that an alias of an existing model points at; ``latest`` is the highest.

    Raises:
        InvalidArgument: The model has no such alias.
    """
    if alias.lower() == "latest":
        number = highest(c, name)
    else:
        row = c.one("SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?", (name, alias))
        number = None if row is None else row[0]
    if number is None:
        raise InvalidArgument(
            f"Registered model alias {alias} not found. Model {rules.shown(name)} has no such alias.",
            field="alias",
        )
    return number


def require(c: Connection, key: Key) -> None:
    """Refuse a version that is absent, and keep others from changing it.

    Raises:
        NotFound: There is none.
    """
    if c.one(f"SELECT 1 FROM model_versions WHERE name = ? AND version = ? {c.for_update}", key) is None:
        raise not_found(key)


def describe(c: Connection, key: Key, description: str, now_ms: int) -> None:
    """Set a description.

    Raises:
        NotFound: There is no such version.
    """
    if not c.run(
        "UPDATE model_versions SET description = ?, updated_ms = ? WHERE name = ? AND version = ?",
        (description, now_ms, *key),
    ):
        raise not_found(key)


def move(c: Connection, key: Key, stage: str, now_ms: int, *, archive_others: bool) -> dict[int, str]:
    """Put a version into a stage, and perhaps archive those that were in it; return who is in another one now.

    Raises:
        NotFound: There is no such version.
    """
    row = c.one("SELECT registry_stage FROM model_versions WHERE name = ? AND version = ?", key)
    if row is None:
        raise not_found(key)
    c.run(
        "UPDATE model_versions SET registry_stage = ?, updated_ms = ? WHERE name = ? AND version = ?",
        (stage, now_ms, *key),
    )
    moved = {} if row == (stage,) else {key[1]: stage}
    if archive_others:
        archived = c.query(
            "UPDATE model_versions SET registry_stage = 'Archived', updated_ms = ? "
            "WHERE name = ? AND registry_stage = ? AND version <> ? RETURNING version",
            (now_ms, key[0], stage, key[1]),
        )
        moved |= {version: "Archived" for (version,) in sorted(archived)}
    return moved


def delete(c: Connection, key: Key) -> None:
    """Remove a version, its tags and the aliases that point at it.

    Raises:
        NotFound: There is none.
    """
    if not c.run("DELETE FROM model_versions WHERE name = ? AND version = ?", key):
        raise not_found(key)
    # After the version, so that an alias set meanwhile, which waited for the version, is seen.
    model_aliases.delete_of_version(c, *key)


def put_tags(c: Connection, key: Key, tags: Mapping[str, str]) -> None:
    """Set checked tags on a version that exists."""
    c.many(
        "INSERT INTO model_version_tags (name, version, key, value) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name, version, key) DO UPDATE SET value = excluded.value",
        [(*key, tag, value) for tag, value in tags.items()],
    )


def delete_tag(c: Connection, key: Key, tag: str) -> bool:
    """Remove a tag and say whether it was there."""
    return c.run("DELETE FROM model_version_tags WHERE name = ? AND version = ? AND key = ?", (*key, tag)) > 0


def not_found(key: Key) -> NotFound:
    """Return the error that a version is absent."""
    return NotFound(f"Model Version (name={key[0]}, version={key[1]}) not found")


def _from_row(row: Row, tags: dict[str, str], aliases: Sequence[str]) -> ModelVersion:
    return ModelVersion(
        name=row[0],
        version=str(row[1]),
        creation_timestamp=row[2],
        last_updated_timestamp=row[3],
        description=row[4],
        user_id=row[5],
        registry_stage=row[6],
        source=row[7],
        storage_location=row[8],
        run_id=row[9],
        run_link=row[10],
        model_id=row[11],
        status=row[12],
        status_message=row[13],
        tags=tags,
        aliases=tuple(aliases),
    )
