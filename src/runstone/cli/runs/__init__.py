"""``runstone runs``: a file a command."""

from __future__ import annotations

import click

from runstone.cli.invocation import shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup

_HERE = "runstone.cli.runs"

TABLE = {
    "list": Entry(f"{_HERE}.list:list_runs", "List runs, the latest first."),
    "show": Entry(f"{_HERE}.show:show", "Show everything about a run."),
    "logs": Entry(f"{_HERE}.logs:logs", "Show what a run's program printed."),
    "compare": Entry(f"{_HERE}.compare:compare", "Show in what runs differ."),
    "tag": Entry(f"{_HERE}.tag:tag", "Set or delete tags of a run."),
    "delete": Entry(f"{_HERE}.delete:delete", "Mark runs deleted."),
    "restore": Entry(f"{_HERE}.delete:restore", "Bring deleted runs back."),
    "export": Entry(f"{_HERE}.export:export", "Write a table of runs to a file."),
}


@shared_by_group
@click.group(cls=LazyGroup, table=TABLE)
def runs() -> None:
    """Find, show, compare and tidy up runs.

    RUN is a run's id, the first or last digits of it, its name, or latest.
    """
