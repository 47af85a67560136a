"""Charts for the terminal, as text: a sparkline, and line charts of metrics in braille dots.

Outside this folder only :func:`sparkline` and :func:`line_chart` are used.  Invariant: standard library only,
values in and a string out; nothing is printed and no terminal is asked for its size.
"""

from __future__ import annotations

from runstone.tracking.terminal.line_chart import line_chart
from runstone.tracking.terminal.sparkline import sparkline

__all__ = ["line_chart", "sparkline"]
