"""``runstone runs compare``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_runs
from runstone.cli.suggestions import suggest_runs
from runstone.cli.table import Cell, Column, Row, print_table
from runstone.cli.text import clean, cut, number, short_id, width
from runstone.core.entities import Run, param_text
from runstone.core.errors import InvalidArgument

_OWN_TAGS = ("mlflow.", "runstone.")
_MISSING = object()

_NARROWEST = 14
"""Columns that a run needs on a terminal, so that its numbers are whole."""

_WIDEST = 32
_LONGEST_KEY = 40


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...", shell_complete=suggest_runs)
@click.option("--all", "whole", is_flag=True, help="Also what is the same, and tags that were set without asking.")
@shared
def compare(invocation: Invocation, runs: tuple[str, ...], whole: bool) -> None:
    """Show in what runs differ: params, last values of metrics, tags.

    \b
    Example:
      runstone runs compare brisk-heron-412 calm-oak-77
    """
    found = find_runs(invocation.reading_store(), runs)
    if len(found) < 2:
        raise InvalidArgument("give two different runs or more to compare", field="run")
    parts: dict[str, dict[str, list[Any]]] = {
        "params": _lined_up([run.params for run in found], whole),
        "metrics": _lined_up([{key: s.last for key, s in run.metrics.items()} for run in found], whole),
        "tags": _lined_up([_tags(run, whole) for run in found], whole),
    }
    if invocation.as_json:
        _print_json(invocation, found, parts)
        return
    for first, last in _blocks(invocation, found, parts):
        if first:
            invocation.print()
        block = {kind: _between(part, first, last) for kind, part in parts.items()}
        _print_block(invocation, found[first:last], block, last - first == len(found))
    if not any(parts.values()):
        invocation.note("They differ in nothing that was logged; --all shows what they share.")


def _blocks(
    invocation: Invocation, runs: Sequence[Run], parts: dict[str, dict[str, list[Any]]]
) -> list[tuple[int, int]]:
    """Return which runs stand beside one another: as many as the terminal has room for, all of them in a pipe."""
    if not invocation.is_terminal:
        return [(0, len(runs))]
    from runstone.cli.drawing import terminal_width

    keys = max((width(clean(key)) + 2 for part in parts.values() for key in part), default=2)
    room = max((terminal_width() - min(keys, _LONGEST_KEY)) // _NARROWEST, 2)
    if len(runs) == 2 or room >= len(runs):
        return [(0, len(runs))]
    # Alike in size, rather than full ones and a rest.
    how_many = -(-len(runs) // room)
    bounds = [len(runs) * at // how_many for at in range(how_many + 1)]
    return list(pairwise(bounds))


def _between(part: dict[str, list[Any]], first: int, last: int) -> dict[str, list[Any]]:
    return {key: values[first:last] for key, values in part.items()}


def _print_block(
    invocation: Invocation, found: Sequence[Run], parts: dict[str, dict[str, list[Any]]], is_whole: bool
) -> None:
    short = invocation.is_terminal
    names = [cut(clean(run.info.run_name), _WIDEST) if short else run.info.run_name for run in found]
    columns = [Column(""), *(Column(name, is_number=True) for name in names)]
    if is_whole and len(found) == 2:
        columns.append(Column("change", is_number=True, keeps=True))
    rows: list[Row] = [
        [Cell("id", "dim"), *(Cell(short_id(run.info.run_id) if short else run.info.run_id, "yellow") for run in found)]
    ]
    rows += _rows("metrics", parts["metrics"], number, short)
    rows += _rows("params", parts["params"], _param, short)
    rows += _rows("tags", parts["tags"], str, short)
    # In a block of several, two runs that happen to be alone in it have no column of changes.
    rows = [[*row, *[""] * (len(columns) - len(row))][: len(columns)] for row in rows]
    print_table(invocation, columns, rows)


def _tags(run: Run, whole: bool) -> dict[str, str]:
    return {key: value for key, value in run.tags.items() if whole or not key.startswith(_OWN_TAGS)}


def _lined_up(parts: Sequence[dict[str, Any]], whole: bool) -> dict[str, list[Any]]:
    """Return the values of each key, run by run; without ``whole`` only of keys whose values differ."""
    keys = sorted({key for part in parts for key in part})
    lined = {key: [part.get(key, _MISSING) for part in parts] for key in keys}
    return {key: values for key, values in lined.items() if whole or len(set(map(repr, values))) > 1}


def _rows(kind: str, lined: dict[str, list[Any]], text: Callable[[Any], str], short: bool) -> list[list[Cell]]:
    if not lined:
        return []
    rows = [[Cell("")], [Cell(kind, "bold")]]
    for key, values in lined.items():
        texts = ["-" if value is _MISSING else text(value) for value in values]
        if short:
            key, texts = cut(clean(key), _LONGEST_KEY), [cut(clean(shown), _WIDEST) for shown in texts]
        row = [Cell(f"  {key}"), *(Cell(shown, "dim" if shown == "-" else "") for shown in texts)]
        if len(values) == 2:
            row.append(_change(*values))
        rows.append(row)
    return rows


def _change(before: Any, after: Any) -> Cell:
    """Return by how much a number went up or down."""
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (before, after)):
        return Cell("")
    sign = "+" if after >= before else ""
    relative = f" ({(after - before) / abs(before):+.1%})" if before and abs(after - before) < abs(before) * 100 else ""
    return Cell(f"{sign}{number(after - before)}{relative}", "cyan")


def _param(value: Any) -> str:
    return number(value) if isinstance(value, float) else param_text(value)


def _print_json(invocation: Invocation, runs: Sequence[Run], parts: dict[str, dict[str, list[Any]]]) -> None:
    ids = [run.info.run_id for run in runs]
    invocation.print_json(
        {
            "runs": [{"run_id": run.info.run_id, "run_name": run.info.run_name} for run in runs],
            **{
                kind: {
                    key: {run_id: value for run_id, value in zip(ids, values, strict=True) if value is not _MISSING}
                    for key, values in lined.items()
                }
                for kind, lined in parts.items()
            },
        }
    )
