"""Progress of long work, on standard error while a person watches it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runstone.cli.invocation import Invocation

Tell = Callable[[str, int, int], None]
"""Called as ``tell(what, done, total)``; total 0 means unknown (as ``store.protocol.maintenance.Progress``)."""


@contextmanager
def progress(invocation: Invocation, *, in_bytes: bool = False) -> Iterator[Tell]:
    """Yield a function that shows how far each kind of work is: a bar a kind.

    Args:
        in_bytes: Count in bytes and show how fast it goes.
    """
    if invocation.quiet or not sys.stderr.isatty():
        yield _tell_nobody
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TransferSpeedColumn

    counted = (DownloadColumn(), TransferSpeedColumn()) if in_bytes else (MofNCompleteColumn(),)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *counted,
        console=Console(stderr=True, no_color=invocation.no_color or None),
        transient=True,
    )
    tasks = {}
    with bars:

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield tell


def _tell_nobody(what: str, done: int, total: int) -> None:
    """Nobody watches."""
