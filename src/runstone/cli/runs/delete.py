"""``runstone runs delete`` and ``restore``."""

from __future__ import annotations

import click

from runstone.cli.confirm import confirm, yes_option
from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_runs
from runstone.cli.text import clean, count, short_id


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@yes_option
@shared
def delete(invocation: Invocation, runs: tuple[str, ...], yes: bool) -> None:
    """Mark runs deleted: they are hidden until they are restored, or removed for good by `runstone gc`.

    \b
    Example:
      runstone runs delete brisk-heron-412 --yes
    """
    store = invocation.reading_store()
    found = find_runs(store, runs)
    names = ", ".join(f"{clean(run.info.run_name)} ({short_id(run.info.run_id)})" for run in found)
    confirm(f"Delete {count(found, 'run')}: {names}?", yes=yes)
    for run in found:
        store.delete_run(run.info.run_id)
    ids = [run.info.run_id for run in found]
    if invocation.as_json:
        invocation.print_json({"deleted": ids})
    else:
        invocation.print(f"Deleted {count(found, 'run')}.")
        invocation.note(f"To undo: runstone runs restore {' '.join(ids)}")


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@shared
def restore(invocation: Invocation, runs: tuple[str, ...]) -> None:
    """Bring deleted runs back.

    \b
    Example:
      runstone runs restore 8f3a91c2
    """
    store = invocation.reading_store()
    found = find_runs(store, runs)
    for run in found:
        store.restore_run(run.info.run_id)
    if invocation.as_json:
        invocation.print_json({"restored": [run.info.run_id for run in found]})
    else:
        invocation.print(f"Restored {count(found, 'run')}.")
