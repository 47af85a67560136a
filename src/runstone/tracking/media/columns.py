"""Tables of any library as columns of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.encoded import clip, comes_from, type_name
from runstone.tracking.media.plain import to_plain

Columns: TypeAlias = "dict[str, list[Any]]"

_ACCEPTED = "a pandas or polars DataFrame, a pyarrow Table, or a dict of columns or scalars"


def to_columns(data: object) -> Columns:
    """Return a table as columns of Python objects.

    Raises:
        InvalidArgument: Not a table, two columns of one name, or columns of different length.
    """
    if comes_from(data, "pandas") and hasattr(data, "columns"):
        return _from_pandas(data)
    if comes_from(data, "polars") and (hasattr(data, "collect") or hasattr(data, "columns")):
        frame: Any = data.collect() if hasattr(data, "collect") else data
        return {name: frame[name].to_list() for name in frame.columns}
    if comes_from(data, "pyarrow") and hasattr(data, "column_names"):
        arrow: Any = data
        pairs = zip(arrow.column_names, arrow.columns, strict=True)
        return _named((name, column.to_pylist()) for name, column in pairs)
    if isinstance(data, Mapping):
        return _from_mapping(data)
    raise InvalidArgument(f"data must be {_ACCEPTED}, not {type_name(data)}", field="data")


def plain_columns(columns: Columns) -> Columns:
    """Return columns whose cells are str, int, float, bool, lists and dicts; missing ones and NaN None.

    Raises:
        InvalidArgument: A cell is an image or a figure, or cannot be written at all.
    """
    return {name: [plain_cell(cell, name) for cell in cells] for name, cells in columns.items()}


def append_rows(existing: Columns, new: Columns) -> Columns:
    """Return both tables' rows under the union of their columns, None where a table lacks one."""
    before, after = (len(next(iter(table.values()), ())) for table in (existing, new))
    return {name: existing.get(name, [None] * before) + new.get(name, [None] * after) for name in {**existing, **new}}


def plain_cell(cell: object, column: str) -> Any:
    """Return a cell as :func:`plain_columns` says."""
    kind = type(cell)
    if cell is None or kind is int or kind is bool:
        return _int_or_text(cell) if kind is int else cell
    if kind is str:
        return _writable(cell)
    if kind is not float:
        if comes_from(cell, "PIL") or comes_from(cell, "matplotlib") or hasattr(cell, "to_pil"):
            raise InvalidArgument(
                f"column {clip(column)!r} holds a {type_name(cell)}; log images by log_image(…, key=…) and "
                "put their paths in the table",
                field="data",
            )
        cell = to_plain(cell)
    if isinstance(cell, float):
        return None if cell != cell else cell
    if isinstance(cell, str):
        return _writable(cell)
    return _int_or_text(cell) if isinstance(cell, int) else cell


def _int_or_text(cell: Any) -> Any:
    """Readers of tables know integers of 64 bits; a larger one is kept as text."""
    return cell if -(2**63) <= cell < 2**64 else str(to_plain(cell))


def _writable(text: Any) -> Any:
    """Lone surrogates, which no UTF-8 file can hold, become their escapes (``\\ud800``) as text."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _from_pandas(frame: Any) -> Columns:
    # Missing values of every kind become None; astype(object) gives Python's scalars, not NumPy's.
    series = ((name, frame.iloc[:, i]) for i, name in enumerate(frame.columns))
    return _named((name, s.astype(object).where(s.notna(), None).tolist()) for name, s in series)


def _from_mapping(data: Mapping[Any, Any]) -> Columns:
    values = list(data.values())
    if values and all(isinstance(value, Mapping) and list(value) == list(values[0]) for value in values):
        # What DataFrame.to_dict() gives: {column: {index: cell}}.
        return _named((name, list(cells.values())) for name, cells in data.items())
    cells = {name: _cells(value) for name, value in data.items()}
    lengths = {name: len(column) for name, column in cells.items() if column is not None}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{clip(str(name), 40)}: {length:,}" for name, length in list(lengths.items())[:10])
        raise InvalidArgument(f"columns of different length ({shown})", field="data")
    rows = next(iter(lengths.values()), 1)
    return _named((name, [data[name]] * rows if column is None else column) for name, column in cells.items())


def _cells(value: object) -> list[Any] | None:
    """Return a column's cells, or None for a scalar."""
    if isinstance(value, (list, tuple, range)):
        return list(value)
    for method in ("tolist", "to_list", "to_pylist"):
        if callable(convert := getattr(value, method, None)):
            cells = convert()
            return cells if isinstance(cells, list) else None
    return None


def _named(columns: Iterable[tuple[object, list[Any]]]) -> Columns:
    named: Columns = {}
    for name, cells in columns:
        text = _writable(str(name))
        if text in named:
            raise InvalidArgument(f"two columns are named {clip(text)!r}", field="data")
        named[text] = cells
    return named
