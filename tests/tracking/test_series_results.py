"""Series as tables."""

from __future__ import annotations

from typing import Any

import pytest

import runstone
from runstone.core.errors import InvalidArgument

pytestmark = pytest.mark.usefixtures("store_folder")

FORMATS = ["pandas", "polars", "arrow"]


@pytest.fixture
def run_ids() -> list[str]:
    found = []
    for start in (0, 10):
        with runstone.start_run() as run:
            for step in range(2):
                runstone.log_metrics({"a": start + step, "b": -step}, step=step, timestamp=1_000 * step)
        found.append(run.run_id)
    return found


def rows(table: Any) -> list[tuple[Any, ...]]:
    if hasattr(table, "itertuples"):
        return list(table.itertuples(index=False, name=None))
    if hasattr(table, "rows"):
        return list(table.rows())
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.mark.parametrize("output_format", FORMATS)
def test_each_point_of_every_run_is_a_row(run_ids: list[str], output_format: Any) -> None:
    table = runstone.read_series(run_ids, ["a", "b"], output_format=output_format)

    names = getattr(table, "column_names", None) or list(table.columns)
    assert names == ["run_id", "key", "step", "timestamp", "value"]
    first, second = run_ids
    assert sorted((row[0], row[1], row[2], row[3].timestamp(), row[4]) for row in rows(table)) == [
        (first, "a", 0, 0.0, 0.0),
        (first, "a", 1, 1.0, 1.0),
        (first, "b", 0, 0.0, 0.0),
        (first, "b", 1, 1.0, -1.0),
        (second, "a", 0, 0.0, 10.0),
        (second, "a", 1, 1.0, 11.0),
        (second, "b", 0, 0.0, 0.0),
        (second, "b", 1, 1.0, -1.0),
    ]


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_key_that_no_run_has_gives_a_table_without_rows(run_ids: list[str], output_format: Any) -> None:
    assert runstone.read_series(run_ids, "absent", output_format=output_format).shape == (0, 5)


def test_other_formats_are_refused(run_ids: list[str]) -> None:
    with pytest.raises(InvalidArgument, match="Supported are arrow, numpy, pandas, polars"):
        runstone.read_series(run_ids, "a", output_format="csv")  # type: ignore[call-overload]
