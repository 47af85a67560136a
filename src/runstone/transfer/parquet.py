"""Tables as Parquet: Structs in, Structs out, a bounded number of rows at a time."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import numpy as np
from msgspec import Struct

from runstone.blobs.disk import reading, writing
from runstone.core.errors import InvalidArgument, MissingExtra, Unavailable
from runstone.store import rules
from runstone.store.series.columns import Columns
from runstone.transfer.layout import PointRow, TableFile

ROW_GROUP_POINTS = 1 << 20
PART_POINTS = 64 << 20
"""Points in a row group and in a file."""

_BATCH_ROWS = 8192
_BATCH_WEIGHT = 16 << 20
"""Rows, and characters in them, that are held before they are written."""

_READ_POINTS = 65536
_READ_ROWS = 1024
_BLOCK = 1 << 20
_WAY_OUT = "choose another destination"

RowT = TypeVar("RowT", bound=Struct)


def require_pyarrow(what: str) -> None:
    """Refuse to go on without pyarrow.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise MissingExtra(what, "data") from error


def require_text(folder: Path) -> None:
    """Refuse a folder that Arrow cannot name.

    Raises:
        InvalidArgument: Its path holds bytes that are no UTF-8.
    """
    try:
        str(folder).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"Parquet cannot be written to or read from {str(folder)!r}: its path is no UTF-8; choose another folder",
            field="folder",
        ) from error


def schema_of(row: type[Struct]) -> Any:
    """Return the Arrow schema of a Struct's table."""
    import pyarrow as pa

    plain = {str: pa.string(), int: pa.int64(), float: pa.float64()}

    def field(name: str, hint: Any) -> Any:
        options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        kind = next(option for option in options if option is not types.NoneType)
        if get_origin(kind) is dict:
            arrow = pa.map_(pa.string(), pa.string())
        else:
            arrow = plain[str if get_origin(kind) is Literal else kind]
        return pa.field(name, arrow, nullable=types.NoneType in options)

    hints = get_type_hints(row)
    return pa.schema([field(name, hints[name]) for name in row.__struct_fields__])


class TableWriter(Generic[RowT]):
    """A Parquet file that grows row by row.

    Args:
        folder: The export's folder.
        name: The file's path in it.
        row: The Struct of its rows.
    """

    def __init__(self, folder: Path, name: str, row: type[RowT]) -> None:
        self.name = name
        self.rows = 0
        self._path = folder / name
        self._schema = schema_of(row)
        self._fields = row.__struct_fields__
        self._pending: list[RowT] = []
        self._weight = 0
        self._file = _open_for_writing(self._path, self._schema, True)

    def add(self, row: RowT) -> None:
        """Append a row."""
        self._pending.append(row)
        self._weight += sum(len(value) for name in self._fields if isinstance(value := getattr(row, name), str))
        if len(self._pending) >= _BATCH_ROWS or self._weight >= _BATCH_WEIGHT:
            self._flush()

    def close(self) -> TableFile:
        """Finish the file and say what it holds."""
        self._flush()
        with writing(self._path, way_out=_WAY_OUT):
            self._file.close()
        return TableFile(self.rows, digest_file(self._path))

    def abandon(self) -> None:
        """Let go of the file, whatever is in it."""
        _abandon(self._file)

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._pending:
            return
        columns = []
        for field in self._schema:
            values = [getattr(row, field.name) for row in self._pending]
            if pa.types.is_map(field.type):
                values = [list(value.items()) for value in values]
            columns.append(pa.array(values, field.type))
        with writing(self._path, way_out=_WAY_OUT):
            self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self.rows += len(self._pending)
        self._pending = []
        self._weight = 0


