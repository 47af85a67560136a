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
from runstone.cli.table import Cell, Column, Row, natural_width, print_table
from runstone.cli.text import ago, cut, duration, short_id
from runstone.core.entities import Run, ViewType
from runstone.core.page import Page, iter_pages

_PAGE = 1000


@click.command("list")
@click.option("-e", "--experiment", "experiments", multiple=True, metavar="NAME", help="A name, an id, or prefix/*.")
@click.option("--filter", "filter_", default="", metavar="FILTER", help='As in search_runs: "params.lr < 0.1".')
@click.option("--order-by", multiple=True, metavar="FIELD", help='"metrics.loss.min ASC"; several break ties in turn.')
@click.option("-n", "--limit", type=click.IntRange(min=0), default=50, show_default=True, help="0 for all.")
@click.option("--deleted", "view", flag_value=ViewType.DELETED_ONLY, help="Only deleted runs.")
@click.option("--all", "view", flag_value=ViewType.ALL, help="Deleted runs, too.")
@click.option("--columns", metavar="COLUMNS", help="metrics.loss.min,params.lr,tags.team instead of the usual ones.")
@shared
def list_runs(
    invocation: Invocation,
    experiments: tuple[str, ...],
    filter_: str,
    order_by: tuple[str, ...],
    limit: int,
    view: ViewType | None,
    columns: str | None,
) -> None:
    """List runs, the latest first.

    The terminal shows the metrics that most runs have and the params in which they differ, as far as there is room; a
    pipe gets all of them, whole ids, and nothing cut.

    \b
    Examples:
      runstone runs list -e demo/digits --order-by "metrics.val/accuracy DESC" -n 10
      runstone runs list -e "vision/*" --filter "status = 'FAILED'" --json
    """
    extras = None if columns is None else parse_columns(columns)
    store = invocation.reading_store(empty=[])
    ids = find_experiments(store, experiments)

    def fetch(token: str | None) -> Page[Run]:
        wanted = min(limit + 1, _PAGE) if limit else _PAGE
        return store.search_runs(
            ids,
            filter=filter_,
            order_by=order_by,
            view=view or ViewType.ACTIVE_ONLY,
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
    columns = [Column("id", keeps=True), Column("name"), *([Column("experiment")] if len(names) > 1 else [])]
    columns += [Column("status", keeps=True), Column("started", keeps=True), Column("took", True, keeps=True)]
    rows: list[Row] = [_row(run, names, short) for run in runs]
    if extras is None:
        extras = telling_columns(runs)
        if short:
            extras = _that_fit(runs, extras, natural_width(columns, rows))
        extras = sorted(extras, key=lambda extra: not extra.column.is_number)
    columns += [extra.column for extra in extras]
    rows = [[*row, *(_shown(extra, run, short) for extra in extras)] for row, run in zip(rows, runs, strict=True)]
    print_table(invocation, columns, rows)


def _row(run: Run, names: dict[str, str], short: bool) -> list[Cell | str]:
    info = run.info
    took = duration_ms(info)
    return [
        Cell(short_id(info.run_id), "yellow") if short else info.run_id,
        Cell(cut(info.run_name, 32), "bold") if short else info.run_name,
        *([names[info.experiment_id]] if len(names) > 1 else []),
        status_cell(info),
        Cell(ago(info.start_time), "dim"),
        "-" if took is None else duration(took),
    ]


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


def _nothing(view: ViewType | None, filter_: str, experiments: tuple[str, ...]) -> str:
    what = "No deleted runs" if view == ViewType.DELETED_ONLY else "No runs"
    if filter_ or experiments:
        return f"{what} match. `runstone experiments list` shows what there is."
    return f"{what} yet. Log something with runstone.start_run() in Python, or try `runstone demo`."
