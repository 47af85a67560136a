"""A table of any library, held so that its rows can be hashed and its columns summed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from runstone.core.errors import InvalidArgument, MissingExtra
from runstone.data.arrow_bytes import codec_of, object_cells
from runstone.data.object_bytes import MAX_DEPTH
from runstone.data.row_digest import RowDigest

# A block of rows is copied while it is hashed: enough rows to work in bulk, few enough bytes to stay in the cache.
_BLOCK_ROWS = 16_384
_BLOCK_BYTES = 16 * 2**20
_NUMBERS = (int, float, np.integer, np.floating)
_SCALARS = (*_NUMBERS, str, bytes, np.generic, Decimal, date, time, timedelta)
_CONTAINERS = (list, tuple, dict, np.ndarray)


class TableColumn(NamedTuple):
    """A column: Arrow data, or Python objects where Arrow has no type for them (None is missing)."""

    name: str
    arrow: Any | None
    objects: list[Any] | None = None


class Table(NamedTuple):
    """Columns of equal length; names may repeat."""

    columns: list[TableColumn]
    row_count: int

    def digest(self) -> str:
        """Return the digest of the rows, in any order, under these names and types."""
        codecs = [codec_of(column.arrow.type) if column.arrow is not None else None for column in self.columns]
        kinds = [
            [column.name, "object" if codec is None else codec.kind]
            for column, codec in zip(self.columns, codecs, strict=True)
        ]
        rows = RowDigest(["table", kinds])
        for start, stop in self._blocks():
            parts = [np.zeros((stop - start, 0), np.uint8)]
            for column, codec in zip(self.columns, codecs, strict=True):
                if codec is None:
                    parts.append(object_cells((column.objects or [])[start:stop], f"column {column.name!r}"))
                else:
                    parts.append(codec.cells(_one_array(column.arrow, start, stop)))
            rows.add(np.hstack(parts))
        return rows.text()

    def _blocks(self) -> Iterator[tuple[int, int]]:
        size = sum(column.arrow.nbytes for column in self.columns if column.arrow is not None)
        rows = min(_BLOCK_ROWS, max(1, _BLOCK_BYTES * self.row_count // max(size, 1)))
        for start in range(0, self.row_count, rows):
            yield start, min(start + rows, self.row_count)


def table_of_arrow(data: Any) -> Table:
    """Return a pyarrow Table, RecordBatch or RecordBatchReader, or whatever exports an Arrow stream, as a table.

    Raises:
        InvalidArgument: It is none of these.
    """
    table = arrow_table(data)
    columns = [TableColumn(name, table.column(i)) for i, name in enumerate(table.column_names)]
    return Table(columns, table.num_rows)


def arrow_table(data: Any) -> Any:
    """Return what :func:`table_of_arrow` takes as a pyarrow Table."""
    pa = pyarrow("a dataset of an Arrow table")
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.RecordBatchReader):
        return data.read_all()
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return pa.table(data)
    raise InvalidArgument(f"from_arrow takes a pyarrow Table or RecordBatch, not {type(data).__name__}", field="table")


def table_of_polars(data: Any) -> Table:
    """Return a polars DataFrame, LazyFrame or Series as a table.

    Raises:
        InvalidArgument: It is none of these.
    """
    pyarrow("a dataset of a polars frame")
    import polars as pl

    frame = polars_frame(data)
    columns = []
    for series in frame.get_columns():
        # Arrow has no type for these two; of Python objects polars would hand out their addresses in memory.
        if series.dtype == pl.Object or "Int128" in str(series.dtype):
            columns.append(TableColumn(series.name, None, series.to_list()))
        else:
            columns.append(TableColumn(series.name, _chunked(series.to_arrow())))
    return Table(columns, frame.height)


def polars_frame(data: Any) -> Any:
    """Return what :func:`table_of_polars` takes as a polars DataFrame."""
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra("a dataset of a polars frame", "data") from error
    if isinstance(data, pl.LazyFrame):
        return data.collect()
    if isinstance(data, pl.Series):
        return data.to_frame()
    if isinstance(data, pl.DataFrame):
        return data
    raise InvalidArgument(f"from_polars takes a polars DataFrame, not {type(data).__name__}", field="df")


def table_of_pandas(data: Any) -> Table:
    """Return a pandas DataFrame or Series as a table.

    An index without a name that counts with integers is no data.  Any other is a column in front, named as
    ``reset_index()`` would.

    Raises:
        InvalidArgument: It is neither.
    """
    pyarrow("a dataset of a pandas frame")
    frame = pandas_frame(data)
    columns = [TableColumn(name, *_of_series(level)) for name, level in _index_levels(frame.index)]
    for i, name in enumerate(frame.columns):
        columns.append(TableColumn(str(name), *_of_series(frame.iloc[:, i])))
    return Table(columns, len(frame))


def pandas_frame(data: Any) -> Any:
    """Return what :func:`table_of_pandas` takes as a pandas DataFrame."""
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("a dataset of a pandas frame", "data") from error
    if isinstance(data, pd.Series):
        return data.to_frame()
    if isinstance(data, pd.DataFrame):
        return data
    raise InvalidArgument(f"from_pandas takes a pandas DataFrame, not {type(data).__name__}", field="df")


def pyarrow(what: str) -> Any:
    """Return the pyarrow module.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra(what, "data") from error
    return pa


