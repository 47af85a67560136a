"""What a chart is asked to draw, checked and put in order."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from runstone.core.errors import InvalidArgument

_GAP = (math.nan, math.nan)


class Line(NamedTuple):
    """One series of a chart: its points by step, and what cannot be drawn of it."""

    name: str
    points: list[tuple[float, float]]
    left_out: dict[str, int]

    def runs(self) -> list[list[tuple[float, float]]]:
        """Return the points in runs without a gap."""
        runs: list[list[tuple[float, float]]] = [[]]
        for point in self.points:
            if point is _GAP:
                runs.append([])
            else:
                runs[-1].append(point)
        return [run for run in runs if run]

    def drawn(self) -> list[tuple[float, float]]:
        """Return the points that can be drawn."""
        return [point for point in self.points if point is not _GAP]


def to_line(name: str, pair: object, *, log_y: bool) -> Line:
    """Check one series and sort it by step; a value that cannot be drawn becomes a gap.

    Raises:
        InvalidArgument: It is no pair of steps and values, or they differ in length or are no numbers.
    """
    try:
        steps, values = (_floats(part) for part in pair)  # type: ignore[attr-defined]  # checked by trying
    except (TypeError, ValueError) as error:
        raise InvalidArgument(
            f"series {name[:80]!r} must be a pair (steps, values) of sequences of numbers: {error}",
            field="series",
        ) from error
    if len(steps) != len(values):
        raise InvalidArgument(
            f"series {name[:80]!r} has {len(steps):,} steps but {len(values):,} values", field="series"
        )
    points: list[tuple[float, float]] = []
    left_out: dict[str, int] = {}
    for step, value in sorted(zip(steps, values, strict=True), key=lambda point: point[0]):
        reason = _reason(step, value, log_y)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        points.append(_GAP if reason else (step, value))
    return Line(name, points, left_out)


def _floats(numbers: Iterable[float]) -> list[float]:
    return [float(number) for number in numbers]


def _reason(step: float, value: float, log_y: bool) -> str:
    """Return why a point cannot be drawn, or nothing."""
    if not math.isfinite(step):
        return "without a step"
    if not math.isfinite(value):
        return str(value)
    return "≤ 0" if log_y and value <= 0 else ""
