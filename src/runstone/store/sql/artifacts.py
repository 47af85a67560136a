"""Manifests: paths of runs and logged models, joined to blobs by their digests.

A manifest has files only; a folder is there because a file is below it.  Paths sort by their bytes, so
everything below ``a`` stands from ``a/`` up to but not including ``a0``: ``0`` is the character after ``/``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from runstone.core.digest import check_digest
from runstone.core.entities import ArtifactEntry, FileInfo
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.paths import check_artifact_path
from runstone.store import rules
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks
from runstone.store.sql.runs import find_run

_BATCH = 500
_ENTRY = "path, digest, size_bytes, created_ms"


class Artifacts:
    """Artifacts in a SQL database."""

    _database: Database

    def put_artifacts(self, owner_id: str, entries: Sequence[ArtifactEntry]) -> None:
        """Join paths to blobs that are in the blob store already."""
        checked = [check_entry(entry) for entry in entries]

        self._database.write(lambda c: _put(c, _require_owner(c, owner_id, active=True), checked))

    def find_artifact(self, owner_id: str, path: str) -> ArtifactEntry | None:
        """Return the entry at exactly this path, or None."""
        exact = check_artifact_path(path)
        return self._database.read(lambda c: _find(c, _require_owner(c, owner_id), exact))

    def list_artifacts(self, owner_id: str, path: str = "") -> list[FileInfo]:
        """Return the direct children of a folder, sorted by path."""
        folder = check_artifact_path(path, allow_empty=True)
        return self._database.read(lambda c: _list_children(c, _require_owner(c, owner_id), folder))

    def iter_artifacts(self, owner_id: str, path: str = "") -> list[ArtifactEntry]:
        """Return every entry at or below a path, sorted by path."""
        top = check_artifact_path(path, allow_empty=True)
        return self._database.read(lambda c: _list_all(c, _require_owner(c, owner_id), top))

    def delete_artifacts(self, owner_id: str, path: str = "") -> int:
        """Remove the entries at or below a path and return how many."""
        top = check_artifact_path(path, allow_empty=True)
        return self._database.write(lambda c: _delete(c, _require_owner(c, owner_id, active=True), top))


def check_entry(entry: ArtifactEntry) -> ArtifactEntry:
    """Return an entry of a manifest if it can be one.

    Raises:
        InvalidArgument: Its path is not a safe relative one, its digest none, or its size negative.
    """
    check_artifact_path(entry.path)
    check_digest(entry.digest)
    if not 0 <= entry.size_bytes < 2**63:
        raise InvalidArgument(
            f"the size of artifact {rules.shown(entry.path)} must not be negative", field="size_bytes"
        )
    return entry


def put(c: Connection, run_no: int, entries: Sequence[ArtifactEntry]) -> None:
    """Add checked entries to a run's manifest.

    Raises:
        InvalidArgument: Some paths are folders already, or go through files.  All others were written, for a
            caller who can do without these; one who cannot rolls the transaction back.
    """
    _put(c, _of_run(run_no), entries)


class _Owner(NamedTuple):
    """Whose manifest it is: a table, its key column, and the key."""

    table: str
    column: str
    key: int | str


def _of_run(run_no: int) -> _Owner:
    return _Owner("run_artifacts", "run_no", run_no)


def _require_owner(c: Connection, owner_id: str, *, active: bool = False) -> _Owner:
    """Return the run or model of this id; with ``active``, nobody else changes it until the transaction ends.

    Raises:
        NotFound: There is neither.
        InvalidState: It is deleted and ``active`` is asked for.
    """
    rules.check_run_id(owner_id)
    if owner_id.startswith("m-"):
        row = c.one(
            f"SELECT lifecycle_stage FROM logged_models WHERE model_id = ? {c.for_update if active else ''}",
            (owner_id,),
        )
        if row is not None:
            if active:
                rules.check_active(row[0], f"logged model {owner_id}")
            return _Owner("model_artifacts", "model_id", owner_id)
    run = find_run(c, owner_id, lock=active)
    if run is None:
        raise NotFound(f"No run or logged model with id={owner_id} exists")
    if active:
        rules.check_active(run.lifecycle_stage, f"run {owner_id}")
    return _of_run(run.run_no)


def _put(c: Connection, owner: _Owner, entries: Sequence[ArtifactEntry]) -> None:
    refused: list[str] = []
    accepted: dict[str, ArtifactEntry] = {}
    paths = {entry.path for entry in entries}
    folders = _which_are_folders(c, owner, paths)
    files = _which_are_files(c, owner, {folder for path in paths for folder in _folders_above(path)})
    for entry in entries:
        above = _folders_above(entry.path)
        in_the_way = next((folder for folder in above if folder in files or folder in accepted), None)
        if entry.path in folders:
            refused.append(f"artifact path {rules.shown(entry.path)} is a folder already; it cannot be a file too")
        elif in_the_way is not None:
            refused.append(
                f"artifact path {rules.shown(entry.path)} goes through {rules.shown(in_the_way)}, "
                "which is a file; it cannot be a folder too"
            )
        else:
            accepted[entry.path] = entry
            folders.update(above)
    c.many(
        f"INSERT INTO {owner.table} ({owner.column}, {_ENTRY}) VALUES (?, ?, ?, ?, ?) "
        f"ON CONFLICT ({owner.column}, path) DO UPDATE SET digest = excluded.digest, "
        "size_bytes = excluded.size_bytes, created_ms = excluded.created_ms",
        [(owner.key, entry.path, entry.digest, entry.size_bytes, entry.created_ms) for entry in accepted.values()],
    )
    if refused:
        raise InvalidArgument("; ".join(refused), field="path")


def _folders_above(path: str) -> list[str]:
    """Return ``a`` and ``a/b`` for ``a/b/c``."""
    return [path[:at] for at, character in enumerate(path) if character == "/"]


def _which_are_files(c: Connection, owner: _Owner, paths: Collection[str]) -> set[str]:
    found: set[str] = set()
    for batch in _batches(paths):
        rows = c.query(
            f"SELECT path FROM {owner.table} WHERE {owner.column} = ? AND path IN ({marks(len(batch))})",
            (owner.key, *batch),
        )
        found.update(row[0] for row in rows)
    return found


def _which_are_folders(c: Connection, owner: _Owner, paths: Collection[str]) -> set[str]:
    found: set[str] = set()
    for batch in _batches(paths):
        rows = c.query(
            f"WITH wanted (path) AS (VALUES {', '.join(['(?)'] * len(batch))}) "
            # A scalar subquery, because PostgreSQL may turn EXISTS into a join over all of the manifest.
            f"SELECT wanted.path FROM wanted WHERE (SELECT 1 FROM {owner.table} a WHERE a.{owner.column} = ? "
            "AND a.path > wanted.path || '/' AND a.path < wanted.path || '0' LIMIT 1) = 1",
            (*batch, owner.key),
        )
        found.update(row[0] for row in rows)
    return found


def _batches(paths: Iterable[str]) -> list[list[str]]:
    ordered = sorted(paths)
    return [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]


def _find(c: Connection, owner: _Owner, path: str) -> ArtifactEntry | None:
    row = c.one(f"SELECT {_ENTRY} FROM {owner.table} WHERE {owner.column} = ? AND path = ?", (owner.key, path))
    return None if row is None else _entry(row)


def _list_all(c: Connection, owner: _Owner, top: str) -> list[ArtifactEntry]:
    condition, params = _at_or_below(owner, top)
    rows = c.query(f"SELECT {_ENTRY} FROM {owner.table} WHERE {condition} ORDER BY path", params)
    return [_entry(row) for row in rows]


def _delete(c: Connection, owner: _Owner, top: str) -> int:
    condition, params = _at_or_below(owner, top)
    return c.run(f"DELETE FROM {owner.table} WHERE {condition}", params)


def _at_or_below(owner: _Owner, top: str) -> tuple[str, tuple[int | str, ...]]:
    if not top:
        return f"{owner.column} = ?", (owner.key,)
    return (
        f"{owner.column} = ? AND (path = ? OR (path > ? AND path < ?))",
        (owner.key, top, f"{top}/", f"{top}0"),
    )


def _list_children(c: Connection, owner: _Owner, folder: str) -> list[FileInfo]:
    """Return files and folders directly below a folder, leaping over what is inside the folders."""
    prefix = f"{folder}/" if folder else ""
    children: list[FileInfo] = []
    # Nothing valid begins with a character below this one.
    start, end = prefix or "\x01", f"{folder}0" if folder else None
    while True:
        rows = c.query(
            f"SELECT path, size_bytes, digest FROM {owner.table} WHERE {owner.column} = ? AND path >= ? "
            f"{'' if end is None else 'AND path < ? '}ORDER BY path LIMIT {_BATCH}",
            (owner.key, start) if end is None else (owner.key, start, end),
        )
        for path, size_bytes, digest in rows:
            if path < start:
                continue
            name, slash, _ = path[len(prefix) :].partition("/")
            child = prefix + name
            if slash:
                children.append(FileInfo(child, True))
                start = f"{child}0"
            else:
                children.append(FileInfo(child, False, size_bytes, digest))
                start = f"{path}\x01"
        if len(rows) < _BATCH:
            return sorted(children, key=lambda info: info.path)


def _entry(row: Row) -> ArtifactEntry:
    path, digest, size_bytes, created_ms = row
    return ArtifactEntry(path=path, digest=digest, size_bytes=size_bytes, created_ms=created_ms)
