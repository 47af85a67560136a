"""A store by its URI.

Reading the URI and looking at what stands there costs next to nothing; the store's own modules are loaded
when one is opened, and a database is connected to when it is first used.
"""

from __future__ import annotations

import re
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from runstone.core.errors import InvalidArgument, PermissionDenied, StoreCorrupt, Unavailable

if TYPE_CHECKING:
    from runstone.store.protocol import Store

DATABASE_NAME = "runstone.db"
"""The database's file within a store's folder."""

BLOBS_FOLDER = "blobs"
"""The folder of artifacts within a store's folder, where nothing else is set."""

_SERVER_SCHEMES = ("http", "https")
_DATABASE_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]+):")  # One letter alone is a drive on Windows.
_KNOWN = "a path, file:, sqlite:, postgresql:, http:, https:"


def open_store(uri: str) -> Store:
    """Return the store at a URI, which is made when first used.

    Args:
        uri: A folder, or a database file, as a path, ``file:`` or ``sqlite:///`` URI; ``postgresql://…``; or the
            address of a server, ``http://…`` or ``https://…``.

    Raises:
        InvalidArgument: Nothing is known by such a URI.
        StoreCorrupt: Something that cannot be a store is in its place.
        PermissionDenied, Unavailable: The place cannot be looked at.
    """
    path = database_path(uri)
    if path is not None:
        return open_embedded(path)
    if is_server(uri):
        from runstone.store.remote import open_remote

        return open_remote(uri)
    from runstone.store.sql.dialect.postgres import PostgresDialect
    from runstone.store.sql.store import SqlStore

    return SqlStore(PostgresDialect(uri))


def open_embedded(database: Path) -> Store:
    """Return the embedded store in a database file, which is made when first used.

    Raises:
        StoreCorrupt, PermissionDenied, Unavailable: As ``open_store``.
    """
    from runstone.store.sql.dialect.sqlite import SqliteDialect
    from runstone.store.sql.store import SqlStore

    check_place(database)
    return SqlStore(SqliteDialect(database))


def database_path(uri: str) -> Path | None:
    """Return the absolute path of an embedded store's database file, or None for a store elsewhere.

    Raises:
        InvalidArgument: Nothing is known by such a URI.
    """
    if not uri.strip() or "\0" in uri:
        raise InvalidArgument(f"not the URI of a store: {uri[:100]!r}; give {_KNOWN}", field="uri")
    match = _SCHEME.match(uri)
    scheme = match.group(1).lower() if match else ""
    if scheme in ("", "file", "sqlite"):
        return _database_in(_path_of(uri, scheme))
    if scheme in ("postgresql", "postgres", *_SERVER_SCHEMES):
        return None
    raise InvalidArgument(f"no store is known by {scheme}: URIs; give {_KNOWN}", field="uri")


def is_server(uri: str) -> bool:
    """Say whether a URI is the address of a server."""
    match = _SCHEME.match(uri)
    return match is not None and match[1].lower() in _SERVER_SCHEMES


def check_place(database: Path) -> None:
    """Refuse a place where something stands that cannot be a store.

    A file of another kind is found out when the database is first used: it must not be opened here, since
    closing it gives up the locks that SQLite may hold on it for this process (sqlite.org/howtocorrupt.html).

    Raises:
        StoreCorrupt: There is a folder where the database should be, or a file where a folder should be.
        PermissionDenied, Unavailable: The place cannot be looked at.
    """
    way_out = "move it away or point RUNSTONE_TRACKING_URI somewhere else"
    try:
        facts = database.stat()
    except FileNotFoundError:
        return
    except NotADirectoryError as error:
        blocking = next(parent for parent in database.parents if parent.exists())
        raise StoreCorrupt(f"{blocking} is a file, but a store's folder is wanted there; {way_out}") from error
    except PermissionError as error:
        raise PermissionDenied(f"cannot look at the store {database}: permission denied; {way_out}") from error
    except OSError as error:
        raise Unavailable(f"cannot use the store at {database}: {error.strerror}; {way_out}") from error
    if S_ISDIR(facts.st_mode):
        raise StoreCorrupt(f"{database} is a folder, but a store's database is wanted there; {way_out}")
    if facts.st_size == 0 and _has_blobs(database.parent) and not database.with_name(f"{database.name}-wal").exists():
        # To make a new store there would leave all those files to `gc`.
        raise StoreCorrupt(
            f"{database} is empty, but the files of runs are beside it: restore a backup with `runstone restore`, or "
            "remove it to begin anew"
        )


def _has_blobs(folder: Path) -> bool:
    try:
        return any((folder / BLOBS_FOLDER).iterdir())
    except OSError:
        return False


def _path_of(uri: str, scheme: str) -> Path:
    if scheme == "sqlite":
        rest = uri[len("sqlite:") :]
        # SQLAlchemy's spelling: sqlite:///relative, sqlite:////absolute.
        rest = rest[3:] if rest.startswith("///") else rest
        if rest.startswith("//") and not uri.startswith("sqlite:////"):
            raise InvalidArgument(f"a sqlite: URI names no host: {uri!r}; write sqlite:///PATH", field="uri")
        if not rest or rest == ":memory:":
            raise InvalidArgument(f"a store needs a file: {uri!r}; write sqlite:///PATH", field="uri")
        return Path(rest)
    if scheme == "file":
        parts = urlsplit(uri)
        if parts.netloc not in ("", "localhost"):
            raise InvalidArgument(f"a file: URI names no other host: {uri!r}; write file:///PATH", field="uri")
        path = unquote(parts.path)
        if not path:
            raise InvalidArgument(f"a file: URI without a path: {uri!r}; write file:///PATH", field="uri")
        return Path(path)
    return Path(uri)


def _database_in(path: Path) -> Path:
    """Return the database file of a store that is given by its folder or by that file."""
    absolute = path.expanduser().absolute()
    try:
        is_folder, is_file = absolute.is_dir(), absolute.is_file()
    except OSError:
        # Not to be looked at; what is wrong with it comes up when the store is opened.
        is_folder = is_file = False
    if not is_folder and (is_file or absolute.suffix in _DATABASE_SUFFIXES):
        return absolute
    return absolute / DATABASE_NAME
