"""``runstone runs logs``."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click
import msgspec

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_run
from runstone.cli.suggestions import suggest_runs
from runstone.cli.text import clean_output
from runstone.core.entities import RunStatus
from runstone.core.events import ConsoleWritten
from runstone.tracking.printed import iter_console

_INTERVAL_S = 1.0


@click.command()
@click.argument("run", shell_complete=suggest_runs)
@click.option("-f", "--follow", is_flag=True, help="Go on until the run ends.")
@click.option("-n", "--tail", type=click.IntRange(min=0), metavar="N", help="Begin with the last N lines.")
@click.option("--stream", type=click.Choice(["stdout", "stderr"]), help="Only this one.")
@shared
def logs(invocation: Invocation, run: str, follow: bool, tail: int | None, stream: str | None) -> None:
    """Show what a run's program printed: both streams, in the order it came.

    \b
    Examples:
      runstone runs logs latest --tail 20
      runstone runs logs brisk-heron-412 --follow
    """
    session = invocation.reading()
    store = session.store
    run_id = find_run(store, run).info.run_id
    last = 0

    def new() -> Iterator[ConsoleWritten]:
        nonlocal last
        for number, piece in iter_console(store, run_id, after=last):
            last = number
            if stream in (None, piece.stream):
                yield piece

    def followed() -> Iterator[ConsoleWritten]:
        # Asked before reading: what was printed in between is not missed.
        ended = not follow or RunStatus.is_terminated(store.get_run(run_id).info.status)
        yield from new() if tail is None else _last_lines(list(new()), tail)
        while not ended:
            time.sleep(_INTERVAL_S)
            # A process that dies meanwhile is found out.
            invocation.pick_up(session)
            ended = RunStatus.is_terminated(store.get_run(run_id).info.status)
            yield from new()

    if invocation.as_json:
        invocation.print_json([msgspec.structs.asdict(piece) for piece in followed()])
        return
    for piece in followed():
        click.echo(clean_output(piece.text), nl=False, color=invocation.has_color)
    if not last:
        invocation.note("Nothing that it printed was kept.")


def _last_lines(pieces: list[ConsoleWritten], number: int) -> Iterator[ConsoleWritten]:
    """Yield the pieces that the last lines are in; the first of them is cut to where they begin."""
    whole = "".join(piece.text for piece in pieces)
    start = len(whole)
    if number:
        start -= whole.endswith("\n")
        for _ in range(number):
            start = whole.rfind("\n", 0, max(start, 0))
        start += 1
    at = 0
    for piece in pieces:
        at += len(piece.text)
        if at > start:
            yield msgspec.structs.replace(piece, text=piece.text[max(len(piece.text) - (at - start), 0) :])
