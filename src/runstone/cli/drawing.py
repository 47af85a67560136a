"""Rich's drawings as text, so that all output goes one way."""

from __future__ import annotations

import io
import shutil

from rich.console import Console, RenderableType


def terminal_width() -> int:
    """Return how many columns the terminal has."""
    return max(shutil.get_terminal_size((80, 24)).columns, 24)


def render(drawing: RenderableType, *, color: bool) -> str:
    """Return a drawing as lines for the terminal, with escapes for colours if wanted."""
    console = Console(
        file=io.StringIO(),
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        width=terminal_width(),
        highlight=False,
    )
    with console.capture() as captured:
        console.print(drawing)
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))