class PointsWriter:
    """The points of an export, in files of bounded length.

    Args:
        folder: The export's folder.
        name_of: Path of a part in it by its number.
    """

    def __init__(self, folder: Path, name_of: Callable[[int], str]) -> None:
        self.rows = 0
        self._folder = folder
        self._name_of = name_of
        self._schema = schema_of(PointRow)
        self._pending: list[Any] = []
        self._pending_rows = 0
        self._part_rows = 0
        self._done: dict[str, TableFile] = {}
        self._begin()

    def add(self, run_id: str, key: str, columns: Columns) -> None:
        """Append points of a series."""
        import pyarrow as pa

        for start in range(0, columns.size, ROW_GROUP_POINTS):
            piece = columns.part(start, start + ROW_GROUP_POINTS)
            # From the buffers, so that the bits of a NaN stay what they are.
            arrays = [
                pa.repeat(run_id, piece.size),
                pa.repeat(key, piece.size),
                _from_buffer(np.ascontiguousarray(piece.steps), pa.int64()),
                _from_buffer(np.ascontiguousarray(piece.timestamps), pa.int64()),
                _from_buffer(np.ascontiguousarray(piece.values), pa.float64()),
            ]
            self._pending.append(pa.Table.from_arrays(arrays, schema=self._schema))
            self._pending_rows += piece.size
            if self._pending_rows >= ROW_GROUP_POINTS:
                self._flush()

    def close(self) -> dict[str, TableFile]:
        """Finish the last file and say what each holds."""
        self._flush()
        self._end()
        return self._done

    def abandon(self) -> None:
        """Let go of the file that is being written."""
        _abandon(self._file)

    def _begin(self) -> None:
        self._part = self._name_of(len(self._done))
        self._path = self._folder / self._part
        self._part_rows = 0
        self._file = _open_for_writing(self._path, self._schema, ["run_id", "key"])

    def _end(self) -> None:
        with writing(self._path, way_out=_WAY_OUT):
            self._file.close()
        self._done[self._part] = TableFile(self._part_rows, digest_file(self._path))

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._pending_rows:
            return
        if self._part_rows and self._part_rows + self._pending_rows > PART_POINTS:
            self._end()
            self._begin()
        with writing(self._path, way_out=_WAY_OUT):
            self._file.write_table(pa.concat_tables(self._pending), row_group_size=ROW_GROUP_POINTS)
        self._part_rows += self._pending_rows
        self.rows += self._pending_rows
        self._pending = []
        self._pending_rows = 0


def _from_buffer(column: np.ndarray[Any, Any], kind: Any) -> Any:
    import pyarrow as pa

    return pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(column)])


def _open_for_writing(path: Path, schema: Any, use_dictionary: bool | list[str]) -> Any:
    from pyarrow import parquet

    with writing(path, way_out=_WAY_OUT):
        # Dictionaries would make one of equal floats: of 0.0 and -0.0, of all NaNs.
        floats = [field.name for field in schema if str(field.type) == "double"]
        if use_dictionary is True and floats:
            use_dictionary = [field.name for field in schema if str(field.type) == "string"]
        return parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=use_dictionary)


def _abandon(file: Any) -> None:
    try:
        file.close()
    except (OSError, ValueError):
        # What it could not write is thrown away next.
        pass


def digest_file(path: Path) -> str:
    """Return the digest of a file's bytes."""
    hashing = hashlib.sha256()
    with reading(path), path.open("rb") as file:
        while block := file.read(_BLOCK):
            hashing.update(block)
    return "sha256:" + hashing.hexdigest()


class Segment(NamedTuple):
    """Some points of one series, as little-endian columns."""

    run_id: str
    key: str
    steps: bytes
    timestamps: bytes
    values: bytes


T = TypeVar("T")


class Grouped(Generic[T]):
    """Rows that stand owner by owner (run or model), handed out an owner's at a time.

    Args:
        path: Where they come from, for messages.
        rows: In the order of the owners.
        owner_of: Whose a row is.
    """

    def __init__(self, path: Path, rows: Iterator[T], owner_of: Callable[[T], str]) -> None:
        self._path = path
        self._rows = rows
        self._owner_of = owner_of
        self._head: T | None = next(rows, None)

    def take(self, owner_id: str) -> Iterator[T]:
        """Yield the rows of the owner that comes next."""
        while self._head is not None and self._owner_of(self._head) == owner_id:
            head = self._head
            self._head = next(self._rows, None)
            yield head

    def finish(self) -> None:
        """Make sure that every row belonged to an owner.

        Raises:
            InvalidArgument: Some are left.
        """
        if self._head is not None:
            raise InvalidArgument(
                f"{self._path} has rows of {rules.shown(self._owner_of(self._head))} out of the order in which runs "
                "and models are listed; copy the whole export again",
                field="source",
            )


