"""The lines below a chart: whose is which line, and its figures."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.tracking.terminal.series import Line
from runstone.tracking.terminal.style import COLOURS, MARKERS, markup
from runstone.tracking.terminal.ticks import short_number, step_text
from runstone.tracking.terminal.words import columns, padded, printable

_MOST_LINES = 12
_LEAST_NAME = 16


def legend(lines: Sequence[Line], width: int, *, color: bool) -> list[str]:
    """Return a line for each series, twelve at most, with its last, least and greatest value."""
    shown = lines[:_MOST_LINES]
    if not shown:
        return []
    keys = [_key(i, len(lines), color) for i in range(len(shown))]
    key_width = 3 if color else (2 if len(lines) > 1 else 0)
    wanted = max(columns(printable(line.name, width)) for line in shown)
    for figures in zip(*(_figures(line) for line in shown), strict=True):
        name_width = min(width - key_width - 2 - max(map(len, figures)), wanted)
        if name_width >= min(wanted, _LEAST_NAME):
            break
    output = []
    for key, line, text in zip(keys, shown, figures, strict=True):
        name = padded(printable(line.name, name_width), name_width) if text else printable(line.name, name_width)
        output.append(f"{key}{markup(name, '', color)}  {markup(text, 'dim', color)}".rstrip())
    if len(lines) > len(shown):
        output.append(markup(f"… and {len(lines) - len(shown)} more", "dim", color))
    return output


def _key(index: int, count: int, color: bool) -> str:
    if color:
        return f"{markup('━━', COLOURS[index % len(COLOURS)], color)} "
    return f"{MARKERS[index % len(MARKERS)]} " if count > 1 else ""


def _figures(line: Line) -> tuple[str, ...]:
    """Return a series' figures as text, from the fullest way to the shortest."""
    points = line.drawn()
    note = ", ".join(f"{count:,} {reason}" for reason, count in line.left_out.items())
    left_out = f"  ({note} left out)" if note else ""
    if not points:
        return (f"no points{left_out}",) * 2 + ("no points",) * 2 + ("",)
    last = f"last {short_number(points[-1][1])}"
    if len(points) == 1:
        return (last + left_out,) * 3 + (last, "")
    least, greatest = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
    low, high = f"min {short_number(least[1])}", f"max {short_number(greatest[1])}"
    return (
        f"{last}  {low} at {step_text(least[0])}  {high} at {step_text(greatest[0])}{left_out}",
        f"{last}  {low}  {high}{left_out}",
        last + left_out,
        last,
        "",
    )
