"""Series as tables: pandas, polars, Arrow; a row for each point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from runstone.core.errors import InvalidArgument, MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from runstone.store.series.columns import Columns

Series = Mapping[tuple[str, str], "Columns"]


def converter(output_format: str) -> Callable[[Any], Any]:
    """Return the function that turns series into a format.

    Raises:
        InvalidArgument: There is no such format.
    """
    known: dict[str, Callable[[Any], Any]] = {
        "numpy": lambda series: series,
        "pandas": to_pandas,
        "polars": to_polars,
        "arrow": to_arrow,
    }
    if output_format not in known:
        raise InvalidArgument(
            f"Unsupported output format: {output_format!r}. Supported are {', '.join(sorted(known))}",
            field="output_format",
        )
    return known[output_format]


def to_pandas(series: Series) -> pandas.DataFrame:
    """Return the points as one DataFrame; run and key are categories.

    Raises:
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("a pandas table", "data") from error
    run_ids, keys, numbers = _names(series, 0), _names(series, 1), _numbers(series)
    frame: pandas.DataFrame = pd.DataFrame(
        {
            "run_id": pd.Categorical.from_codes(run_ids[1], categories=pd.Index(run_ids[0])),
            "key": pd.Categorical.from_codes(keys[1], categories=pd.Index(keys[0])),
            "step": numbers["step"],
            "timestamp": pd.to_datetime(numbers["timestamp"], unit="ms", utc=True),
            "value": numbers["value"],
        }
    )
    return frame


def to_polars(series: Series) -> polars.DataFrame:
    """Return the points as polars' DataFrame.

    Raises:
        MissingExtra: polars is not installed.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra("a polars table", "data") from error
    numbers = _numbers(series)
    columns = {}
    for place, name in enumerate(("run_id", "key")):
        known, codes = _names(series, place)
        columns[name] = pl.Series(known, dtype=pl.String).gather(codes)
    frame = pl.DataFrame({**columns, **numbers})
    return frame.with_columns(pl.col("timestamp").cast(pl.Datetime("ms")).dt.replace_time_zone("UTC"))


def to_arrow(series: Series) -> pyarrow.Table:
    """Return the points as an Arrow table; run and key are dictionary-encoded.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra("an Arrow table", "data") from error
    numbers = _numbers(series)
    columns: dict[str, Any] = {}
    for place, name in enumerate(("run_id", "key")):
        known, codes = _names(series, place)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(known, pa.string()))
    columns["step"] = pa.array(numbers["step"])
    columns["timestamp"] = pa.array(numbers["timestamp"], pa.timestamp("ms", "UTC"))
    columns["value"] = pa.array(numbers["value"])
    return pa.table(columns)


def _names(series: Series, place: int) -> tuple[list[str], Any]:
    """Return the run ids (place 0) or keys (1) that there are, and which of them each point has."""
    import numpy as np

    known: dict[str, int] = {}
    numbers = [known.setdefault(pair[place], len(known)) for pair in series]
    return list(known), np.repeat(np.asarray(numbers, "<i4"), [columns.size for columns in series.values()])


def _numbers(series: Series) -> dict[str, Any]:
    import numpy as np

    empty = (np.empty(0, "<i8"), np.empty(0, "<i8"), np.empty(0, "<f8"))
    parts = zip(empty, *series.values(), strict=True)
    return dict(zip(("step", "timestamp", "value"), map(np.concatenate, parts), strict=True))
