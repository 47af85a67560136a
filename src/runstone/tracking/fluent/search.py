"""Finding runs, and reading their series back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from runstone.core.entities import (
    Run,
    ViewType,
)
from runstone.core.errors import InvalidArgument
from runstone.core.page import iter_pages
from runstone.tracking.client import Client
from runstone.tracking.fluent.target import chosen_experiment_id

if TYPE_CHECKING:
    import pandas

    from runstone.store.series.columns import Columns

_log = logging.getLogger("runstone")


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pandas.DataFrame: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> list[Run]: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    *,
    output_format: Literal["polars", "arrow"],
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> Any: ...


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas", "list", "polars", "arrow"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> Any:
    """Find runs by a filter.

    Args:
        experiment_ids: Where to look; the active experiment if neither these nor names are given.
        filter_string: See the reference of the filter language; empty for all.
        run_view_type: Active runs, deleted ones or both.
        order_by: ``metrics.loss.min ASC`` and the like, several at once; runs lacking a key come last.
        output_format: A pandas DataFrame, a list of Run, a polars DataFrame or an Arrow table.
        search_all_experiments: Look everywhere, if no experiment is given.
        experiment_names: Where to look, by name; unknown names find nothing.

    Raises:
        InvalidArgument: The filter or an order cannot be read; the message points at the character.
        MissingExtra: The output format needs a package that is not installed.
    """
    from runstone.tracking import results

    if experiment_ids is not None and experiment_names is not None:
        raise InvalidArgument("Only experiment_ids or experiment_names can be used, but not both")
    if max_results < 0:
        raise InvalidArgument(f"max_results must not be negative, and is {max_results}", field="max_results")
    convert = results.converter(output_format)
    client = Client()
    ids = _searched(client, experiment_ids, experiment_names, search_all_experiments)
    pages = iter_pages(
        lambda token: client.search_runs(ids, filter_string, run_view_type, min(max_results, 50_000), order_by, token)
    )
    return convert(_up_to(pages, max_results))


def _searched(
    client: Client,
    experiment_ids: Sequence[str] | None,
    experiment_names: Sequence[str] | None,
    search_all: bool,
) -> list[str] | None:
    if isinstance(experiment_ids, (str, int)):
        return [str(experiment_ids)]
    if experiment_ids is not None and len(experiment_ids):
        return [str(experiment_id) for experiment_id in experiment_ids]
    if experiment_names:
        experiment_names = [experiment_names] if isinstance(experiment_names, str) else experiment_names
        found = {name: client.get_experiment_by_name(name) for name in experiment_names}
        for name, experiment in found.items():
            if experiment is None:
                _log.warning("there is no experiment %r to search", name)
        return [experiment.experiment_id for experiment in found.values() if experiment is not None]
    return None if search_all else [chosen_experiment_id()]


def _up_to(items: Any, count: int | None) -> list[Any]:
    from itertools import islice

    return list(islice(items, count))


@overload
def read_series(
    run_ids: str | Sequence[str],
    keys: str | Sequence[str],
    *,
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
    output_format: Literal["numpy"] = "numpy",
) -> dict[tuple[str, str], Columns]: ...


@overload
def read_series(
    run_ids: str | Sequence[str],
    keys: str | Sequence[str],
    *,
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
    output_format: Literal["pandas"],
) -> pandas.DataFrame: ...


@overload
def read_series(
    run_ids: str | Sequence[str],
    keys: str | Sequence[str],
    *,
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
    output_format: Literal["polars", "arrow"],
) -> Any: ...


def read_series(
    run_ids: str | Sequence[str],
    keys: str | Sequence[str],
    *,
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
    output_format: Literal["numpy", "pandas", "polars", "arrow"] = "numpy",
) -> Any:
    """Return whole series, many runs and keys in one call.

    Args:
        max_points: Down-sample longer series to this many points; extremes, first and last are kept.
        start_step: First step to read, inclusive; ``end_step`` is the last.
        output_format: NumPy columns by ``(run_id, key)``; or one table with a row for each point (columns
            ``run_id``, ``key``, ``step``, ``timestamp``, ``value``) as pandas, polars or Arrow.

    Raises:
        NotFound, StoreCorrupt.
        MissingExtra: The output format needs a package that is not installed.
    """
    return Client().read_series(
        run_ids,
        keys,
        max_points=max_points,
        start_step=start_step,
        end_step=end_step,
        output_format=output_format,
    )


def read_console(run_id: str, *, stream: Literal["stdout", "stderr"] | None = None) -> str:
    """Return what a run's program printed, as one text in the order it came.

    Args:
        stream: Only this one.

    Raises:
        NotFound: No run has this id.
    """
    return Client().read_console(run_id, stream=stream)
