"""``runstone info``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import click
import msgspec

from runstone.cli.invocation import Invocation, shared
from runstone.cli.table import Cell, Column, Row, print_table
from runstone.cli.text import clean, count, size
from runstone.core.errors import RunstoneError, codes_of
from runstone.core.secrets import redact
from runstone.core.settings import TABLE, Setting, Settings
from runstone.core.version import __version__
from runstone.store.open import BLOBS_FOLDER, DATABASE_NAME, database_path, is_server
from runstone.tracking.location import Location
from runstone.tracking.session import Session


@click.command()
@shared
def info(invocation: Invocation) -> int:
    """Say where the store is and why there, what it holds, and how everything is set.

    \b
    Example:
      runstone info --json | jq .store.runs
    """
    session = invocation.session()
    settings = [_setting(setting, session.settings) for setting in TABLE]
    facts: dict[str, Any] = {
        "version": __version__,
        "uri": _place(session.location),
        "reason": session.location.reason,
        "folder": str(session.location.folder),
        "exists": None,
        "store": None,
        "blobs": None,
        "journals": _journals(session),
        "settings": settings,
        "trouble": None,
    }
    code = 0
    try:
        facts["exists"] = invocation.has_store()
        if facts["exists"]:
            facts["store"] = msgspec.to_builtins(session.store.get_info())
            facts["blobs"] = _blobs(session)
    except RunstoneError as error:
        facts["trouble"] = str(error)
        code = codes_of(error).cli
    if invocation.as_json:
        invocation.print_json(facts)
        return code
    for key, text in _lines(facts):
        invocation.print(f"{click.style(f'{key:<10}', dim=True)}{clean(text)}")
    invocation.print(f"\n{click.style('Settings', bold=True)}")
    rows: list[Row] = [
        [
            one["name"],
            Cell("-", "dim") if one["value"] is None else clean(str(one["value"])),
            Cell(one["source"], "dim" if one["source"] == "default" else "green"),
        ]
        for one in settings
    ]
    print_table(invocation, [Column("name", keeps=True), Column("value"), Column("from", keeps=True)], rows)
    return code


def _place(location: Location) -> str:
    """Return where the store is: an absolute path, or a URI without its password."""
    database = database_path(location.uri)
    if database is None:
        return redact(location.uri)
    return str(database.parent if database.name == DATABASE_NAME else database)


def _lines(facts: dict[str, Any]) -> Iterable[tuple[str, str]]:
    yield "store", facts["uri"]
    yield "why", facts["reason"]
    yield "version", f"Runstone {facts['version']}"
    if facts["trouble"]:
        yield "trouble", facts["trouble"]
        return
    if not facts["exists"]:
        yield "holds", "nothing yet; it is made when something is logged (try `runstone demo`)"
        return
    store, blobs, journals = facts["store"], facts["blobs"], facts["journals"]
    yield "database", f"{store['engine']}, schema {store['schema_version']}, {size(store['database_bytes'])}"
    yield (
        "holds",
        (
            f"{count(store['experiments'], 'experiment')}, {count(store['runs'], 'run')} "
            f"({store['running']:,} running), {count(store['points'], 'point')}"
        ),
    )
    yield "artifacts", f"{count(blobs['count'], 'blob')}, {size(blobs['bytes'])}, in {blobs['place']}"
    if journals["in_use"] or journals["left_behind"]:
        yield (
            "journals",
            (
                f"{journals['in_use']:,} in use, {journals['left_behind']:,} left behind, {size(journals['bytes'])}"
                + ("; `runstone sync` brings them in" if journals["left_behind"] else "")
            ),
        )


def _blobs(session: Session) -> dict[str, Any]:
    digests = session.store.iter_digests()
    beside = session.location.uri if is_server(session.location.uri) else str(session.location.folder / BLOBS_FOLDER)
    place = session.settings.artifacts_uri or beside
    return {"place": redact(place), "count": len(digests), "bytes": sum(size_bytes for _, size_bytes in digests)}


def _journals(session: Session) -> dict[str, int]:
    from runstone.journal.reader import is_held, iter_journals

    folders = [folder for folder, _, _ in iter_journals(session.journal_root)]
    held = sum(is_held(folder) for folder in folders)
    size_bytes = 0
    for folder in folders:
        try:
            size_bytes += sum(entry.stat().st_size for entry in os.scandir(folder))
        except FileNotFoundError:
            continue  # brought in meanwhile
    return {"in_use": held, "left_behind": len(folders) - held, "bytes": size_bytes}


def _setting(setting: Setting, settings: Settings) -> dict[str, Any]:
    value = getattr(settings, setting.name)
    variable = next((name for name in setting.variables if os.environ.get(name)), None)
    if isinstance(value, frozenset):
        value = ",".join(sorted(value)) or "none"
    return {
        "name": setting.name,
        "value": redact(value) if isinstance(value, str) else value,
        "source": variable or "default",
        "variable": setting.variables[0],
        "help": setting.help,
    }
