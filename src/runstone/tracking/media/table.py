"""Tables as artifacts that grow: each log_table to one path appends its rows to the file there."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from runstone.core.errors import InvalidArgument, MissingExtra
from runstone.tracking.media.columns import append_rows, to_columns
from runstone.tracking.media.encoded import clip, suffix_of
from runstone.tracking.media.table_csv import csv_bytes, csv_columns
from runstone.tracking.media.table_json import json_table_bytes, json_table_columns
from runstone.tracking.media.table_parquet import parquet_bytes, read_parquet

if TYPE_CHECKING:
    import pandas as pd

_TEXT_FORMATS = {".json": (json_table_columns, json_table_bytes), ".csv": (csv_columns, csv_bytes)}


def encode_table(data: object, existing: bytes | None, filename: str) -> bytes:
    """Append rows to a table and return the whole file.

    A column that only one side has is filled with nulls on the other. An index is not kept.

    Args:
        data: A pandas or polars DataFrame, a pyarrow Table, or a dict of columns (lists, arrays, Series). A
            scalar stands for each row of its column; a dict of scalars only is one row.
        existing: The bytes of the artifact as it is now, or None if there is none.
        filename: Its path or name. ``.json`` is pandas' "split" layout as MLflow writes it, with NaN and
            missing cells as null and dates as ISO 8601 text; ``.parquet`` keeps dates and bytes,
            and of DataFrames the widths of numbers; ``.csv`` is text with a header.

    Raises:
        InvalidArgument: Another type or extension, columns of different length, cells that are images or
            figures, existing bytes that are not such a table, or (Parquet) columns whose types do not fit the
            existing ones.
        MissingExtra: Parquet without pyarrow.
    """
    suffix = _suffix(filename)
    try:
        if suffix == ".parquet":
            return parquet_bytes(data, existing)
        read, write = _TEXT_FORMATS[suffix]
        columns = to_columns(data)
        return write(columns if existing is None else append_rows(read(existing), columns))
    except InvalidArgument as error:
        raise InvalidArgument(f"table {clip(filename)!r}: {error.message}", field=error.field) from error


def decode_table(data: bytes, filename: str) -> pd.DataFrame:
    """Read a table that :func:`encode_table` or MLflow wrote as a pandas DataFrame.

    Raises:
        InvalidArgument: The bytes or the extension are not a table's.
        MissingExtra: pandas, or for Parquet pyarrow, is not installed.
    """
    suffix = _suffix(filename)
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("Reading a table as a DataFrame", "data") from error
    try:
        if suffix == ".parquet":
            frame: pd.DataFrame = read_parquet(data).to_pandas()
        elif suffix == ".json":
            frame = pd.DataFrame(json_table_columns(data))
        else:
            frame = pd.read_csv(io.BytesIO(data)) if csv_columns(data) else pd.DataFrame()
        return frame
    except InvalidArgument as error:
        raise InvalidArgument(f"table {clip(filename)!r}: {error.message}") from error


def _suffix(filename: str) -> str:
    suffix = suffix_of(filename)
    if suffix not in (*_TEXT_FORMATS, ".parquet"):
        raise InvalidArgument(
            f"a table is written as .json, .parquet or .csv, not as {clip(filename)!r}", field="artifact_file"
        )
    return suffix
