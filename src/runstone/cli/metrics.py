"""``runstone metrics``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from runstone.cli.chart import draw_chart
from runstone.cli.invocation import Invocation, shared, shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.cli.lookup import find_runs
from runstone.cli.runs.columns import telling_metrics
from runstone.cli.suggestions import suggest_metrics, suggest_runs
from runstone.cli.tabular import FORMATS, asked_format, format_of, write_table
from runstone.cli.text import clean, count, short_id
from runstone.core.entities import Run
from runstone.core.errors import NotFound

if TYPE_CHECKING:
    from runstone.store.protocol import Store
    from runstone.store.series.columns import Columns

_HERE = "runstone.cli.metrics"
_MOST_NAMED = 30

TABLE = {
    "plot": Entry(f"{_HERE}:plot", "Draw metrics of runs as a chart."),
    "export": Entry(f"{_HERE}:export", "Write all points of metrics to a file."),
}


@shared_by_group
@click.group(cls=LazyGroup, table=TABLE)
def metrics() -> None:
    """Draw metrics as a chart, or write them to a file.

    RUN is a run's id, the first or last digits of it, its name, or latest.
    """


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", shell_complete=suggest_runs)
@click.option(
    "-m",
    "--metric",
    "keys",
    multiple=True,
    shell_complete=suggest_metrics,
    metavar="KEY",
    help="Several may be given; the losses if none is, or else the first metric.",
)
@click.option("--log-y", is_flag=True, help="A logarithmic axis of values.")
@click.option(
    "-x",
    "axis",
    type=click.Choice(["step", "time"]),
    default="step",
    show_default=True,
    help="Time is in seconds since the run began.",
)
@click.option(
    "--max-points", type=click.IntRange(min=8), default=1000, show_default=True, help="A series; extremes are kept."
)
@click.option("--height", type=click.IntRange(3, 200), default=16, show_default=True, help="Lines of the drawing.")
@shared
def plot(
    invocation: Invocation,
    runs: tuple[str, ...],
    keys: tuple[str, ...],
    log_y: bool,
    axis: str,
    max_points: int,
    height: int,
) -> None:
    """Draw metrics of runs as a chart.

    \b
    Examples:
      runstone metrics plot brisk-heron-412
      runstone metrics plot brisk-heron-412 calm-oak-77 -m train/loss --log-y
    """
    store = invocation.reading_store()
    found = find_runs(store, runs)
    keys = keys or telling_metrics(found)
    if not keys:
        raise NotFound(f"{'these runs have' if len(found) > 1 else 'this run has'} no metrics yet")
    series = _read(store, found, keys, max_points)
    by_id = {run.info.run_id: run for run in found}
    lines = {}
    for (run_id, key), columns in series.items():
        info = by_id[run_id].info
        along = columns.steps if axis == "step" else (columns.timestamps - info.start_time) / 1000
        lines[(run_id, key)] = (along.tolist(), columns.values.tolist())
    if invocation.as_json:
        invocation.print_json(
            [
                {"run_id": run_id, "run_name": by_id[run_id].info.run_name, "key": key, axis: x, "value": y}
                for (run_id, key), (x, y) in lines.items()
            ]
        )
        return
    names = _names(found, keys)
    title = ", ".join(keys) + (" over seconds" if axis == "time" else "")
    drawn = {names[pair]: line for pair, line in lines.items()}
    invocation.print(draw_chart(invocation, drawn, height=height, log_y=log_y, title=title))


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", shell_complete=suggest_runs)
@click.option(
    "-m",
    "--metric",
    "keys",
    multiple=True,
    shell_complete=suggest_metrics,
    metavar="KEY",
    help="Only this one; several may be given.",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="The file; standard output if not given.")
@click.option("-f", "--format", "format_", type=click.Choice(FORMATS), help="If the file's name does not say it.")
@shared
def export(
    invocation: Invocation, runs: tuple[str, ...], keys: tuple[str, ...], output: str, format_: str | None
) -> None:
    """Write all points of metrics to a file: run_id, run_name, key, step, timestamp (Unix milliseconds), value.

    \b
    Example:
      runstone metrics export brisk-heron-412 -m train/loss -o loss.csv
    """
    kind = format_of(output, asked_format(invocation, output, format_))
    store = invocation.reading_store()
    found = find_runs(store, runs)
    records = list(_points(found, _read(store, found, keys or _all_keys(found), None)))
    write_table(records, output, kind)
    if output != "-" and invocation.as_json:
        invocation.print_json({"output": output, "format": kind, "points": len(records)})
    elif output != "-":
        invocation.note(f"Wrote {count(records, 'point')} to {clean(output)}.")


def _points(runs: Sequence[Run], series: dict[tuple[str, str], Columns]) -> Iterator[dict[str, Any]]:
    names = {run.info.run_id: run.info.run_name for run in runs}
    for (run_id, key), columns in series.items():
        for step, timestamp, value in zip(
            columns.steps.tolist(), columns.timestamps.tolist(), columns.values.tolist(), strict=True
        ):
            yield {
                "run_id": run_id,
                "run_name": names[run_id],
                "key": key,
                "step": step,
                "timestamp": timestamp,
                "value": value,
            }


def _all_keys(runs: Sequence[Run]) -> list[str]:
    return sorted({key for run in runs for key in run.metrics})


def _read(
    store: Store, runs: Sequence[Run], keys: Sequence[str], max_points: int | None
) -> dict[tuple[str, str], Columns]:
    """Return the series in the order of runs, then keys.

    Raises:
        NotFound: No run has one of the metrics; the message says which there are.
    """
    known = _all_keys(runs)
    for key in keys:
        if key not in known:
            there = ", ".join(known[:_MOST_NAMED]) + (", …" if len(known) > _MOST_NAMED else "")
            raise NotFound(f"none of these runs has a metric {key!r}; there {'are ' + there if known else 'is none'}")
    read = store.read_series([run.info.run_id for run in runs], list(keys), max_points=max_points)
    pairs = [(run.info.run_id, key) for run in runs for key in keys]
    return {pair: read[pair] for pair in pairs if pair in read}


def _names(runs: Sequence[Run], keys: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return a name for each series that says no more than it must to be its own."""
    run_names = [run.info.run_name for run in runs]
    names = {}
    for run in runs:
        info = run.info
        name = info.run_name
        if run_names.count(name) > 1:
            name = f"{name} ({short_id(info.run_id)})"
        for key in keys:
            names[(info.run_id, key)] = key if len(runs) == 1 else name if len(keys) == 1 else f"{name} {key}"
    return names
