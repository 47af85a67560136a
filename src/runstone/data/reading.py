"""Files of tables, read by pyarrow: CSV, TSV, Parquet, Arrow, Feather, JSON lines."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

_FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".ipc": "arrow",
    ".feather": "feather",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_COMPRESSED = (".gz", ".bz2", ".zst", ".lz4")
_BLOCK_BYTES = 16 * 2**20
_BOM = b"\xef\xbb\xbf"
# Text that a number does not keep: 007, and integers beyond 64 bits, which would become the nearest float.
_LOSSY_TEXT = r"^[+-]?(0[0-9]|[0-9]{16,}$)"
_LEADING_ZERO = r"^[+-]?0[0-9]"
_LONG_INTEGER = re.compile(rb"[:\[,]\s*-?[0-9]{16,}\s*[,}\]]")
_MAX_BLOCK_BYTES = 2**31 - 1


def table_format(name: str) -> str | None:
    """Return the format of tables that a file's name promises, or None."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if len(suffixes) > 1 and suffixes[-1] in _COMPRESSED:
        found = _FORMATS.get(suffixes[-2])
        return found if found in ("csv", "tsv", "jsonl") else None
    return _FORMATS.get(suffixes[-1]) if suffixes else None


def read_table(paths: Sequence[Path], file_format: str) -> Any | None:
    """Return files of one format as one pyarrow Table, or None if they are not parts of one table.

    Of JSON lines that no Arrow type holds, return the columns as names and lists of Python values.

    Text is read as one stream, because what type a column has is guessed from all of its values, wherever they stand.
    A column of CSV stays text where numbers would lose a digit of an integer or a zero in front; decimal fractions
    count as their nearest float64, and everything that stands for a missing number as missing.

    Raises:
        pyarrow.ArrowException: A file is not of that format.
        ValueError: Lines are no JSON.
    """
    if file_format in ("csv", "tsv"):
        return _read_csv(paths, "," if file_format == "csv" else "\t")
    if file_format == "jsonl":
        return _read_json_lines(paths)
    import pyarrow as pa

    tables = [_read_binary(path, file_format) for path in paths]
    if any(not table.schema.equals(tables[0].schema, check_metadata=False) for table in tables):
        return None
    return pa.concat_tables([table.replace_schema_metadata(None) for table in tables])


def _read_binary(path: Path, file_format: str) -> Any:
    import pyarrow as pa

    # Never mapped into memory: a file that is cut short while the table is in use would end the process.
    if file_format == "parquet":
        from pyarrow.parquet import ParquetFile

        with ParquetFile(path, memory_map=False) as parquet:
            return parquet.read()
    if file_format == "feather":
        from pyarrow.feather import read_table as read_feather

        return read_feather(path, memory_map=False)
    with pa.OSFile(str(path)) as file:
        try:
            return pa.ipc.open_file(file).read_all()
        except pa.ArrowInvalid:
            file.seek(0)
            return pa.ipc.open_stream(file).read_all()


def _read_csv(paths: Sequence[Path], delimiter: str) -> Any | None:
    from pyarrow import csv

    header = None
    for path in paths:
        with _opened(path) as file:
            line = _first_line(file)
        # An odd number of quotes: the header goes on in the next line.
        if header not in (None, line) or (len(paths) > 1 and line.count(b'"') % 2):
            return None
        header = line

    def read(types: dict[str, Any]) -> Any:
        return csv.read_csv(
            _Joined(paths, skip_header=True),
            read_options=csv.ReadOptions(block_size=_BLOCK_BYTES),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=types),
        )

    return _with_exact_numbers(read({}), read)


def _with_exact_numbers(table: Any, read: Callable[[dict[str, Any]], Any]) -> Any:
    """Return a table of CSV with those columns as text that numbers do not hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_type = pa.types
    numbers = [i for i, kind in enumerate(table.schema.types) if is_type.is_integer(kind) or is_type.is_floating(kind)]
    if not numbers:
        return table
    names = table.column_names
    texts = read({names[i]: pa.large_string() for i in numbers})
    for i in numbers:
        pattern = _LEADING_ZERO if is_type.is_integer(table.schema.types[i]) else _LOSSY_TEXT
        if pc.any(pc.match_substring_regex(texts.column(i), pattern)).as_py():
            table = table.set_column(i, names[i], texts.column(i))
    return table


def _read_json_lines(paths: Sequence[Path]) -> Any:
    import pyarrow as pa
    from pyarrow.json import ReadOptions, read_json

    text = _Joined(paths, skip_header=False).readall()
    if _LONG_INTEGER.search(text):
        return _parse_json_lines(text)
    # One block, because from block to block fewer types can be reconciled than inside of one.
    block_bytes = min(max(len(text), 1), _MAX_BLOCK_BYTES)
    try:
        table = read_json(pa.BufferReader(text), read_options=ReadOptions(block_size=block_bytes))
    except pa.ArrowInvalid:
        return _parse_json_lines(text)
    # Keys come in the order in which the rows first name them.
    return table.select(sorted(table.column_names))


def _parse_json_lines(text: bytes) -> list[tuple[str, list[Any]]]:
    """Return columns of Python values, for what pyarrow would refuse or round; a key left out is None."""
    rows = [json.loads(line) for line in text.split(b"\n") if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a line is no JSON object")
    names = sorted({name for row in rows for name in row})
    return [(name, [row.get(name) for row in rows]) for name in names]


def _opened(path: Path) -> Any:
    import pyarrow as pa

    return pa.input_stream(str(path), compression="detect")


def _first_line(file: Any) -> bytes:
    start = b""
    while b"\n" not in start and (more := file.read(65_536)):
        start += more
    return start.removeprefix(_BOM).split(b"\n", 1)[0].rstrip(b"\r")


class _Joined(io.RawIOBase):
    """The files' text, one after the other, as one stream."""

    def __init__(self, paths: Sequence[Path], skip_header: bool) -> None:
        super().__init__()
        self._pieces = self._read_all(paths, skip_header)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readall(self) -> bytes:
        return b"".join([self._left, *self._pieces])

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def _read_all(self, paths: Sequence[Path], skip_header: bool) -> Iterator[bytes]:
        for number, path in enumerate(paths):
            with _opened(path) as file:
                piece = file.read(_BLOCK_BYTES).removeprefix(_BOM)
                if number and skip_header:
                    while b"\n" not in piece and (more := file.read(_BLOCK_BYTES)):
                        piece += more
                    piece = piece.partition(b"\n")[2] or file.read(_BLOCK_BYTES)
                last = b"\n"
                while piece:
                    last = piece[-1:]
                    yield piece
                    piece = file.read(_BLOCK_BYTES)
                if last != b"\n":
                    yield b"\n"
