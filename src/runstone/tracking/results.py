"""Runs as tables: pandas, polars, Arrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from runstone.core.clock import to_datetime
from runstone.core.entities import Run, param_text
from runstone.core.errors import InvalidArgument, MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


def converter(output_format: str) -> Callable[[list[Run]], Any]:
    """Return the function that turns runs into a format.

    Raises:
        InvalidArgument: There is no such format.
    """
    known: dict[str, Callable[[list[Run]], Any]] = {
        "pandas": to_pandas,
        "polars": to_polars,
        "arrow": to_arrow,
        "list": list,
    }
    if output_format not in known:
        raise InvalidArgument(
            f"Unsupported output format: {output_format!r}. Supported are {', '.join(sorted(known))}",
            field="output_format",
        )
    return known[output_format]


def to_pandas(runs: Sequence[Run]) -> pandas.DataFrame:
    """Return a table as MLflow's: facts of the run, then ``metrics.…``, ``params.…`` (as text) and ``tags.…``.

    Raises:
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("a pandas table", "data") from error
    facts = _facts(runs)
    if not runs:
        # Nothing to tell a column's type from.
        empty: pandas.DataFrame = pd.DataFrame({name: pd.Series(dtype=_pandas_type(name)) for name in facts})
        return empty
    for name in ("start_time", "end_time"):
        facts[name] = pd.to_datetime(facts[name], unit="ms", utc=True)
    metrics = _spread(runs, "metrics", float("nan"))
    texts = {**_spread(runs, "params", None), **_spread(runs, "tags", None)}
    frame: pandas.DataFrame = pd.DataFrame({**facts, **metrics, **texts})
    return frame


def _pandas_type(name: str) -> str:
    return "datetime64[us, UTC]" if name.endswith("_time") else "str"


def to_polars(runs: Sequence[Run]) -> polars.DataFrame:
    """Return the table as polars' DataFrame; what a run lacks is null.

    Raises:
        MissingExtra: polars is not installed.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra("a polars table", "data") from error
    facts = _facts(runs)
    times = pl.Datetime("ms", "UTC")
    schema: dict[str, Any] = {name: times if name.endswith("_time") else pl.String for name in facts}
    metrics = _spread(runs, "metrics", None)
    texts = {**_spread(runs, "params", None), **_spread(runs, "tags", None)}
    schema |= dict.fromkeys(metrics, pl.Float64) | dict.fromkeys(texts, pl.String)
    for name in ("start_time", "end_time"):
        facts[name] = [None if moment is None else to_datetime(moment) for moment in facts[name]]
    return pl.DataFrame({**facts, **metrics, **texts}, schema=schema)


def to_arrow(runs: Sequence[Run]) -> pyarrow.Table:
    """Return the table as Arrow's; what a run lacks is null.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra("an Arrow table", "data") from error
    times = pa.timestamp("ms", "UTC")
    columns = {
        name: pa.array(values, times if name.endswith("_time") else pa.string())
        for name, values in _facts(runs).items()
    }
    columns |= {name: pa.array(values, pa.float64()) for name, values in _spread(runs, "metrics", None).items()}
    texts = {**_spread(runs, "params", None), **_spread(runs, "tags", None)}
    columns |= {name: pa.array(values, pa.string()) for name, values in texts.items()}
    return pa.table(columns)


def _facts(runs: Sequence[Run]) -> dict[str, Any]:
    infos = [run.info for run in runs]
    return {
        "run_id": [info.run_id for info in infos],
        "experiment_id": [info.experiment_id for info in infos],
        "status": [info.status for info in infos],
        "artifact_uri": [info.artifact_uri for info in infos],
        "start_time": [info.start_time for info in infos],
        "end_time": [info.end_time for info in infos],
    }


def _spread(runs: Sequence[Run], kind: str, missing: Any) -> dict[str, list[Any]]:
    """Return a column for each key that any run has."""
    columns: dict[str, list[Any]] = {}
    count = len(runs)
    for at, run in enumerate(runs):
        pairs: list[tuple[str, Any]]
        if kind == "metrics":
            pairs = [(key, summary.last) for key, summary in run.metrics.items()]
        elif kind == "params":
            pairs = [(key, param_text(value)) for key, value in run.params.items()]
        else:
            pairs = list(run.tags.items())
        for key, value in pairs:
            column = columns.get(key)
            if column is None:
                column = columns[key] = [missing] * count
            column[at] = value
    return {f"{kind}.{key}": columns[key] for key in sorted(columns)}
