"""SQLite: the embedded store."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from runstone.core.errors import PermissionDenied, StorageFull, StoreCorrupt, Unavailable
from runstone.store.sql.dialect.base import Connection, Row

APPLICATION_ID = 0x52554E53
"""``RUNS`` in the file's header tells our databases from others."""

_BUSY_TIMEOUT_S = 15.0


class SqliteConnection:
    """A ``sqlite3`` connection under the store's names."""

    for_update = ""
    for_key_share = ""
    skip_locked = ""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self.has_news = False

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return self.raw.execute(sql, params).fetchall()

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        row: Row | None = self.raw.execute(sql, params).fetchone()
        return row

    def iterate(self, sql: str, params: Sequence[Any] = ()) -> Iterator[Row]:
        return self.raw.execute(sql, params)

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        return self.raw.execute(sql, params).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.raw.executemany(sql, rows)

    def script(self, sql: str) -> None:
        # Not executescript: that commits the transaction it is called in.
        for statement in _statements(sql):
            self.raw.execute(statement)

    def roll_back(self) -> bool:
        try:
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        self.raw.close()


class SqliteWatcher:
    """Looks at SQLite's counter of what others commit.

    Args:
        connection: Its own, which never writes.
    """

    _LOOK_S = 0.2

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen = self._version()

    def wait(self, timeout_s: float) -> bool:
        until = time.monotonic() + timeout_s
        while (now := self._version()) == self._seen:
            left_s = until - time.monotonic()
            if left_s <= 0:
                return False
            time.sleep(min(self._LOOK_S, left_s))
        self._seen = now
        return True

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> int:
        try:
            version: int = self._connection.query("PRAGMA data_version")[0][0]
        except sqlite3.Error as error:
            raise Unavailable(f"the store cannot be watched: {error}") from error
        return version


class SqliteDialect:
    """A database file.

    Args:
        path: The file; it and its folder are made when absent.
    """

    name = "sqlite"
    begin_read = "BEGIN"
    begin_write = "BEGIN IMMEDIATE"
    one_writer = True
    like = "{} LIKE ?"
    ilike = "ilike(?, {})"
    regexp = "{} REGEXP ?"
    gather = "group_concat({})"
    unindexed = "+{}"
    announce = ""
    among = "{} IN (SELECT value FROM json_each('[' || ? || ']'))"

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.path}"

    def connect(self) -> Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            raw = sqlite3.connect(
                self._address(),
                uri=True,
                timeout=_BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
            )
            # WAL lets readers and a writer work at once; NORMAL survives the death of the process at any point.
            raw.execute("PRAGMA synchronous = NORMAL")
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute("PRAGMA case_sensitive_like = ON")
            raw.execute("PRAGMA cache_size = -16000")
            raw.execute("PRAGMA mmap_size = 1073741824")
            raw.execute("PRAGMA temp_store = MEMORY")
        except (sqlite3.Error, OSError) as error:
            raise self.translate(error) from error
        raw.create_function("regexp", 2, _regexp, deterministic=True)
        raw.create_function("ilike", 2, _ilike, deterministic=True)
        return SqliteConnection(raw)

    def watch(self) -> SqliteWatcher:
        return SqliteWatcher(self.connect())

    def _address(self) -> str:
        """Return the file as SQLite's URI; what may not be written is opened to be read."""
        address = self.path.as_uri()
        if not self.path.exists() or (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)):
            return address
        log = self.path.with_name(f"{self.path.name}-wal")
        # Without a log to read beside it, the file is all there is, and no lock can be needed.
        has_log = log.exists() and log.stat().st_size > 0
        return f"{address}?mode=ro" if has_log else f"{address}?immutable=1"

    def schema_version(self, connection: Connection) -> int:
        # Asked first: a process that makes the schema at this moment sets the id along with it, never after it.
        has_schema = connection.one("SELECT 1 FROM sqlite_schema LIMIT 1") is not None
        ours = connection.query("PRAGMA application_id")[0][0]
        version: int = connection.query("PRAGMA user_version")[0][0]
        if ours == APPLICATION_ID:
            return version
        if has_schema:
            raise StoreCorrupt(
                f"{self.path} is a SQLite database, but not one of Runstone's; "
                "move it away or point RUNSTONE_TRACKING_URI somewhere else"
            )
        return 0

    def set_schema_version(self, connection: Connection, version: int) -> None:
        connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.run(f"PRAGMA user_version = {int(version)}")

    def prepare_file(self, connection: Connection) -> None:
        """Turn on write-ahead logging, which is kept in the file and cannot be set inside a transaction."""
        give_up = time.monotonic() + _BUSY_TIMEOUT_S
        while True:
            try:
                connection.query("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                # Of two that do this at once, SQLite turns one away without waiting: both would wait for each other.
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.005)

    def lock_schema(self, connection: Connection) -> None:
        """Nothing to do: a write transaction is exclusive."""

    def translate(self, error: Exception) -> Exception:
        if isinstance(error, sqlite3.Error):
            return self._translate_sqlite(error)
        if isinstance(error, PermissionError):
            return PermissionDenied(_cannot_write(self.path.parent))
        if isinstance(error, OSError) and not isinstance(error, Unavailable):
            return Unavailable(f"cannot use the store at {self.path}: {error}")
        return error

    def _translate_sqlite(self, error: sqlite3.Error) -> Exception:
        text = str(error)
        if "locked" in text or "busy" in text:
            return Unavailable(f"{self.path} was kept locked by another program for {_BUSY_TIMEOUT_S:.0f} s; try again")
        if "full" in text or "disk I/O" in text:
            return StorageFull(f"cannot write {self.path}: {text}; free some space or raise the file-size limit")
        if "readonly" in text or "unable to open" in text:
            return PermissionDenied(_cannot_write(self.path))
        if "not a database" in text or "malformed" in text:
            return StoreCorrupt(
                f"{self.path} is damaged or not a database ({text}); restore a backup with `runstone restore`, "
                "or move the file away"
            )
        return error

    def is_retryable(self, error: Exception) -> bool:
        return isinstance(error, sqlite3.OperationalError) and "schema has changed" in str(error)

    def reserve_id(self, connection: Connection, table: str, column: str, number: int) -> None:
        """Do nothing: the next number is always one above the greatest."""

    def size_bytes(self, connection: Connection) -> int:
        pages: int = connection.query("PRAGMA page_count")[0][0]
        page_size: int = connection.query("PRAGMA page_size")[0][0]
        return pages * page_size

    def check(self, connection: Connection) -> list[str]:
        found = [row[0] for row in connection.query("PRAGMA integrity_check(100)")]
        return [] if found == ["ok"] else found

    def backup(self, connection: Connection, destination: str) -> None:
        connection.run("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(destination),))

    def reclaim(self, connection: Connection) -> None:
        connection.run("VACUUM")


def _cannot_write(path: Path) -> str:
    return (
        f"cannot write {path}: permission denied or a read-only file system; "
        "point RUNSTONE_TRACKING_URI at a folder you may write"
    )


def _statements(sql: str) -> Iterator[str]:
    """Split a script into its statements."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _regexp(pattern: str, text: str | None) -> bool:
    return text is not None and _compiled(pattern).search(text) is not None


def _ilike(pattern: str, text: str | None) -> bool:
    from runstone.store.search.evaluate import ilike

    return text is not None and ilike(pattern, text)
