"""``runstone runs delete`` and ``restore``."""

from __future__ import annotations

import click

from runstone.cli.confirm import confirm, yes_option
from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_runs
from runstone.cli.suggestions import suggest_deleted_runs, suggest_runs
from runstone.cli.text import clean, count, cut, short_id

_MOST_NAMED = 10


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", shell_complete=suggest_runs)
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
    names = ", ".join(
        f"{cut(clean(run.info.run_name), 40)} ({short_id(run.info.run_id)})" for run in found[:_MOST_NAMED]
    )
    if len(found) > _MOST_NAMED:
        names += f" and {len(found) - _MOST_NAMED:,} more"
    confirm(f"Delete {count(found, 'run')}: {names}?", yes=yes)
    for run in found:
        store.delete_run(run.info.run_id)
    ids = [run.info.run_id for run in found]
    if invocation.as_json:
        invocation.print_json({"deleted": ids})
    else:
        invocation.print(f"Deleted {count(found, 'run')}.")
        some = ids if len(ids) <= _MOST_NAMED else ["ID..."]
        invocation.note(f"To undo: runstone runs restore {' '.join(some)}")


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", shell_complete=suggest_deleted_runs)
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
