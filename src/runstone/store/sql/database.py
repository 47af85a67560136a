"""Connections and transactions, for many threads and across forks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from runstone.core.errors import RunstoneError, StoreCorrupt
from runstone.store.sql.dialect.base import Connection, Dialect

if TYPE_CHECKING:
    from runstone.store.protocol.changes import Watcher
    from runstone.store.sql.announcing import Announcer

T = TypeVar("T")
Item = TypeVar("Item")

_MAX_TRIES = 8
_MIGRATIONS = Path(__file__).parent / "migrations"
_FILES = ("0001_initial.sql",)

SCHEMA_VERSION = len(_FILES)
"""The schema this version writes: the number of migrations."""


class _Joint(threading.local):
    """The transaction that whatever a thread writes becomes part of, if there is one.

    Attributes:
        left: What is done at its end, by the function that does it for all.
        error: What a part of it failed with; then none of it may be committed, whoever handled that.
    """

    connection: Connection | None = None
    left: dict[Callable[[Connection, list[Any]], None], list[Any]]
    error: BaseException | None


class Database:
    """A pool of connections to one database, whose schema is brought up to date at first use.

    Work is passed in as a function, so that a transaction which the database rolled back for reasons of its own
    (a deadlock) can be done again.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._idle: list[Connection] = []
        self._inherited: list[Connection] = []
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._turn = threading.RLock()
        self._joint = _Joint()
        self._pid = 0
        self._announcer = _announcer(self) if dialect.announce else None

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one consistent state of the database."""
        return self._transact(self.dialect.begin_read, work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction: all of it is committed, or nothing."""
        if self._joint.connection is not None:
            return self._join(self._joint.connection, work)
        result = self._transact(self.dialect.begin_write, work)
        if self._announcer is not None:
            self._announcer.note()
        return result

    def write_each(self, do_all: Callable[[Connection, list[Item]], None], item: Item) -> None:
        """Run ``do_all`` on an item in a transaction; in ``write_together``, on the items of all calls at once."""
        if self._joint.connection is None:
            self.write(lambda c: do_all(c, [item]))
        else:
            self._joint.left.setdefault(do_all, []).append(item)

    def write_together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Make some calls: all that they write is committed in one transaction, or nothing.

        What they read is what was there before.
        """

        def work(c: Connection) -> list[T]:
            self._joint.connection, self._joint.left, self._joint.error = c, {}, None
            try:
                results = [call() for call in calls]
                if self._joint.error is not None:
                    raise self._joint.error
                for do_all, items in self._joint.left.items():
                    do_all(c, items)
                return results
            finally:
                self._joint.connection = None

        return self.write(work)

    def watch(self) -> Watcher:
        """Return what waits for changes, made by whichever process."""
        self._idle.append(self._take())  # So that there is a database.
        return self.dialect.watch()

    def bare(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` outside a transaction."""
        connection = self._take()
        try:
            return work(connection)
        except Exception as error:
            raise self._translated(error) from error
        finally:
            self._idle.append(connection)

    def on_news(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called after commits that put deliveries into the outbox; what is returned ends that."""
        self._listeners.append(wake)
        return lambda: self._listeners.remove(wake)

    def close(self) -> None:
        """Close idle connections."""
        if self._pid != os.getpid():
            return
        if self._announcer is not None:
            self._announcer.flush()
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        # A store that was forgotten leaves no open file behind, of which Python 3.13 would warn.
        self.close()

    def tell_others(self) -> None:
        """Say that something was committed; who cannot be told looks by himself, later."""
        try:
            self.bare(lambda c: c.run(self.dialect.announce))
        except RunstoneError:
            pass

    def _join(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        try:
            return work(connection)
        except BaseException as error:
            self._joint.error = error
            raise

    def _transact(self, begin: str, work: Callable[[Connection], T]) -> T:
        for attempt in range(_MAX_TRIES):
            connection = self._take()
            connection.has_news = False
            waits = begin == self.dialect.begin_write and self.dialect.one_writer
            with self._turn if waits else nullcontext():
                try:
                    connection.run(begin)
                    result = work(connection)
                    connection.run("COMMIT")
                except BaseException as error:
                    self._roll_back(connection)
                    if attempt + 1 < _MAX_TRIES and isinstance(error, Exception) and self.dialect.is_retryable(error):
                        continue
                    if isinstance(error, Exception):
                        translated = self._translated(error)
                        if translated is not error:
                            raise translated from error
                    raise
            has_news = connection.has_news
            self._idle.append(connection)
            if has_news:
                for wake in tuple(self._listeners):
                    wake()
            return result
        raise AssertionError("unreachable: the last try returns or raises")

    def _roll_back(self, connection: Connection) -> None:
        """Return the connection to the pool, or drop it if it is broken."""
        if connection.roll_back():
            self._idle.append(connection)
        else:
            connection.close()

    def _translated(self, error: Exception) -> Exception:
        return error if isinstance(error, RunstoneError) else self.dialect.translate(error)

    def _take(self) -> Connection:
        if self._pid != os.getpid():
            self._start()
        try:
            return self._idle.pop()
        except IndexError:
            return self.dialect.connect()

    def _start(self) -> None:
        """Begin anew in this process: connections must not cross a fork, so inherited ones are kept but not used."""
        with self._lock:
            if self._pid == os.getpid():
                return
            self._inherited += self._idle
            self._idle = []
            self._turn = threading.RLock()
            connection = self.dialect.connect()
            try:
                self._migrate(connection)
            except Exception as error:
                connection.close()
                raise self._translated(error) from error
            self._idle.append(connection)
            self._pid = os.getpid()

    def _migrate(self, connection: Connection) -> None:
        dialect = self.dialect
        version = dialect.schema_version(connection)
        if version == SCHEMA_VERSION:
            return
        if version > SCHEMA_VERSION:
            raise StoreCorrupt(
                f"{dialect.uri} was written by a newer Runstone "
                f"(schema {version}, this one knows {SCHEMA_VERSION}); upgrade Runstone"
            )
        dialect.prepare_file(connection)
        connection.run(dialect.begin_write)
        try:
            dialect.lock_schema(connection)
            # Another process may have migrated while this one waited for the lock.
            for number in range(dialect.schema_version(connection) + 1, SCHEMA_VERSION + 1):
                script = _MIGRATIONS / dialect.name / _FILES[number - 1]
                connection.script(script.read_text("utf-8"))
                dialect.set_schema_version(connection, number)
            connection.run("COMMIT")
        except BaseException:
            connection.roll_back()
            raise


def _announcer(database: Database) -> Announcer:
    """Return what tells others of a database's changes; it does not keep the database from being forgotten."""
    from weakref import ref

    from runstone.store.sql.announcing import Announcer

    weak = ref(database)

    def send() -> None:
        found = weak()
        if found is not None:
            found.tell_others()

    return Announcer(send)
