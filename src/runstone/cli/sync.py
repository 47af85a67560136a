"""``runstone sync``."""

from __future__ import annotations

import click

from runstone.cli.invocation import Invocation, shared, warnings_shown_otherwise
from runstone.cli.text import clean, count


@click.command()
@shared
def sync(invocation: Invocation) -> int:
    """Bring in what processes left behind that died, or could not reach the store.

    Every other command does so by itself; this one says what it did, and exits with 1 where something would not go in.

    \b
    Example:
      runstone sync
    """
    from runstone.journal.reader import is_held, iter_journals

    session = invocation.session()
    if not invocation.has_store():
        session = invocation.reading(empty={"brought_in": 0, "lost_runs": [], "in_use": 0, "problems": []})
    held = {folder for folder, _, _ in iter_journals(session.journal_root) if is_held(folder)}
    left = [folder for folder, _, _ in iter_journals(session.journal_root) if folder not in held]
    running = _running(invocation)
    with warnings_shown_otherwise():
        problems = session.pick_up()
    brought_in = sum(not folder.exists() for folder in left)
    lost = sorted(running - _running(invocation))
    if invocation.as_json:
        invocation.print_json({"brought_in": brought_in, "lost_runs": lost, "in_use": len(held), "problems": problems})
        return 1 if problems else 0
    invocation.print(f"Brought in {count(brought_in, 'journal')}." if brought_in else "Nothing was left behind.")
    for run_id in lost:
        invocation.print(f"Run {run_id} was lost: its process ended without a word.")
    if held:
        verb = "is" if len(held) == 1 else "are"
        invocation.print(f"{count(len(held), 'process', 'processes')} {verb} logging now.")
    for problem in problems:
        click.secho(f"Left where it is: {clean(problem)}", fg="red", err=True)
    return 1 if problems else 0


def _running(invocation: Invocation) -> set[str]:
    from runstone.core.page import iter_pages

    store = invocation.session().store
    pages = iter_pages(lambda token: store.search_runs(None, filter="status = 'RUNNING'", page_token=token))
    return {run.info.run_id for run in pages}
