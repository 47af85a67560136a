"""``runstone watch``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from runstone.cli.chart import draw_chart
from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import experiment_names, find_run
from runstone.cli.runs.columns import telling_metrics
from runstone.cli.runs.status import duration_ms, status_cell
from runstone.cli.shapes import run_shape
from runstone.cli.suggestions import suggest_metrics, suggest_runs
from runstone.cli.table import Cell, Column, plain_table
from runstone.cli.text import clean, count, cut, duration, number, short_id
from runstone.core.entities import Run, RunStatus

if TYPE_CHECKING:
    from runstone.store.protocol import Store

_MOST_RUNS = 30
_MOST_METRICS = 12
_LONGEST_NAME = 32
_MOST_EXPERIMENTS = 100
_LOOK_ANYWAY_S = 5.0
"""When to look although a server tells of changes: it does not tell how time passes, nor of all that may begin."""


class _Seen(NamedTuple):
    """What a look at the store gave: a text, the run if it is one that is followed, and what is worth hearing of."""

    text: str
    run: Run | None
    run_ids: list[str]


_Look = Callable[[], _Seen]
_Wait = Callable[[_Seen], None]


@click.command()
@click.argument("run", required=False, shell_complete=suggest_runs)
@click.option(
    "-m",
    "--metric",
    "keys",
    multiple=True,
    shell_complete=suggest_metrics,
    metavar="KEY",
    help="Draw this one; several may be given.",
)
@click.option("--once", is_flag=True, help="Show the present state and end.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    default=1.0,
    show_default=True,
    help="Seconds between looks, where no server tells of changes.",
)
@shared
def watch(invocation: Invocation, run: str | None, keys: tuple[str, ...], once: bool, interval: float) -> int:
    """Follow what is running, live: all running runs, or the metrics of one until it ends.

    For one run it exits with 0 when that finished, and with 1 when it failed or was killed.  Ctrl-C ends it.

    \b
    Examples:
      runstone watch
      runstone watch brisk-heron-412 -m train/loss && echo trained
    """
    session = invocation.reading(empty=[] if run is None else None)
    store = session.store
    run_id = None if run is None else find_run(store, run).info.run_id

    def look() -> _Seen:
        # Each time anew: a process that dies meanwhile is found out.
        invocation.pick_up(session)
        if run_id is None:
            runs = store.search_runs(None, filter="status = 'RUNNING'", max_results=_MOST_RUNS)
            return _Seen(_running(store, runs), None, [one.info.run_id for one in runs])
        found = store.get_run(run_id)
        return _Seen(_one(invocation, store, found, keys), found, [run_id])

    if once:
        text, found, _ = look()
        if not invocation.as_json:
            invocation.print(text)
        elif found is None:
            runs = store.search_runs(None, filter="status = 'RUNNING'")
            names = experiment_names(store, runs)
            invocation.print_json([run_shape(one, names[one.info.experiment_id]) for one in runs])
        else:
            invocation.print_json(run_shape(found, store.get_experiment(found.info.experiment_id).name))
        return 0
    experiments = store.search_experiments(max_results=_MOST_EXPERIMENTS) if run_id is None else []
    wait = _waiting(session.location.uri, [one.experiment_id for one in experiments], interval)
    ended = _live(invocation, look, wait) if invocation.is_terminal else _printed(invocation, look, wait)
    return 0 if ended.info.status == RunStatus.FINISHED else 1


def _waiting(uri: str, experiment_ids: list[str], interval: float) -> _Wait:
    """Return what waits between two looks: until something changed, or for a while."""
    from runstone.store.open import is_server

    if not is_server(uri):
        return lambda seen: time.sleep(interval)
    from runstone.wire.events import Events

    events = Events(uri)
    click.get_current_context().call_on_close(events.close)

    def wait(seen: _Seen) -> None:
        events.listen(seen.run_ids, experiment_ids)
        events.wait(interval, max(interval, _LOOK_ANYWAY_S))

    return wait


def _live(invocation: Invocation, look: _Look, wait: _Wait) -> Run:
    """Redraw in place until the run ends, and return it."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    def drawn(text: str) -> Text:
        return Text.from_ansi(text if invocation.has_color else click.unstyle(text))

    seen = look()
    with Live(drawn(seen.text), console=Console(highlight=False), auto_refresh=False, vertical_overflow="crop") as live:
        while seen.run is None or not RunStatus.is_terminated(seen.run.info.status):
            wait(seen)
            seen = look()
            live.update(drawn(seen.text), refresh=True)
    return seen.run


