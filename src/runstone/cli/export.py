"""``runstone export`` and ``runstone import``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lazy_group import DefaultGroup, Entry
from runstone.cli.lookup import find_experiments, find_runs
from runstone.cli.progress import progress
from runstone.cli.suggestions import suggest_experiments, suggest_runs
from runstone.cli.text import clean, count, size
from runstone.core.errors import NotFound
from runstone.core.page import iter_pages

if TYPE_CHECKING:
    from runstone.transfer.export import ExportReport
    from runstone.transfer.import_ import ImportReport


_HERE = "runstone.cli.export"

EXPORT = {
    "folder": Entry(f"{_HERE}:export_folder", "Write Parquet and plain files (if nothing else is said)."),
    "mlflow": Entry("runstone.cli.mlflow:export_mlflow", "Send everything to a server that speaks MLflow's API."),
}
IMPORT = {
    "folder": Entry(f"{_HERE}:import_folder", "Take in what export wrote (if nothing else is said)."),
    "mlflow": Entry("runstone.cli.mlflow:import_mlflow", "Take in MLflow's history."),
}


@click.group(cls=DefaultGroup, table=EXPORT, default="folder")
def export() -> None:
    """Take what the store holds elsewhere.

    \b
    Examples:
      runstone export everything/
      runstone export mlflow http://mlflow.example:5000
    """


@click.group("import", cls=DefaultGroup, table=IMPORT, default="folder")
def import_() -> None:
    """Bring in what was recorded elsewhere.

    \b
    Examples:
      runstone import everything/
      runstone import mlflow mlruns/
    """


@click.command("folder")
@click.argument("destination", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option(
    "-e",
    "--experiment",
    "experiments",
    multiple=True,
    shell_complete=suggest_experiments,
    metavar="NAME",
    help="With all below it; a name or an id.",
)
@click.option(
    "-r",
    "--run",
    "runs",
    multiple=True,
    shell_complete=suggest_runs,
    metavar="RUN",
    help="Only this run; several may be given.",
)
@click.option(
    "--filter", "filter_", metavar="FILTER", help="Of the store or these experiments, only runs that match it."
)
@shared
def export_folder(
    invocation: Invocation,
    destination: Path,
    experiments: tuple[str, ...],
    runs: tuple[str, ...],
    filter_: str | None,
) -> int:
    """Write the store, or a part of it, as Parquet and plain files that need nothing of Runstone to be read.

    Exits with 1 when something of the store, which it names, could not be exported; everything else is all the same.

    \b
    Examples:
      runstone export everything/
      runstone export vision/ -e "vision/*"
      runstone export best/ --filter "metrics.val/accuracy > 0.9"
    """
    from runstone.transfer.export import export_store

    session = invocation.reading()
    store = session.store
    ids = find_experiments(store, experiments)
    run_ids = [run.info.run_id for run in find_runs(store, runs)] or None
    if filter_ is not None:
        matching = iter_pages(lambda token: store.search_runs(ids, filter=filter_, page_token=token))
        run_ids = [*(run_ids or ()), *(run.info.run_id for run in matching)]
        if not run_ids:
            raise NotFound("no runs match; nothing was written")
        ids = None
    names = None if ids is None else [store.get_experiment(experiment_id).name for experiment_id in ids]
    with progress(invocation) as tell:
        report = export_store(session, destination, experiments=names, runs=run_ids, progress=tell)
    code = 1 if report.notes else 0
    if invocation.as_json:
        invocation.print_json(report)
        return code
    invocation.print(f"Exported {_told(report)} to {clean(report.destination)}.")
    if report.redacted:
        invocation.note(f"Secrets were taken out of {count(report.redacted, 'text or file', 'texts and files')}.")
    _print_notes(invocation, report.notes)
    return code


@click.command("folder")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FOLDER")
@shared
def import_folder(invocation: Invocation, source: Path) -> None:
    """Take in what `runstone export` wrote.

    \b
    Example:
      runstone import everything/ --store elsewhere/.runstone
    """
    from runstone.transfer.import_ import import_store

    with progress(invocation) as tell:
        report = import_store(invocation.session(), source, progress=tell)
    if invocation.as_json:
        invocation.print_json(report)
        return
    invocation.print(f"Imported {_told(report)} from {clean(report.source)}.")
    if report.runs_there:
        invocation.print(f"{count(report.runs_there, 'run was', 'runs were')} here from this export already.")
    if report.runs_skipped:
        invocation.print(
            f"{count(report.runs_skipped, 'run was', 'runs were')} in the store before, and left as they are."
        )
    _print_notes(invocation, report.notes)


def _told(report: ExportReport | ImportReport) -> str:
    experiments, runs = count(report.experiments, "experiment"), count(report.runs, "run")
    points, files = count(report.points, "point"), count(report.artifacts, "file")
    return f"{experiments}, {runs}, {points} and {files} ({size(report.artifact_bytes)})"


def _print_notes(invocation: Invocation, notes: Sequence[str]) -> None:
    for text in notes:
        invocation.note(f"Note: {text}")
