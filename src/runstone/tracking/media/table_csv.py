"""Tables as CSV: UTF-8, a header line, missing cells empty, nested cells as JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.columns import Columns, plain_columns

# The csv module refuses cells above 128 KiB unless told; the widest limit that fits a C long everywhere.
_CELL_LIMIT = 2**31 - 1


def csv_bytes(columns: Columns) -> bytes:
    """Write columns as CSV."""
    plain = plain_columns(columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if plain:
        writer.writerow(plain)
        writer.writerows([_text(cell) for cell in row] for row in zip(*plain.values(), strict=True))
    return text.getvalue().encode("utf-8", "backslashreplace")


def csv_columns(data: bytes) -> Columns:
    """Read CSV with a header as columns of text, None where a cell is empty.

    Raises:
        InvalidArgument: The bytes are not such a table.
    """
    limit = csv.field_size_limit(_CELL_LIMIT)
    try:
        header, *rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidArgument(f"the file there is not CSV ({error}); take another name") from error
    finally:
        csv.field_size_limit(limit)
    rows = [row for row in rows if row]
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        raise InvalidArgument("the file there is not CSV of equal lines under a header; take another name")
    return {name: [row[i] or None for row in rows] for i, name in enumerate(header)}


def _text(cell: Any) -> str | int | float | bool | None:
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, (list, dict)) else cell
