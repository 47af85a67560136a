"""``runstone fsck``."""

from __future__ import annotations

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.problems import print_problems
from runstone.cli.progress import progress
from runstone.cli.text import clean, count, size


@click.command()
@click.option("--no-blobs", is_flag=True, help="Leave out reading every artifact.")
@shared
def fsck(invocation: Invocation, no_blobs: bool) -> int:
    """Verify the store: the database, every series against its summary, every artifact's bytes, every journal.

    Exits with 1 when something is wrong, and says what and where. Nothing is changed.

    \b
    Example:
      runstone fsck && runstone backup /mnt/backups/today.tar
    """
    from runstone.transfer.fsck import check
    from runstone.transfer.gc import find_leftovers

    session = invocation.session()
    if not invocation.has_store():
        invocation.reading()  # raises: what is not there is not well
    with progress(invocation) as tell:
        problems = check(session, blobs=not no_blobs, progress=tell)
        # What belongs to nothing can only be told where everything else is in order.
        leftovers = None if problems else find_leftovers(session, progress=tell)
    if invocation.as_json:
        invocation.print_json({"uri": session.store.uri, "problems": problems, "leftovers": leftovers})
    else:
        print_problems(invocation, problems)
        found = (
            click.style(count(problems, "problem"), fg="red") if problems else click.style("all is well", fg="green")
        )
        invocation.print(f"{clean(session.store.uri)}: {found}")
        if leftovers is not None and (leftovers.blobs or leftovers.temporary_bytes):
            invocation.note(
                f"{count(leftovers.blobs, 'blob')} ({size(leftovers.blob_bytes)}) and "
                f"{size(leftovers.temporary_bytes)} of broken writes belong to nothing any more: "
                "`runstone gc` frees them."
            )
    return 1 if problems else 0
