"""``runstone runs export``."""

from __future__ import annotations

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import experiment_names, find_experiments, find_runs
from runstone.cli.shapes import run_shape
from runstone.cli.suggestions import suggest_experiments, suggest_runs
from runstone.cli.tabular import FORMATS, asked_format, format_of, write_table
from runstone.cli.text import clean, count
from runstone.core.entities import Run
from runstone.core.errors import NotFound
from runstone.core.page import iter_pages


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]...", shell_complete=suggest_runs)
@click.option("-o", "--output", default="-", metavar="FILE", help="The file; standard output if not given.")
@click.option("-f", "--format", "format_", type=click.Choice(FORMATS), help="If the file's name does not say it.")
@click.option(
    "-e",
    "--experiment",
    "experiments",
    multiple=True,
    shell_complete=suggest_experiments,
    metavar="NAME",
    help="A name, an id, or prefix/*.",
)
@click.option("--filter", "filter_", default="", metavar="FILTER", help="As in search_runs.")
@shared
def export(
    invocation: Invocation,
    runs: tuple[str, ...],
    output: str,
    format_: str | None,
    experiments: tuple[str, ...],
    filter_: str,
) -> None:
    """Write a table of runs to a file: a row a run, columns metrics.…, params.… and tags.….

    Give runs, or an experiment or filter to take all that match.  `runstone metrics export` writes whole series,
    `runstone export` everything.

    \b
    Examples:
      runstone runs export -e demo/digits -o digits.csv
      runstone runs export brisk-heron-412 calm-oak-77 -o two.parquet
    """
    kind = format_of(output, asked_format(invocation, output, format_))
    store = invocation.reading_store()
    found: list[Run] = find_runs(store, runs)
    if not runs:
        ids = find_experiments(store, experiments)
        found = list(iter_pages(lambda token: store.search_runs(ids, filter=filter_, page_token=token)))
    if not found:
        raise NotFound("no runs match; nothing was written")
    names = experiment_names(store, found)
    if kind == "json":
        records: list[dict[str, object]] = [run_shape(run, names[run.info.experiment_id]) for run in found]
    else:
        records = [_flat(run, names[run.info.experiment_id]) for run in found]
    write_table(records, output, kind)
    if output != "-" and invocation.as_json:
        invocation.print_json({"output": output, "format": kind, "runs": len(found)})
    elif output != "-":
        invocation.note(f"Wrote {count(found, 'run')} to {clean(output)}.")


def _flat(run: Run, experiment_name: str) -> dict[str, object]:
    info = run.info
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "experiment_name": experiment_name,
        "status": info.status,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "user_id": info.user_id,
        **{f"metrics.{key}": summary.last for key, summary in sorted(run.metrics.items())},
        **{f"params.{key}": text for key, text in sorted(run.data.params.items())},
        **{f"tags.{key}": value for key, value in sorted(run.tags.items())},
    }
