"""``runstone gc``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import click
import msgspec

from runstone.cli.invocation import Invocation, shared
from runstone.cli.progress import progress
from runstone.cli.text import clean, count, size

if TYPE_CHECKING:
    from runstone.store.protocol.maintenance import Garbage
    from runstone.tracking.session import Session

_AGE = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MOST_NAMED = 20


def _age(context: click.Context, parameter: click.Parameter, text: str | None) -> timedelta | None:
    """Return an option's text as a length of time: ``30d``, ``12h``."""
    if text is None:
        return None
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no age; give a number and s, m, h, d or w: 30d", context, parameter)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.command()
@click.option("-y", "--yes", is_flag=True, help="Do it; without, it is only said what would be done.")
@click.option("--older-than", callback=_age, metavar="AGE", help="Only what was deleted that long ago: 30d, 12h.")
@shared
def gc(invocation: Invocation, yes: bool, older_than: timedelta | None) -> None:
    """Free what deleted runs still take: their rows, files that no run has any more, and what broken writes left.

    Without --yes nothing is removed.  What is removed cannot be restored.  Files younger than an hour, or a week in an
    object store, stay: they may belong to something that is being logged.

    \b
    Examples:
      runstone gc --older-than 30d
      runstone gc --older-than 30d --yes
    """
    from runstone.transfer import gc as garbage_collection

    session = invocation.session()
    if not invocation.has_store():
        invocation.reading(empty={"removed": False, "temporary_bytes": 0, "garbage": {}})
    with progress(invocation) as tell:
        if yes:
            freed = garbage_collection.collect(session, older_than=older_than, progress=tell)
        else:
            garbage = garbage_collection.find(session, older_than=older_than, progress=tell)
            stale = garbage_collection.stale_bytes(session)
            freed = garbage_collection.Freed(garbage=garbage, temporary_bytes=stale)
    if invocation.as_json:
        invocation.print_json({"removed": yes, **msgspec.to_builtins(freed)})
        return
    found = freed.garbage
    if not (found.run_ids or found.experiment_ids or found.model_ids or found.blob_digests or freed.temporary_bytes):
        invocation.print("Nothing to free.")
        return
    verb = "Removed" if yes else "Would remove"
    _print(invocation, found, {} if yes else _names(session, found), verb)
    if freed.temporary_bytes:
        invocation.print(f"{verb} {size(freed.temporary_bytes)} of broken writes.")
    if not yes:
        invocation.note("Nothing was removed. Add --yes to remove it for good.")


def _names(session: Session, garbage: Garbage) -> dict[str, str]:
    """Return the names of the runs and experiments that are shown, for people know them by those."""
    store = session.store
    names = {run_id: store.get_run(run_id).info.run_name for run_id in garbage.run_ids[:_MOST_NAMED]}
    return names | {one: store.get_experiment(one).name for one in garbage.experiment_ids[:_MOST_NAMED]}


def _print(invocation: Invocation, garbage: Garbage, names: Mapping[str, str], verb: str) -> None:
    for ids, noun in (
        (garbage.run_ids, "run"),
        (garbage.model_ids, "logged model"),
        (garbage.experiment_ids, "experiment"),
    ):
        if ids:
            invocation.print(f"{verb} {count(ids, noun)}:")
            for text in ids[:_MOST_NAMED]:
                named = f"    {text}  {names[text]}" if text in names else f"    {text}"
                invocation.print(clean(named))
            if len(ids) > _MOST_NAMED:
                invocation.print(f"    … and {len(ids) - _MOST_NAMED:,} more")
    if garbage.blob_digests:
        invocation.print(f"{verb} {count(garbage.blob_digests, 'blob')}, {size(garbage.blob_bytes)}.")
