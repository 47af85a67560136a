"""Records to a file of CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runstone.cli.invocation import Invocation
from runstone.core.errors import InvalidArgument, MissingExtra, PermissionDenied

FORMATS = ("csv", "json", "parquet")


def format_of(output: str, asked: str | None) -> str:
    """Return the format of a file, by its name if none is asked for; CSV for standard output.

    Raises:
        InvalidArgument: The name does not say, or Parquet is to go to a terminal.
    """
    suffix = Path(output).suffix.lower().lstrip(".")
    kind = asked or ("csv" if output == "-" else suffix)
    if kind not in FORMATS:
        raise InvalidArgument(
            f"the name {output!r} says no format: end it in .csv, .json or .parquet, or add --format", field="output"
        )
    if kind == "parquet" and output == "-" and sys.stdout.isatty():
        raise InvalidArgument("Parquet is not for a terminal; give -o FILE", field="output")
    return kind


def asked_format(invocation: Invocation, output: str, format_: str | None) -> str | None:
    """Return the format that options ask for: ``--json`` means JSON on standard output, of a file it tells of."""
    return "json" if format_ is None and output == "-" and invocation.as_json else format_


def write_table(records: Sequence[dict[str, Any]], output: str, kind: str) -> None:
    """Write records as a table whose columns are all of their keys; what a record lacks is left empty.

    A file is complete or not there.

    Raises:
        PermissionDenied: The file cannot be written.
        MissingExtra: pyarrow is not installed.
    """
    names = list(dict.fromkeys(name for record in records for name in record))
    if kind == "parquet":
        data = _parquet(records, names)
    elif kind == "json":
        from runstone.cli.json_text import to_json

        data = to_json(records).encode() + b"\n"
    else:
        data = _csv(records, names)
    if output == "-":
        sys.stdout.buffer.write(data)
    else:
        write_file(Path(output), data)


def write_file(path: Path, data: bytes) -> None:
    """Write a file that is complete or not there.

    Raises:
        PermissionDenied: It cannot be written.
    """
    beside = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise PermissionDenied(f"cannot write {path}: {error.strerror or error}") from error


def _csv(records: Sequence[dict[str, Any]], names: Sequence[str]) -> bytes:
    import io

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([record.get(name) for name in names] for record in records)
    return text.getvalue().encode()


def _parquet(records: Sequence[dict[str, Any]], names: Sequence[str]) -> bytes:
    import io

    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra("Parquet", "data") from error
    table = pa.table({name: pa.array([record.get(name) for record in records]) for name in names})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()