def _index_levels(index: Any) -> Iterator[tuple[str, Any]]:
    import pandas as pd

    if index.nlevels == 1 and index.name is None and (pd.api.types.is_integer_dtype(index.dtype) or not len(index)):
        return
    for number, name in enumerate(index.names):
        unnamed = "index" if index.nlevels == 1 else f"level_{number}"
        values = index.get_level_values(number)
        yield (unnamed if name is None else str(name)), values.to_series(index=range(len(index)))


def _of_series(series: Any) -> tuple[Any | None, list[Any] | None]:
    """Return the Arrow data of a pandas column, or its Python objects."""
    import pandas as pd
    import pyarrow as pa

    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        series = pd.Series(series.to_numpy())
    elif isinstance(dtype, pd.CategoricalDtype) and dtype.categories.dtype == object and not len(dtype.categories):
        # Of no categories pandas has forgotten that they were text.
        return _chunked(pa.nulls(len(series), pa.large_string())), None
    elif isinstance(dtype, np.dtype):
        if dtype.kind == "c" or dtype.char == "g":
            return None, list(series.to_numpy())
        if not dtype.isnative:
            series = pd.Series(series.to_numpy().astype(dtype.newbyteorder("=")))
    missing, is_object = series.isna(), series.dtype.kind == "O" and isinstance(dtype, np.dtype)
    if is_object and not _suits_arrow(series[~missing]):
        return None, _objects(series, missing)
    try:
        return _chunked(pa.array(series, from_pandas=True)), None
    except (pa.ArrowException, ArithmeticError, TypeError, ValueError):
        # Integers of more than 64 bits, lone surrogates, lists and dicts of mixed types.
        return None, _objects(series, missing)


def _suits_arrow(values: Any) -> bool:
    """Tell whether Arrow reads these Python objects one to one.

    It takes str and bytes for one type, and a set for a list in an order that differs from process to process.
    """
    types = set(map(type, values))
    if not all(issubclass(t, _SCALARS + _CONTAINERS) for t in types):
        return False
    if any(issubclass(t, _CONTAINERS) for t in types) and _holds_set(values):
        return False
    return len(types) <= 1 or all(issubclass(t, _NUMBERS) and t is not bool for t in types)


def _holds_set(values: Iterable[Any], depth: int = 0) -> bool:
    """Tell whether a set is among values or inside of them; deeper than objects may nest, say so, for the error."""
    for value in values:
        if isinstance(value, (set, frozenset)) or depth > MAX_DEPTH:
            return True
        is_numbers = isinstance(value, np.ndarray) and value.dtype.kind != "O"
        if isinstance(value, _CONTAINERS) and not is_numbers:
            inner = value.values() if isinstance(value, dict) else value
            if _holds_set(inner, depth + 1):
                return True
    return False


def _objects(series: Any, missing: Any) -> list[Any]:
    values: Sequence[Any] = series.astype(object).tolist()
    return [None if absent else value for value, absent in zip(values, missing.tolist(), strict=True)]


def _chunked(array: Any) -> Any:
    import pyarrow as pa

    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _one_array(chunks: Any, start: int, stop: int) -> Any:
    part = chunks.slice(start, stop - start)
    if part.num_chunks == 1:
        return part.chunk(0)
    combined = part.combine_chunks()
    # Old versions return chunks where the dictionaries differ.
    return combined if not hasattr(combined, "num_chunks") else combined.unify_dictionaries().combine_chunks()
