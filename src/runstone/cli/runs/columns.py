"""Columns of a table of runs: those asked for, or those that tell the runs apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from runstone.cli.table import Cell, Column
from runstone.cli.text import number
from runstone.core.entities import Run, param_text
from runstone.core.errors import InvalidArgument

_STATISTICS = ("last", "min", "max", "mean", "first", "count")
_FACTS = ("run_id", "run_name", "experiment_id", "user_id", "status_reason", "parent_run_id", "artifact_uri")
_MOST = 4
"""Metrics, and params, that a table shows unasked."""

_MOST_LINES = 6
"""Metrics that a chart draws unasked."""

_HELD_OUT = ("val", "valid", "validation", "test", "eval")
"""What metrics on data that a model has not seen begin with; they say the most."""


class Extra(NamedTuple):
    """A column, and what it shows of a run."""

    column: Column
    of: Callable[[Run], str]

    def cell(self, run: Run) -> Cell:
        """Return the cell of a run, ``-`` where it has no such thing."""
        text = self.of(run)
        return Cell(text) if text else Cell("-", "dim")


def parse_columns(text: str) -> list[Extra]:
    """Return the columns named in ``metrics.loss,metrics.acc.max,params.lr,tags.team,user_id``.

    Raises:
        InvalidArgument: One of them is none.
    """
    return [_named(name.strip()) for name in text.split(",") if name.strip()]


def telling_columns(runs: Sequence[Run]) -> list[Extra]:
    """Return metrics that most of the runs have and params in which they differ, in turn, the most telling first."""
    metrics = Counter(key for run in runs for key in run.metrics if not key.startswith("system/"))
    params = Counter(key for run in runs for key in run.params)
    values: dict[str, set[str]] = {}
    for run in runs:
        for key, value in run.params.items():
            values.setdefault(key, set()).add(param_text(value))
    differing = [key for key, how_many in _most_common(params) if len(values[key]) > 1 or how_many < len(runs)]
    # Not an accident of one run: what a fair part of them has.
    shared = [key for key, how_many in _most_common(metrics) if how_many * 4 >= len(runs)]
    shared.sort(key=lambda key: not key.lower().replace("_", "/").startswith(tuple(f"{word}/" for word in _HELD_OUT)))
    shown = [[_metric(key) for key in shared[:_MOST]], [_param(key, key) for key in differing[:_MOST]]]
    return [extra for pair in zip_longest(*shown) for extra in pair if extra is not None]


def telling_metrics(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return the metrics to draw unasked: the losses, or else the first."""
    keys = sorted({key for run in runs for key in run.metrics if not key.startswith("system/")})
    losses = [key for key in keys if "loss" in key.lower()]
    return tuple(losses[:_MOST_LINES] or keys[:1])


def _most_common(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _named(name: str) -> Extra:
    kind, dot, key = name.partition(".")
    if dot and key and kind in ("metrics", "metric"):
        stem, _, statistic = key.rpartition(".")
        return _metric_or_statistic(name, key, stem, statistic)
    if dot and key and kind in ("params", "param"):
        return _param(key, name)
    if dot and key and kind in ("tags", "tag"):
        return Extra(Column(name), lambda run: run.tags.get(key, ""))
    if name in _FACTS:
        return Extra(Column(name), lambda run: str(getattr(run.info, name) or ""))
    raise InvalidArgument(
        f"no column {name!r}: give metrics.KEY, metrics.KEY.min, params.KEY, tags.KEY or one of {', '.join(_FACTS)}",
        field="columns",
    )


def _metric_or_statistic(name: str, key: str, stem: str, statistic: str) -> Extra:
    """A metric whose own name ends like a statistic goes first."""

    def text(run: Run) -> str:
        if key in run.metrics:
            return number(run.metrics[key].last)
        summary = run.metrics.get(stem)
        return "" if summary is None or statistic not in _STATISTICS else number(getattr(summary, statistic))

    return Extra(Column(name, is_number=True), text)


def _metric(key: str) -> Extra:
    return Extra(Column(key, is_number=True), lambda run: number(run.metrics[key].last) if key in run.metrics else "")


def _param(key: str, name: str) -> Extra:
    def text(run: Run) -> str:
        if key not in run.params:
            return ""
        value = run.params[key]
        return number(value) if isinstance(value, float) else param_text(value)

    return Extra(Column(name, is_number=False), text)
