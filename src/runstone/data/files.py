"""The digest of a file or a folder.

A file that holds a table counts as its rows.  In a folder, files of tables whose names differ in digits only
(``part-0.csv``, ``part-1.csv``) are parts of one table and their rows one multiset; every other file counts as its
name and its bytes, and so does a table as its name and its rows where there is more than one.  Names are relative to
the folder, so neither where it lies nor the order in which files are listed matters.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from runstone.core.errors import InvalidArgument, MissingExtra, NotFound
from runstone.data.reading import read_table, table_format
from runstone.data.row_digest import canonical_json, short_digest
from runstone.data.table import Table, TableColumn, table_of_arrow

Reading: TypeAlias = Literal["auto", "table", "files"]

_DIGITS = re.compile(r"\d+")
_CHUNK = 2**20
_logger = logging.getLogger(__name__)


class File(NamedTuple):
    """A file whose bytes count: its name relative to the folder, its size and SHA-256."""

    name: str
    size_bytes: int
    digest: str


class Contents(NamedTuple):
    """What was found at a path.

    Attributes:
        digest: The digest of it all.
        files: The files that are no part of a table.
        tables: Name → table; the name of the only one is empty.
    """

    digest: str
    files: list[File]
    tables: dict[str, Table]


def read_contents(path: Path, reading: Reading = "auto") -> Contents:
    """Return what is at a path.

    Args:
        path: A file or a folder.
        reading: ``auto`` reads as tables what can be, ``files`` nothing, ``table`` insists on one table.

    Raises:
        NotFound: Nothing is there.
        InvalidArgument: There is a pipe or a device among the files, folders form a loop, or it is not one table.
        MissingExtra: ``table`` is asked for, and pyarrow is not installed.
    """
    if reading not in ("auto", "table", "files"):
        raise InvalidArgument(f"reading must be auto, table or files, not {reading!r}", field="reading")
    if reading == "table" and find_spec("pyarrow") is None:
        raise MissingExtra("reading a file as a table", "data")
    found = _list_files(path)
    tables: dict[str, Table] = {}
    rest = dict(found)
    if reading != "files" and find_spec("pyarrow") is not None:
        for name, parts in _tables_among(found).items():
            tables.update(_read_parts(name, {part: found[part] for part in parts}, rest))
    files = [File(name, at.stat().st_size, _file_digest(at)) for name, at in rest.items()]
    if len(tables) == 1 and not files:
        only = next(iter(tables.values()))
        return Contents(only.digest(), files, {"": only})
    if reading == "table":
        raise InvalidArgument(
            f"{str(path)!r} is not one table of CSV, Parquet, Arrow, Feather or JSON lines", field="path"
        )
    entries = [["file", file.name, file.digest] for file in files]
    entries += [["table", name, table.digest()] for name, table in tables.items()]
    if path.is_file():
        # What a single file is called is no part of its content.
        entries = [[kind, "", digest] for kind, _, digest in entries]
    return Contents(short_digest("files1:", b"", canonical_json(sorted(entries))), files, tables)


def _list_files(path: Path) -> dict[str, Path]:
    """Return the files at or below a path by relative name, in order of name."""
    if not path.exists():
        raise NotFound(f"no file or folder at {str(path)!r}")
    if not path.is_dir():
        return {path.name: _checked(path)}
    return {name: _checked(at) for name, at in sorted(_walk(path, "", ()))}


def _walk(folder: Path, prefix: str, above: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, Path]]:
    status = folder.stat()
    identity = (status.st_dev, status.st_ino)
    if identity in above:
        raise InvalidArgument(f"the folder {str(folder)!r} contains itself by a symbolic link", field="path")
    with os.scandir(folder) as entries:
        for entry in entries:
            at = folder / entry.name
            if entry.is_dir():
                yield from _walk(at, f"{prefix}{entry.name}/", (*above, identity))
            else:
                yield prefix + entry.name, at


def _checked(path: Path) -> Path:
    if not path.exists():
        raise NotFound(f"the symbolic link {str(path)!r} points at nothing")
    if not stat.S_ISREG(path.stat().st_mode):
        raise InvalidArgument(f"{str(path)!r} is neither a file nor a folder", field="path")
    return path


def _tables_among(names: dict[str, Path]) -> dict[str, list[str]]:
    """Return names of tables with the files that are their parts."""
    parts = defaultdict(list)
    for name in names:
        folder, _, own = name.rpartition("/")
        if table_format(own):
            parts[f"{folder}/{_DIGITS.sub('#', own)}".lstrip("/")].append(name)
    return {(files[0] if len(files) == 1 else name): files for name, files in parts.items()}


def _read_parts(name: str, parts: dict[str, Path], rest: dict[str, Path]) -> dict[str, Table]:
    """Return the table or tables that files hold, and take those files out of the rest."""
    import pyarrow as pa

    file_format = table_format(next(iter(parts)))
    try:
        read = read_table(list(parts.values()), file_format or "")
        table = None if read is None else _readable(read)
    except (pa.ArrowException, ValueError, RecursionError) as error:
        if len(parts) == 1:
            _logger.warning(
                "%s cannot be read as a table and counts as its bytes: %s", next(iter(parts.values())), error
            )
            return {}
        table = None
    if table is not None:
        for part in parts:
            del rest[part]
        return {name: table}
    if len(parts) == 1:
        return {}
    each: dict[str, Table] = {}
    for part, path in parts.items():
        each |= _read_parts(part, {part: path}, rest)
    return each


def _readable(read: Any) -> Table:
    """Return a table if its types have a digest."""
    from runstone.data.arrow_bytes import codec_of

    if isinstance(read, list):
        return _table_of_values(read)
    table = table_of_arrow(read)
    for column in table.columns:
        codec_of(column.arrow.type if column.arrow is not None else None)
    return table


def _table_of_values(columns: list[tuple[str, list[Any]]]) -> Table:
    """Return columns of Python values as a table, of Arrow types where that loses nothing."""
    import pyarrow as pa

    found = []
    for name, values in columns:
        types = {type(value) for value in values if value is not None}
        arrow = None
        if len(types) == 1 and types <= {bool, int, float, str}:
            try:
                arrow = pa.chunked_array([pa.array(values)])
            except (pa.ArrowException, OverflowError, UnicodeError):
                # Integers beyond 64 bits and lone surrogates.
                arrow = None
        found.append(TableColumn(name, arrow, None if arrow is not None else values))
    return Table(found, len(columns[0][1]) if columns else 0)


def _file_digest(path: Path) -> str:
    content = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            content.update(piece)
    return f"sha256:{content.hexdigest()}"
