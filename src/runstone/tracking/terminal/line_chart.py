"""Metrics over their steps as a chart of text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from runstone.tracking.terminal.canvas import Canvas
from runstone.tracking.terminal.legend import legend
from runstone.tracking.terminal.series import Line, to_line
from runstone.tracking.terminal.style import COLOURS, MARKERS, markup
from runstone.tracking.terminal.ticks import linear_ticks, log_ticks, tick_labels
from runstone.tracking.terminal.words import printable

_MIN_WIDTH = 24
_MIN_HEIGHT = 3
_COLUMNS_PER_TICK = 12
_ROWS_PER_TICK = 3
_COLUMNS_PER_MARKER = 20
_STRETCH = 0.1
_LARGEST = 1.7e308


def line_chart(
    series: Mapping[str, tuple[Iterable[float], Iterable[float]]],
    width: int = 80,
    height: int = 16,
    *,
    log_y: bool = False,
    title: str = "",
    color: bool = False,
) -> str:
    """Draw series over their steps in braille dots, with axes, ticks and a legend.

    NaN and infinities leave a gap, and so do values that are not positive on a logarithmic axis; the legend
    counts them.

    Args:
        series: For each name its steps and values, of equal length and in any order.
        width: Columns of the whole chart, at least 24.
        height: Rows of the drawing, at least 3; title, axis and legend are added to it.
        log_y: Draw values on a logarithmic axis.
        title: A line above.
        color: Return rich markup with a colour for each series; else plain text with a marker for each.

    Returns:
        Lines joined by newlines.

    Raises:
        InvalidArgument: A series is no pair of sequences of numbers of equal length.
    """
    width, height = max(width, _MIN_WIDTH), max(height, _MIN_HEIGHT)
    lines = [to_line(name, pair, log_y=log_y) for name, pair in series.items()]
    output = [markup(printable(title, width), "bold", color)] if title else []
    if any(line.drawn() for line in lines):
        output += _drawing(lines, width, height, log_y, color)
    else:
        output.append(markup("no points to draw", "dim", color))
    return "\n".join(output + legend(lines, width, color=color))


class _Axis(NamedTuple):
    low: float
    high: float

    def dot(self, value: float, dots: int) -> int:
        """Return which of so many dots a value falls on: the middle one if the axis has no length."""
        # Halved, since the difference of two large numbers may overflow.
        span = self.high / 2 - self.low / 2
        return round((value / 2 - self.low / 2) / span * (dots - 1)) if span > 0 else dots // 2


def _drawing(lines: Sequence[Line], width: int, height: int, log_y: bool, color: bool) -> list[str]:
    scale = math.log10 if log_y else float
    points = [point for line in lines for point in line.drawn()]
    low, high = min(point[1] for point in points), max(point[1] for point in points)
    y_axis, y_ticks = _y_axis(low, high, height // _ROWS_PER_TICK + 1, log_y)
    x_axis = _Axis(min(point[0] for point in points), max(point[0] for point in points))

    gutter = max((len(label) for _, label in y_ticks), default=0)
    canvas = Canvas(max(width - gutter - 2, 8), height)
    for index, line in enumerate(lines):
        for run in line.runs():
            _draw(
                canvas,
                index,
                [(x_axis.dot(x, canvas.width), y_axis.dot(scale(y), canvas.height)) for x, y in run],
            )

    labels = {height - 1 - y_axis.dot(at, canvas.height) // 4: label for at, label in y_ticks}
    markers = {} if color or len(lines) == 1 else _markers(canvas)
    output = []
    for row in range(height):
        label = labels.get(row, "")
        edge = f"{label:>{gutter}} {'┤' if label else '│'}"
        output.append(f"{markup(edge, 'dim', color)}{_row(canvas, row, markers, color)}".rstrip())
    return output + [markup(line, "dim", color) for line in _x_lines(x_axis, canvas, gutter, points)]


def _y_axis(low: float, high: float, most_ticks: int, log_y: bool) -> tuple[_Axis, list[tuple[float, str]]]:
    """Return the vertical axis, and where along it the ticks stand with their labels."""
    if low == high:
        middle = math.log10(low) if log_y else low
        room = abs(middle) / 10 or 1.0
        axis = _Axis(max(middle - room, -_LARGEST), min(middle + room, _LARGEST))
        return axis, [(middle, _single_label(low))]
    if log_y:
        ticks = log_ticks(low, high, most_ticks)
        labelled = [(math.log10(tick), tick_labels([tick])[0]) for tick in ticks]
        return _Axis(math.log10(low), math.log10(high)), labelled
    ticks = linear_ticks(low, high, most_ticks)
    if len(ticks) > 1 and max(-low, high) < _LARGEST / 10:
        # An end that a round number is close to goes on to it: 0 below a small loss, 1 above a good accuracy.
        spacing, reach = ticks[1] - ticks[0], (high / 2 - low / 2) * 2 * _STRETCH
        if 0 < low - (ticks[0] - spacing) <= reach:
            ticks = [_clean(ticks[0] - spacing, spacing), *ticks]
        if 0 < ticks[-1] + spacing - high <= reach:
            ticks = [*ticks, _clean(ticks[-1] + spacing, spacing)]
    labels = tick_labels(ticks)
    return _Axis(min([low, *ticks]), max([high, *ticks])), list(zip(ticks, labels, strict=True))


def _clean(tick: float, spacing: float) -> float:
    """Return a tick without the error of a subtraction: 0 and not 2.8e-17."""
    return round(tick / spacing * 2) * spacing / 2


def _draw(canvas: Canvas, index: int, dots: list[tuple[int, int]]) -> None:
    """Draw a run of dots as a line.

    Of dots in one column only the first, least, greatest and last are visited, which draws the same line
    (Jugel et al., "M4", VLDB 2014) and keeps a series of a million points cheap.
    """
    path: list[tuple[int, int]] = []
    for x, group in groupby(dots, key=lambda dot: dot[0]):
        heights = [y for _, y in group]
        path += [(x, y) for y in (heights[0], min(heights), max(heights), heights[-1])]
    if len(set(path)) == 1:
        # A single point, made visible: the middle of its character.
        left, bottom = path[0][0] // 2 * 2, path[0][1] // 4 * 4 + 1
        path = [(left, bottom), (left + 1, bottom), (left + 1, bottom + 1), (left, bottom + 1)]
    for start, end in pairwise(path):
        canvas.stroke(start, end, index)


def _markers(canvas: Canvas) -> dict[tuple[int, int], str]:
    """Return where each line shows its marker: at its end, and along it at columns of its own."""
    markers: dict[tuple[int, int], str] = {}
    for index, trail in canvas.trails.items():
        offset = (index + 1) * _COLUMNS_PER_MARKER // (len(canvas.trails) + 1)
        places = [column for column in trail if column % _COLUMNS_PER_MARKER == offset] + [max(trail)]
        for column in places:
            markers.setdefault((trail[column], column), MARKERS[index % len(MARKERS)])
    return markers


def _row(canvas: Canvas, row: int, markers: Mapping[tuple[int, int], str], color: bool) -> str:
    cells = canvas.row(row)
    if not color:
        return "".join(markers.get((row, column), dots) for column, (dots, _) in enumerate(cells))
    runs = groupby(cells, key=lambda cell: cell[1])
    texts = ((line, "".join(dots for dots, _ in run)) for line, run in runs)
    return "".join(text if line < 0 else markup(text, COLOURS[line % len(COLOURS)], color) for line, text in texts)


def _x_lines(axis: _Axis, canvas: Canvas, gutter: int, points: Sequence[tuple[float, float]]) -> list[str]:
    """Return the axis below the drawing and the line of its labels."""
    if axis.low == axis.high:
        ticks, labels = [axis.low], [_single_label(axis.low)]
    else:
        whole = all(step.is_integer() for step, _ in points)
        ticks = linear_ticks(axis.low, axis.high, max(canvas.columns // _COLUMNS_PER_TICK, 2), whole=whole)
        labels = tick_labels(ticks)
    line = ["─"] * canvas.columns
    below = ""
    for tick, label in zip(ticks, labels, strict=True):
        column = axis.dot(tick, canvas.width) // 2
        line[column] = "┬"
        start = min(max(column - len(label) // 2, 0), canvas.columns - len(label))
        if start >= len(below) + bool(below):
            below = below.ljust(start) + label
    return [f"{'':>{gutter}} └{''.join(line)}", f"{'':>{gutter}}  {below}"]


def _single_label(value: float) -> str:
    """Write a value that stands alone with all the digits that a label has room for."""
    return f"{value:.6g}" if abs(value) < 1e6 else tick_labels([value])[0]
