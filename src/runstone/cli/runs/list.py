"""``runstone runs list``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import experiment_names, find_experiments
from runstone.cli.runs.columns import Extra, parse_columns, telling_columns
from runstone.cli.runs.status import duration_ms, status_cell
from runstone.cli.shapes import run_shape
from runstone.cli.suggestions import suggest_experiments
from runstone.cli.table import Cell, Column, Row, natural_width, print_table
from runstone.cli.text import ago, cut, duration, iso_moment, short_id
from runstone.cli.view import view_of, view_options
from runstone.core.entities import Run, RunInfo, ViewType
from runstone.core.page import Page, iter_pages

_PAGE = 1000
_SHORT_NAME = 12
"""Columns of a run's name below which a narrow terminal rather does without another column."""


@click.command("list")
@click.option(
    "-e",
    "--experiment",
    "experiments",
    multiple=True,
    shell_complete=suggest_experiments,
    metavar="NAME",
    help="A name, an id, or prefix/*.",
)
@click.option("--filter", "filter_", default="", metavar="FILTER", help='As in search_runs: "params.lr < 0.1".')
@click.option("--order-by", multiple=True, metavar="FIELD", help='"metrics.loss.min ASC"; several break ties in turn.')
@click.option(
    "-n", "--limit", type=click.IntRange(min=0), default=50, show_default=True, metavar="N", help="0 for all."
)
@view_options("runs")
@click.option("--columns", metavar="COLUMNS", help="metrics.loss.min,params.lr,tags.team instead of the usual ones.")
@shared
def list_runs(
    invocation: Invocation,
    experiments: tuple[str, ...],
    filter_: str,
    order_by: tuple[str, ...],
    limit: int,
    deleted: bool,
    whole: bool,
    columns: str | None,
) -> None:
    """List runs, the latest first.

    The terminal shows the metrics that most runs have and the params in which they differ, as far as there is room; a
    pipe gets all of them, whole ids, exact times, and nothing cut.  Scripts had better take --json.

    \b
    Examples:
      runstone runs list -e demo/digits --order-by "metrics.val/accuracy DESC" -n 10
      runstone runs list -e "vision/*" --filter "status = 'FAILED'" --json
    """
    extras = None if columns is None else parse_columns(columns)
    store = invocation.reading_store(empty=[])
    ids = find_experiments(store, experiments)
    view = view_of(deleted=deleted, whole=whole)

    def fetch(token: str | None) -> Page[Run]:
        wanted = min(limit + 1, _PAGE) if limit else _PAGE
        return store.search_runs(
            ids,
            filter=filter_,
            order_by=order_by,
            view=view,
            max_results=wanted,
            page_token=token,
        )

    found = list(islice(iter_pages(fetch), limit + 1 if limit else None))
    runs = found[:limit] if limit else found
    names = experiment_names(store, runs)
    if invocation.as_json:
        invocation.print_json([run_shape(run, names[run.info.experiment_id]) for run in runs])
        return
    if not runs:
        invocation.note(_nothing(view, filter_, experiments))
        return
    print_runs(invocation, runs, names, extras)
    if len(found) > len(runs):
        invocation.note(f"The first {limit:,} are shown; there are more: -n 0 shows all, --filter narrows down.")


def print_runs(
    invocation: Invocation, runs: Sequence[Run], names: dict[str, str], extras: Sequence[Extra] | None
) -> None:
    """Print a table of runs.

    Args:
        names: Names of experiments by id.
        extras: Columns beyond the usual ones; None for those that tell the runs apart, as far as there is room.
    """
    short = invocation.is_terminal
    usual = _usual(runs, names, short)
    columns = [column for column, _ in usual]
    rows: list[Row] = [list(row) for row in zip(*(cells for _, cells in usual), strict=True)]
    if extras is None:
        extras = telling_columns(runs)
        if short:
            extras = _that_fit(runs, extras, natural_width(columns, rows))
        extras = sorted(extras, key=lambda extra: not extra.column.is_number)
    columns += [extra.column for extra in extras]
    rows = [[*row, *(_shown(extra, run, short) for extra in extras)] for row, run in zip(rows, runs, strict=True)]
    print_table(invocation, columns, rows)


def _usual(runs: Sequence[Run], names: dict[str, str], short: bool) -> list[tuple[Column, list[Cell]]]:
    """Return the columns of every list with their cells; in a pipe always the same ones."""
    infos = [run.info for run in runs]
    if not short:
        return [
            (Column("id"), [Cell(info.run_id) for info in infos]),
            (Column("name"), [Cell(info.run_name) for info in infos]),
            (Column("experiment"), [Cell(names[info.experiment_id]) for info in infos]),
            (Column("status"), [status_cell(info) for info in infos]),
            (Column("started"), [Cell(iso_moment(info.start_time)) for info in infos]),
            (Column("took", True), [_took(info) for info in infos]),
        ]
    name = (Column("name"), [Cell(cut(info.run_name, 32), "bold") for info in infos])
    experiment = (Column("experiment"), [Cell(names[info.experiment_id]) for info in infos])
    started = (Column("started", keeps=True), [Cell(ago(info.start_time), "dim") for info in infos])
    took = (Column("took", True, keeps=True), [_took(info) for info in infos])
    usual = [
        (Column("id", keeps=True), [Cell(short_id(info.run_id), "yellow") for info in infos]),
        name,
        *([experiment] if len(names) > 1 else []),
        (Column("status", keeps=True), [status_cell(info) for info in infos]),
        started,
        took,
    ]
    return _without(usual, name, [took, started, experiment])


def _without(
    usual: list[tuple[Column, list[Cell]]],
    name: tuple[Column, list[Cell]],
    spare: Sequence[tuple[Column, list[Cell]]],
) -> list[tuple[Column, list[Cell]]]:
    """Leave out columns that can be spared, one after another, where the names would be cut to nothing."""
    from runstone.cli.drawing import terminal_width

    widths = {id(one): natural_width([one[0]], [[cell] for cell in one[1]]) + 2 for one in usual}
    widths[id(name)] = min(widths[id(name)], _SHORT_NAME + 2)
    for one in spare:
        if sum(widths.values()) - 2 <= terminal_width():
            break
        widths.pop(id(one), None)
    return [one for one in usual if id(one) in widths]


def _took(info: RunInfo) -> Cell:
    took = duration_ms(info)
    return Cell("-" if took is None else duration(took))


def _shown(extra: Extra, run: Run, short: bool) -> Cell:
    cell = extra.cell(run)
    return Cell(cut(cell.text, 24), cell.style) if short else cell


def _that_fit(runs: Sequence[Run], extras: Sequence[Extra], taken: int) -> list[Extra]:
    from runstone.cli.drawing import terminal_width

    room = terminal_width() - taken
    fitting = []
    for extra in extras:
        needed = natural_width([extra.column], [[_shown(extra, run, True)] for run in runs]) + 2
        if needed <= room:
            fitting.append(extra)
            room -= needed
    return fitting


def _nothing(view: ViewType, filter_: str, experiments: tuple[str, ...]) -> str:
    what = "No deleted runs" if view == ViewType.DELETED_ONLY else "No runs"
    if filter_ or experiments:
        return f"{what} match. `runstone experiments list` shows what there is."
    if view == ViewType.DELETED_ONLY:
        return f"{what}."
    return f"{what} yet. Log something with runstone.start_run() in Python, or try `runstone demo`."
