"""``runstone backup`` and ``runstone restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from runstone.cli.invocation import Invocation, shared
from runstone.cli.problems import print_problems
from runstone.cli.progress import progress
from runstone.cli.text import clean, count, size

if TYPE_CHECKING:
    from runstone.transfer.backup import Copied


@click.command()
@click.argument("destination", type=click.Path(path_type=Path), metavar="DEST")
@shared
def backup(invocation: Invocation, destination: Path) -> int:
    """Copy the store, which may be in use, to a new folder or to a file that ends in .tar or .tar.gz.

    What programs are logging at this moment is in the copy up to a second or so ago.  Exits with 1 when a file of the
    store was missing or damaged and could not be copied.

    \b
    Example:
      runstone backup /mnt/backups/2026-01-31.tar
    """
    from runstone.transfer import backup as copying

    session = invocation.reading()
    with progress(invocation) as tell:
        copied = copying.backup(session, destination, tell)
    return _report(invocation, copied, f"Copied {session.store.uri} to {destination}")


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="SOURCE")
@click.argument("destination", type=click.Path(path_type=Path), metavar="FOLDER")
@shared
def restore(invocation: Invocation, source: Path, destination: Path) -> int:
    """Make a store out of a backup, in a folder that is empty or not there; every file is verified.

    Exits with 1 when a file of the backup is missing or damaged; everything else is restored all the same.

    \b
    Example:
      runstone restore /mnt/backups/2026-01-31.tar project/.runstone
    """
    from runstone.transfer import backup as copying

    with progress(invocation) as tell:
        copied = copying.restore(source, destination, tell)
    code = _report(invocation, copied, f"Restored {source} to {destination}")
    if not invocation.as_json:
        invocation.note(f"Look at it: runstone --store {clean(str(destination))} runs list")
    return code


def _report(invocation: Invocation, copied: Copied, what: str) -> int:
    if invocation.as_json:
        invocation.print_json(copied)
    else:
        blobs = f"{count(copied.blobs, 'blob')} ({size(copied.blob_bytes)})"
        invocation.print(f"{clean(what)}: {count(copied.runs, 'run')}, {blobs}.")
        print_problems(invocation, copied.problems)
    return 1 if copied.problems else 0
