"""Tables as Parquet, by pyarrow."""

from __future__ import annotations

import io
from typing import Any

from runstone.core.errors import InvalidArgument, MissingExtra
from runstone.tracking.media.columns import plain_cell, to_columns
from runstone.tracking.media.encoded import clip, comes_from


def parquet_bytes(data: object, existing: bytes | None) -> bytes:
    """Append rows to a Parquet table and return the whole file.

    Raises:
        InvalidArgument: The existing bytes are no Parquet, or a column's types do not fit together.
        MissingExtra: pyarrow is not installed.
    """
    pa, parquet = _pyarrow()
    table = _to_arrow(data, pa)
    if existing is not None:
        tables = [read_parquet(existing).replace_schema_metadata(None), table]
        try:
            table = pa.concat_tables(tables, promote_options="permissive")
        except pa.ArrowException as error:
            raise InvalidArgument(f"the new rows do not fit the table there: {error}", field="data") from error
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def read_parquet(data: bytes) -> Any:
    """Read Parquet bytes as a pyarrow Table.

    Raises:
        InvalidArgument: The bytes are no Parquet.
        MissingExtra: pyarrow is not installed.
    """
    pa, parquet = _pyarrow()
    try:
        return parquet.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise InvalidArgument(f"the file there is not Parquet ({error}); take another name") from error


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("A table as Parquet", "data") from error
    return pa, parquet


def _to_arrow(data: object, pa: Any) -> Any:
    if comes_from(data, "pyarrow") and hasattr(data, "replace_schema_metadata"):
        return data.replace_schema_metadata(None)
    if comes_from(data, "polars") and hasattr(data, "to_arrow"):
        return data.to_arrow()
    if comes_from(data, "pandas") and hasattr(data, "columns"):
        try:
            return pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata(None)
        except (pa.ArrowException, ValueError, TypeError):
            pass  # names that are no text, or cells of types that Arrow does not know: as a dict below
    columns = to_columns(data)
    return pa.table({name: _to_arrow_column(name, cells, pa) for name, cells in columns.items()})


def _to_arrow_column(name: str, cells: list[Any], pa: Any) -> Any:
    try:
        return pa.array(cells)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        plain = [plain_cell(cell, name) for cell in cells]
    try:
        return pa.array(plain)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise InvalidArgument(
            f"column {clip(name)!r} mixes types, which Parquet cannot hold: {error}; log it as .json",
            field="data",
        ) from error