def _printed(invocation: Invocation, look: _Look, wait: _Wait) -> Run:
    """Print a line whenever something was logged, until the run ends, and return it; with --json only print its end."""
    shown = ""
    while True:
        seen = look()
        found = seen.run
        ended = found is not None and RunStatus.is_terminated(found.info.status)
        line = seen.text if found is None else f"{status_cell(found.info).text}  {_latest(found)}"
        if line != shown and not invocation.as_json:
            invocation.print(line)
            shown = line
        if found is not None and ended:
            if invocation.as_json:
                invocation.print_json(run_shape(found))
            return found
        wait(seen)


def _running(store: Store, runs: Sequence[Run]) -> str:
    if not runs:
        return click.style("Nothing is running.", dim=True)
    names = experiment_names(store, runs)
    rows: list[list[Cell]] = []
    for run in runs:
        took = duration_ms(run.info)
        rows.append(
            [
                Cell(short_id(run.info.run_id)),
                Cell(cut(clean(run.info.run_name), _LONGEST_NAME)),
                Cell(cut(clean(names[run.info.experiment_id]), _LONGEST_NAME)),
                Cell("" if took is None else duration(took)),
                Cell(_latest(run)),
            ]
        )
    columns = [Column("id"), Column("name"), Column("experiment"), Column("for", True), Column("latest")]
    head, *lines = plain_table(columns, rows).split("\n")
    return "\n".join([click.style(count(runs, "run") + " running", bold=True), "", click.style(head, dim=True), *lines])


def _one(invocation: Invocation, store: Store, run: Run, keys: tuple[str, ...]) -> str:
    info, status = run.info, status_cell(run.info)
    took = duration_ms(info)
    title = (
        f"{click.style(cut(clean(info.run_name), _LONGEST_NAME), bold=True)}  "
        f"{click.style(status.text, fg=status.style or None)}  "
        f"{click.style(short_id(info.run_id), fg='yellow')}  {'' if took is None else duration(took)}"
    )
    lines = [title]
    if info.status_reason:
        lines.append(click.style(clean(info.status_reason), fg="red"))
    if not run.metrics:
        return "\n".join([*lines, click.style("No metrics yet.", dim=True)])
    lines += ["", *_table(run)]
    drawn = [key for key in keys or telling_metrics([run]) if key in run.metrics]
    if drawn:
        series = store.read_series([info.run_id], drawn, max_points=500)
        points = {key: (columns.steps.tolist(), columns.values.tolist()) for (_, key), columns in series.items()}
        lines += ["", draw_chart(invocation, {key: points[key] for key in drawn if key in points}, height=12)]
    return "\n".join(lines)


def _table(run: Run) -> list[str]:
    keys = _shown_first(run)
    rows = [
        [
            Cell(cut(clean(key), _LONGEST_NAME)),
            *(Cell(number(value)) for value in (s.last, s.min, s.max)),
            Cell(f"{s.last_step:,}"),
        ]
        for key, s in ((key, run.metrics[key]) for key in keys[:_MOST_METRICS])
    ]
    head, *lines = plain_table(
        [Column(""), *(Column(name, True) for name in ("last", "min", "max", "step"))], rows
    ).split("\n")
    if len(keys) > _MOST_METRICS:
        lines.append(click.style(f"… and {count(len(keys) - _MOST_METRICS, 'metric')} more", dim=True))
    return [click.style(head, dim=True), *lines]


def _latest(run: Run) -> str:
    """Return the newest value of the first few metrics, and the step they are at."""
    keys = [key for key in _shown_first(run) if not key.startswith("system/")][:3]
    if not keys:
        return ""
    step = max(run.metrics[key].last_step for key in keys)
    return f"step {step:,}  " + "  ".join(
        f"{cut(clean(key), _LONGEST_NAME)} {number(run.metrics[key].last)}" for key in keys
    )


def _shown_first(run: Run) -> list[str]:
    return sorted(run.metrics, key=lambda key: (key.startswith("system/"), key))
