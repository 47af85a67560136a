"""Summaries of series, made from points or from other summaries, without NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterable

from runstone.core.entities.metrics import MetricSummary
from runstone.core.errors import InvalidArgument


def summarise(points: Iterable[tuple[int, int, float]]) -> MetricSummary:
    """Return the summary of (step, timestamp, value) points in any order.

    NaN counts as the greatest value where points share step and timestamp, and -0.0 as less than 0.0.

    Raises:
        InvalidArgument: There are no points.
    """
    rows = list(points)
    if not rows:
        raise InvalidArgument("a series without points has no summary", field="points")
    numbers = [value for _, _, value in rows if value == value]
    first = min(rows, key=_point_order)
    last = max(rows, key=_point_order)
    return MetricSummary(
        last=last[2],
        last_step=last[0],
        last_timestamp=last[1],
        first=first[2],
        first_step=first[0],
        first_timestamp=first[1],
        min=least(numbers),
        max=greatest(numbers),
        total=float(sum(numbers)),
        count=len(rows),
        nan_count=len(rows) - len(numbers),
    )


def merge(a: MetricSummary, b: MetricSummary) -> MetricSummary:
    """Return the summary of two series taken together."""
    first = min(_first_point(a), _first_point(b), key=_point_order)
    last = max(_last_point(a), _last_point(b), key=_point_order)
    return MetricSummary(
        last=last[2],
        last_step=last[0],
        last_timestamp=last[1],
        first=first[2],
        first_step=first[0],
        first_timestamp=first[1],
        min=least([value for value in (a.min, b.min) if value == value]),
        max=greatest([value for value in (a.max, b.max) if value == value]),
        total=a.total + b.total,
        count=a.count + b.count,
        nan_count=a.nan_count + b.nan_count,
    )


def least(numbers: list[float]) -> float:
    """Return the least of some numbers, -0.0 being less than 0.0; NaN when there are none."""
    found = min(numbers, default=math.nan)
    return found if found else min(numbers, key=_number_order)


def greatest(numbers: list[float]) -> float:
    """Return the greatest of some numbers, 0.0 being greater than -0.0; NaN when there are none."""
    found = max(numbers, default=math.nan)
    return found if found else max(numbers, key=_number_order)


def _number_order(value: float) -> tuple[float, float]:
    return value, math.copysign(1.0, value)


def _point_order(point: tuple[int, int, float]) -> tuple[int, int, bool, float, float]:
    step, timestamp, value = point
    return step, timestamp, value != value, value, math.copysign(1.0, value)


def _first_point(summary: MetricSummary) -> tuple[int, int, float]:
    return summary.first_step, summary.first_timestamp, summary.first


def _last_point(summary: MetricSummary) -> tuple[int, int, float]:
    return summary.last_step, summary.last_timestamp, summary.last