def iter_rows(path: Path, row: type[RowT]) -> Iterator[RowT]:
    """Yield the rows of a file, each checked.

    Raises:
        InvalidArgument: A column is missing or of another type, or a value is not what it should be.
    """
    schema = schema_of(row)
    maps = [field.name for field in schema if str(field.type).startswith("map")]
    number = 0
    for batch in _batches(path, schema, _READ_ROWS):
        for values in batch.to_pylist():
            for name in maps:
                values[name] = dict(values[name])
            try:
                yield msgspec.convert(values, row)
            except msgspec.ValidationError as error:
                raise InvalidArgument(f"{path}: row {number}: {error}", field="source") from error
            number += 1


def iter_segments(paths: list[Path]) -> Iterator[Segment]:
    """Yield the points of some files, in pieces of one series each.

    Raises:
        InvalidArgument: A column is missing or of another type.
    """
    schema = schema_of(PointRow)
    for path in paths:
        for batch in _batches(path, schema, _READ_POINTS):
            if not batch.num_rows:
                continue
            run_ids, keys = (batch.column(name).dictionary_encode() for name in ("run_id", "key"))
            runs, series = (np.asarray(column.indices) for column in (run_ids, keys))
            columns = [
                np.asarray(batch.column(name)).astype(kind, copy=False)
                for name, kind in (("step", "<i8"), ("timestamp_ms", "<i8"), ("value", "<f8"))
            ]
            cuts = np.flatnonzero((runs[1:] != runs[:-1]) | (series[1:] != series[:-1])) + 1
            edges = [0, *cuts.tolist(), batch.num_rows]
            for start, stop in pairwise(edges):
                yield Segment(
                    run_ids.dictionary[runs[start]].as_py(),
                    keys.dictionary[series[start]].as_py(),
                    *(column[start:stop].tobytes() for column in columns),
                )


def check_file(path: Path, row: type[Struct], facts: TableFile) -> None:
    """Make sure that a file is the one that was written, and has the columns it should have.

    Raises:
        InvalidArgument: It is missing, was changed or cut, or is of another shape.
    """
    if not path.is_file():
        raise InvalidArgument(f"{path} is missing; copy the whole export", field="source")
    if digest_file(path) != facts.digest:
        raise InvalidArgument(
            f"{path} is not as it was written: its bytes do not have the digest in format.json; copy it again",
            field="source",
        )
    with _reading(path) as file:
        _check_schema(path, file.schema_arrow, schema_of(row))


def _batches(path: Path, schema: Any, rows: int) -> Iterator[Any]:
    with _reading(path) as file:
        _check_schema(path, file.schema_arrow, schema)
        batches = file.iter_batches(batch_size=rows, columns=schema.names)
        while True:
            try:
                batch = next(batches, None)
            except (ValueError, OSError) as error:
                raise InvalidArgument(f"{path} is damaged: {error}; copy it again", field="source") from error
            if batch is None:
                return
            for field in schema:
                if not field.nullable and batch.column(field.name).null_count:
                    raise InvalidArgument(f"{path}: column {field.name} has a row without a value", field="source")
            yield batch


def _reading(path: Path) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except pa.ArrowException as error:
        raise InvalidArgument(f"{path} is no Parquet file: {error}; copy it again", field="source") from error
    except FileNotFoundError as error:
        raise InvalidArgument(f"{path} is missing; copy the whole export", field="source") from error
    except OSError as error:
        if error.errno is None:
            raise InvalidArgument(f"{path} is damaged: {error}; copy it again", field="source") from error
        raise Unavailable(f"cannot read {path}: {error}") from error


def _check_schema(path: Path, found: Any, wanted: Any) -> None:
    for field in wanted:
        if found.get_field_index(field.name) < 0:
            raise InvalidArgument(f"{path} has no column {field.name}; it should be {field.type}", field="source")
        kind = found.field(field.name).type
        if kind != field.type:
            raise InvalidArgument(f"{path}: column {field.name} is {kind}, and should be {field.type}", field="source")
