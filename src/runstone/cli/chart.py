"""Charts as wide as the terminal, in colour where there is colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runstone.cli.invocation import Invocation

_WIDEST = 160
Line = tuple[Sequence[float], Sequence[float]]


def draw_chart(
    invocation: Invocation,
    lines: Mapping[str, Line],
    *,
    height: int = 16,
    log_y: bool = False,
    title: str = "",
) -> str:
    """Return a chart of lines by their names."""
    import shutil

    from runstone.tracking.terminal import line_chart

    width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)
    color = invocation.has_color
    chart = line_chart(lines, width=width, height=height, log_y=log_y, title=title, color=color)
    if not color:
        return chart
    from rich.text import Text

    from runstone.cli.drawing import render

    return render(Text.from_markup(chart), color=True)
