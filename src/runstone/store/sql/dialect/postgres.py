"""PostgreSQL: the team store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from runstone.core.errors import InvalidArgument, MissingExtra, StorageFull, StoreCorrupt, Unavailable, Unsupported
from runstone.store.sql.dialect.base import Connection, Row

if TYPE_CHECKING:
    import psycopg

_CHANNEL = "runstone_changed"
_SCHEMA_LOCK = 0x52554E53


class PostgresConnection:
    """A psycopg connection under the store's names."""

    for_update = "FOR UPDATE"
    for_key_share = "FOR KEY SHARE"
    skip_locked = "FOR UPDATE SKIP LOCKED"

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self.raw = raw
        self.has_news = False

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return self.raw.execute(_placeholders(sql), params).fetchall()

    def one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        return self.raw.execute(_placeholders(sql), params).fetchone()

    def iterate(self, sql: str, params: Sequence[Any] = ()) -> Iterator[Row]:
        with self.raw.cursor(name="runstone_iterate") as cursor:
            cursor.itersize = 1000
            yield from cursor.execute(_placeholders(sql), params)

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        return self.raw.execute(_placeholders(sql), params or None).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self.raw.cursor() as cursor:
            cursor.executemany(_placeholders(sql), rows)

    def script(self, sql: str) -> None:
        self.raw.execute(sql.encode())

    def roll_back(self) -> bool:
        import psycopg

        try:
            self.raw.rollback()
        except psycopg.Error:
            return False
        return not self.raw.broken

    def close(self) -> None:
        self.raw.close()


class PostgresWatcher:
    """Listens to what other processes announce.

    Args:
        raw: A connection of its own that listens.
    """

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw

    def wait(self, timeout_s: float) -> bool:
        import psycopg

        try:
            return any(True for _ in self._raw.notifies(timeout=timeout_s, stop_after=1))
        except psycopg.Error as error:
            raise Unavailable(f"the store cannot be watched: {error}") from error

    def close(self) -> None:
        self._raw.close()


class PostgresDialect:
    """A PostgreSQL database.

    Args:
        uri: ``postgresql://user:password@host:port/database``; libpq's parameters may follow ``?``.
    """

    name = "postgres"
    begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    begin_write = "BEGIN"
    announce = f"NOTIFY {_CHANNEL}"
    one_writer = False
    like = "{} LIKE ? ESCAPE ''"
    ilike = "{} ILIKE ? ESCAPE ''"
    regexp = "{} ~ ?"
    gather = "string_agg(({})::text, ',')"
    unindexed = "{}"
    among = "{} = ANY (CAST(string_to_array(?, ',') AS BIGINT[]))"

    def __init__(self, uri: str) -> None:
        self._conninfo = uri

    @property
    def uri(self) -> str:
        parts = urlsplit(self._conninfo)
        host = parts.netloc.rpartition("@")[2]
        user = f"{parts.username}@" if parts.username else ""
        return urlunsplit((parts.scheme, user + host, parts.path, "", ""))

    def connect(self) -> Connection:
        try:
            import psycopg
        except ImportError as error:
            raise MissingExtra("a PostgreSQL store", "postgres") from error
        try:
            raw = psycopg.connect(
                self._conninfo,
                autocommit=True,
                connect_timeout=10,
                application_name="runstone",
                client_encoding="utf8",
            )
        except psycopg.Error as error:
            raise self.translate(error) from error
        return PostgresConnection(raw)

    def watch(self) -> PostgresWatcher:
        connection = self.connect()
        assert isinstance(connection, PostgresConnection)
        connection.run(f"LISTEN {_CHANNEL}")
        return PostgresWatcher(connection.raw)

    def schema_version(self, connection: Connection) -> int:
        if connection.one("SELECT to_regclass('runstone_schema')") == (None,):
            return 0
        row = connection.one("SELECT version FROM runstone_schema")
        return 0 if row is None else int(row[0])

    def set_schema_version(self, connection: Connection, version: int) -> None:
        connection.run("CREATE TABLE IF NOT EXISTS runstone_schema (version BIGINT NOT NULL)")
        connection.run("DELETE FROM runstone_schema")
        connection.run("INSERT INTO runstone_schema (version) VALUES (?)", (version,))

    def prepare_file(self, connection: Connection) -> None:
        """Nothing to do: the server keeps its own log."""

    def lock_schema(self, connection: Connection) -> None:
        connection.query("SELECT pg_advisory_xact_lock(?)", (_SCHEMA_LOCK,))

    def translate(self, error: Exception) -> Exception:
        import psycopg

        if not isinstance(error, psycopg.Error):
            return error
        text = str(error).strip().partition("\n")[0]
        if isinstance(error, psycopg.errors.InvalidRegularExpression):
            return InvalidArgument(f"PostgreSQL cannot read this regular expression: {text}", field="filter")
        if isinstance(error, psycopg.errors.DiskFull):
            return StorageFull(f"the database at {self.uri} has no space left: {text}")
        if isinstance(error, (psycopg.OperationalError, psycopg.errors.TransactionRollback)):
            return Unavailable(f"the database at {self.uri} cannot be used at the moment: {text}")
        if isinstance(error, (psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted)):
            return StoreCorrupt(f"the database at {self.uri} reports damage: {text}")
        return error

    def is_retryable(self, error: Exception) -> bool:
        import psycopg

        # Two writers took one name at once: on the next try the later one finds it taken, and says so.
        return isinstance(error, (psycopg.errors.TransactionRollback, psycopg.errors.UniqueViolation))

    def reserve_id(self, connection: Connection, table: str, column: str, number: int) -> None:
        """Move the sequence beyond the number, with nobody else drawing from it meanwhile."""
        connection.run(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        sequence = connection.query("SELECT pg_get_serial_sequence(?, ?)", (table, column))[0][0]
        connection.query(f"SELECT setval(?, GREATEST(?, (SELECT last_value FROM {sequence})))", (sequence, number))

    def size_bytes(self, connection: Connection) -> int:
        size: int = connection.query("SELECT pg_database_size(current_database())")[0][0]
        return size

    def check(self, connection: Connection) -> list[str]:
        """Return nothing: the server checks its own pages."""
        return []

    def backup(self, connection: Connection, destination: str) -> None:
        raise Unsupported("a PostgreSQL store is backed up by pg_dump; `runstone export` writes a portable copy")

    def reclaim(self, connection: Connection) -> None:
        """Nothing to do: autovacuum does it."""


@lru_cache(maxsize=1024)
def _placeholders(sql: str) -> bytes:
    """Turn ``?`` into psycopg's ``%s``.  Our SQL holds no literal with either sign in it."""
    return sql.replace("%", "%%").replace("?", "%s").encode()
