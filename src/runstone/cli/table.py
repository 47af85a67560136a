"""Tables: by rich and as wide as the terminal where a person watches, in full and without lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from runstone.cli.invocation import Invocation
from runstone.cli.text import clean, width

_WIDEST_PADDED = 80
"""Cells longer than this stick out: one value of thousands of characters would fill every other line with spaces."""


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        is_number: Align to the right.
        keeps: Never cut it short; others give way.
    """

    name: str
    is_number: bool = False
    keeps: bool = False


class Cell(NamedTuple):
    """A text with a style of rich's."""

    text: str
    style: str = ""


Row = Sequence["Cell | str"]


def print_table(invocation: Invocation, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print a table.  Names and cells are cleaned here."""
    columns = [column._replace(name=clean(column.name)) for column in columns]
    cells = [[_cell(cell) for cell in row] for row in rows]
    if invocation.is_terminal:
        invocation.print(_drawn(columns, cells, color=invocation.has_color))
    else:
        invocation.print(plain_table(columns, cells))


def plain_table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> str:
    """Return a table of clean text, cut nowhere, and aligned but for cells that are very long."""
    widths = []
    for at, column in enumerate(columns):
        needed = [width(column.name), *(width(row[at].text) for row in rows)]
        widths.append(max([one for one in needed if one <= _WIDEST_PADDED], default=0))
    lines = [[column.name for column in columns], *([cell.text for cell in row] for row in rows)]
    return "\n".join(
        "  ".join(_padded(text, widths[at], right=columns[at].is_number) for at, text in enumerate(line)).rstrip()
        for line in lines
    )


def natural_width(columns: Sequence[Column], rows: Sequence[Row]) -> int:
    """Return how many columns of a terminal a table needs to be shown uncut."""
    widths = [
        max([width(column.name), *(width(_cell(row[at]).text) for row in rows)]) for at, column in enumerate(columns)
    ]
    return sum(widths) + 2 * (len(widths) - 1)


def _cell(cell: Cell | str) -> Cell:
    return Cell(clean(cell)) if isinstance(cell, str) else Cell(clean(cell.text), cell.style)


def _padded(text: str, columns: int, *, right: bool) -> str:
    room = " " * max(columns - width(text), 0)
    return room + text if right else text + room


def _drawn(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, color: bool) -> str:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from runstone.cli.drawing import render

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            Text(column.name, no_wrap=True, overflow="ellipsis"),
            justify="right" if column.is_number else "left",
            # Columns that may wrap are the ones that rich makes narrower; their cells are cut instead.
            no_wrap=column.keeps,
        )
    for row in rows:
        table.add_row(*(Text(cell.text, style=cell.style, no_wrap=True, overflow="ellipsis") for cell in row))
    return render(table, color=color)
