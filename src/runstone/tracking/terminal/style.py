"""What tells one series of a chart from another: a colour where there are colours, else a marker."""

from __future__ import annotations

from runstone.tracking.terminal.words import escaped

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
MARKERS = "●◆■▲○◇□△"


def markup(text: str, style: str, color: bool) -> str:
    """Return text in a style of rich's markup, or as it is without colour."""
    if not color or not text:
        return text
    return f"[{style}]{escaped(text, before_tag=True)}[/]" if style else escaped(text, before_tag=False)
