"""``runstone import mlflow`` and ``runstone export mlflow``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_experiments
from runstone.cli.progress import progress
from runstone.cli.suggestions import suggest_experiments
from runstone.cli.text import clean, count, size


def _identity() -> dict[str, str]:
    """Return the headers by which MLflow's own clients would say who this is."""
    import urllib3

    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    name, password = os.environ.get("MLFLOW_TRACKING_USERNAME"), os.environ.get("MLFLOW_TRACKING_PASSWORD")
    if token:
        return {"Authorization": f"Bearer {token}"}
    return dict(urllib3.make_headers(basic_auth=f"{name}:{password}")) if name and password else {}


@click.command("mlflow")
@click.argument("source", metavar="SOURCE")
@click.option(
    "-e", "--experiment", "experiments", multiple=True, metavar="NAME", help="Only this one, without registry."
)
@click.option("--no-artifacts", is_flag=True, help="Leave files out.")
@click.option(
    "--artifact-root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where MLflow's server kept the files that it gave out itself, often mlartifacts/.",
)
@shared
def import_mlflow(
    invocation: Invocation,
    source: str,
    experiments: tuple[str, ...],
    no_artifacts: bool,
    artifact_root: Path | None,
) -> int:
    """Take in MLflow's history: experiments, runs with all their metrics and files, models, the registry.

    SOURCE is a folder (mlruns/), a database (sqlite:///mlflow.db, postgresql://…) or the address of a server. Ids are
    kept. A repeat brings in what has come since. Exits with 1 when something, which it names, could not be taken.

    \b
    Examples:
      runstone import mlflow mlruns/
      runstone import mlflow sqlite:///mlflow.db --artifact-root mlartifacts/
      runstone import mlflow http://mlflow.example:5000 -e fraud
    """
    from runstone.transfer.mlflow.importing import import_mlflow, open_source

    session = invocation.session()
    found = open_source(source, artifact_root=artifact_root, identity=_identity())
    try:
        with progress(invocation) as tell:
            report = import_mlflow(
                session.store,
                session.blobs,
                found,
                experiments=frozenset(experiments),
                with_artifacts=not no_artifacts,
                progress=tell,
            )
    finally:
        found.close()
    code = 1 if report.notes else 0
    if invocation.as_json:
        invocation.print_json(report)
        return code
    files = f"{count(report.artifacts, 'file')} ({size(report.artifact_bytes)})"
    invocation.print(
        f"Imported {count(report.experiments, 'experiment')}, {count(report.runs, 'run')}, "
        f"{count(report.points, 'point')}, {files}, {count(report.logged_models, 'logged model')} and "
        f"{count(report.model_versions, 'model version')} from {clean(report.source)}."
    )
    if report.updated:
        invocation.print(f"{count(report.updated, 'run')} had something new.")
    if report.skipped:
        invocation.print(f"{count(report.skipped, 'run')} of the same id came from elsewhere, and stayed as they are.")
    for note in report.notes:
        invocation.note(f"Note: {note}")
    return code


@click.command("mlflow")
@click.argument("target", metavar="URL")
@click.option(
    "-e",
    "--experiment",
    "experiments",
    multiple=True,
    shell_complete=suggest_experiments,
    metavar="NAME",
    help="With all below it, without registry; a name or an id.",
)
@click.option("--no-artifacts", is_flag=True, help="Leave files out.")
@shared
def export_mlflow(invocation: Invocation, target: str, experiments: tuple[str, ...], no_artifacts: bool) -> int:
    """Send the store to a server that speaks MLflow's API.

    Such a server gives runs and logged models ids of its own: each carries the one it had as the tag runstone.run_id
    or runstone.model_id, by which a repeat finds it and adds what has come since. What is deleted here is deleted
    there. Exits with 1 when something, which it names, could not be sent.

    \b
    Examples:
      runstone export mlflow http://mlflow.example:5000
      runstone export mlflow http://mlflow.example:5000 -e "fraud/*"
    """
    from runstone.transfer.mlflow.exporting import export_mlflow
    from runstone.transfer.mlflow.server import Caller

    session = invocation.reading()
    ids = find_experiments(session.store, experiments)
    caller = Caller(target, _identity())
    try:
        with progress(invocation) as tell:
            report = export_mlflow(
                session.store, session.blobs, caller, ids, with_artifacts=not no_artifacts, progress=tell
            )
    finally:
        caller.close()
    code = 1 if report.notes else 0
    if invocation.as_json:
        invocation.print_json(report)
        return code
    invocation.print(
        f"Sent {count(report.runs, 'run')}, {count(report.points, 'point')}, {count(report.artifacts, 'file')}, "
        f"{count(report.logged_models, 'logged model')} and {count(report.model_versions, 'model version')} "
        f"to {clean(report.target)}."
    )
    if report.updated:
        invocation.print(f"{count(report.updated, 'run')} had something new.")
    if report.deleted:
        invocation.print(f"Deleted there what is deleted here: {count(report.deleted, 'thing')}.")
    for note in report.notes:
        invocation.note(f"Note: {note}")
    return code
