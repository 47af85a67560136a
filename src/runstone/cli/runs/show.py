"""``runstone runs show``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from runstone.cli.invocation import Invocation, shared
from runstone.cli.lookup import find_run
from runstone.cli.runs.status import duration_ms, status_cell
from runstone.cli.shapes import run_shape
from runstone.cli.suggestions import suggest_runs
from runstone.cli.table import Cell, Column, plain_table
from runstone.cli.text import (
    SHORT_ID,
    ago,
    clean,
    count,
    cut,
    duration,
    moment,
    number,
    param,
    short_id,
    size,
    width,
)
from runstone.core.entities import ArtifactEntry, DatasetRecord, Run, RunInfo

if TYPE_CHECKING:
    from runstone.store.protocol import Store

_SPARK = 16
_MOST_SPARKS = 200
_MOST_FILES = 20
_LONGEST = 400
"""Columns of a value that a terminal shows unasked: some lines."""

_OWN_TAGS = ("mlflow.", "runstone.")
CAPTURED = "runstone/"
"""Folder of what is captured without asking."""

_TRACEBACK = f"{CAPTURED}traceback.txt"


@click.command()
@click.argument("run", shell_complete=suggest_runs)
@click.option("--all", "whole", is_flag=True, help="All artifacts, tags set without asking, values in full.")
@shared
def show(invocation: Invocation, run: str, whole: bool) -> None:
    """Show everything about a run: RUN is its id, the first or last digits of it, its name, or latest.

    \b
    Examples:
      runstone runs show 8f3a91c2
      runstone runs show brisk-heron-412 --json | jq .params
    """
    store = invocation.reading_store()
    found = find_run(store, run)
    experiment = store.get_experiment(found.info.experiment_id).name
    artifacts = store.iter_artifacts(found.info.run_id)
    if invocation.as_json:
        invocation.print_json({**run_shape(found, experiment), "artifacts": artifacts})
        return
    # A pipe gets everything in full, and so does a terminal that asks for it.
    longest = _LONGEST if invocation.is_terminal and not whole else None
    sections = [
        ("", _pairs({**_facts(found, experiment), **_related(store, found, artifacts)}, longest)),
        (f"Params ({len(found.params)})", _pairs(_params(found), longest)),
        (f"Metrics ({len(found.metrics)})", _metrics(store, found)),
        ("Tags", _pairs(_tags(found, whole), longest)),
        ("Inputs and outputs", _inputs(found)),
        (f"Artifacts ({_total(artifacts)})", _artifacts(artifacts, whole)),
    ]
    invocation.print(_title(found.info))
    for heading, lines in sections:
        if not lines:
            continue
        invocation.print(f"\n{click.style(heading, bold=True)}" if heading else "")
        for line in lines:
            invocation.print(f"  {line}")


def _title(info: RunInfo) -> str:
    status = status_cell(info)
    head, tail = info.run_id[:-SHORT_ID], info.run_id[-SHORT_ID:]
    return (
        f"{click.style(cut(clean(info.run_name), _LONGEST), bold=True)}  "
        f"{click.style(status.text, fg=status.style or None)}  "
        f"{click.style(head, dim=True)}{click.style(tail, fg='yellow')}"
    )


def _facts(run: Run, experiment: str) -> dict[str, str]:
    info, tags = run.info, run.tags
    took = duration_ms(info)
    ended = "" if info.end_time is None else f"{moment(info.end_time)}  "
    commit = tags.get("mlflow.source.git.commit", "")
    host = tags.get("runstone.host", "")
    facts = {
        "reason": info.status_reason or "",
        "experiment": f"{experiment} (id {info.experiment_id})",
        "started": f"{moment(info.start_time)}  ({ago(info.start_time)})",
        "ended": f"{ended}(took {duration(took)})" if info.end_time is not None and took is not None else "",
        "parent": info.parent_run_id or "",
        "by": f"{info.user_id}{f' on {host}' if host else ''}",
        "command": tags.get("runstone.command", ""),
        "commit": f"{commit[:12]} {tags.get('mlflow.source.git.branch', '')}".strip(),
        "note": tags.get("mlflow.note.content", ""),
    }
    return {key: clean(text) for key, text in facts.items() if text}


def _related(store: Store, run: Run, artifacts: Sequence[ArtifactEntry]) -> dict[str, str]:
    """Return where to find what is not shown: runs below this one, and why it failed."""
    run_id = run.info.run_id
    related = {}
    below = f"parent_run_id = '{run_id}'"
    if children := store.count_runs(None, filter=below):
        related["children"] = f'{count(children, "run")}: runstone runs list --filter "{below}"'
    if any(entry.path == _TRACEBACK for entry in artifacts):
        related["traceback"] = f"runstone artifacts get {short_id(run_id)} {_TRACEBACK} -o -"
    if store.read_console(run_id, max_pieces=1):
        related["printed"] = f"runstone runs logs {short_id(run_id)}"
    return related


def _params(run: Run) -> dict[str, str]:
    return {clean(key): param(value) for key, value in sorted(run.params.items())}


def _metrics(store: Store, run: Run) -> list[str]:
    if not run.metrics:
        return []
    keys = sorted(run.metrics, key=lambda key: (key.startswith("system/"), key))
    sparks = _sparks(store, run, keys[:_MOST_SPARKS])
    rows = [
        [clean(key), *(number(value) for value in (s.last, s.min, s.max, s.mean)), f"{s.count:,}", sparks.get(key, "")]
        for key, s in ((key, run.metrics[key]) for key in keys)
    ]
    columns = [Column("", False), *(Column(name, True) for name in ("last", "min", "max", "mean", "points"))]
    head, *lines = plain_table([*columns, Column("")], [[Cell(text) for text in row] for row in rows]).split("\n")
    return [click.style(head, dim=True), *lines]


def _sparks(store: Store, run: Run, keys: Sequence[str]) -> dict[str, str]:
    from runstone.tracking.terminal import sparkline

    many = [key for key in keys if run.metrics[key].count > 1]
    if not many:
        return {}
    series = store.read_series([run.info.run_id], many, max_points=256)
    return {key: sparkline(columns.values.tolist(), _SPARK) for (_, key), columns in series.items()}


def _tags(run: Run, whole: bool) -> dict[str, str]:
    return {
        clean(key): clean(value) for key, value in sorted(run.tags.items()) if whole or not key.startswith(_OWN_TAGS)
    }


def _inputs(run: Run) -> list[str]:
    lines = []
    for given in run.inputs.dataset_inputs:
        dataset = given.dataset
        context = f"  ({given.context})" if given.context else ""
        lines.append(clean(f"dataset  {dataset.name}  {dataset.digest}{_rows(dataset)}{context}"))
    lines += [clean(f"model in   {model.model_id}") for model in run.inputs.model_inputs]
    lines += [clean(f"model out  {model.model_id}  step {model.step}") for model in run.outputs.model_outputs]
    return lines


def _rows(dataset: DatasetRecord) -> str:
    """Return how many rows a dataset's profile tells of, if it does."""
    try:
        profile = msgspec.json.decode(dataset.profile or "{}")
    except msgspec.DecodeError:
        return ""
    rows = profile.get("num_rows") if isinstance(profile, dict) else None
    return f"  {rows:,} rows" if isinstance(rows, int) else ""


def _artifacts(artifacts: Sequence[ArtifactEntry], whole: bool) -> list[str]:
    own = [entry for entry in artifacts if entry.path.startswith(CAPTURED)]
    logged = [entry for entry in artifacts if not entry.path.startswith(CAPTURED)]
    shown = [*logged, *own] if whole else logged[:_MOST_FILES]
    rows = [[Cell(clean(entry.path)), Cell(size(entry.size_bytes))] for entry in shown]
    hidden = [entry for entry in logged if entry not in shown]
    if hidden:
        rows.append([Cell(f"… {count(len(hidden), 'more file')}; --all lists them"), Cell(_size(hidden))])
    if own and not whole:
        rows.append([Cell(f"{CAPTURED} ({count(own, 'file')} captured; --all lists them)"), Cell(_size(own))])
    return plain_table([Column(""), Column("", True)], rows).split("\n")[1:]


def _size(entries: Sequence[ArtifactEntry]) -> str:
    return size(sum(entry.size_bytes for entry in entries))


def _total(artifacts: Sequence[ArtifactEntry]) -> str:
    return f"{count(artifacts, 'file')}, {_size(artifacts)}"


def _pairs(pairs: dict[str, str], longest: int | None) -> list[str]:
    """Return a line a pair, values cut to so many columns."""
    widest = min(max(map(width, pairs), default=0), 40)
    return [
        f"{click.style(key, dim=True)}{' ' * max(widest - width(key), 0)}  "
        f"{value if longest is None else cut(value, longest)}"
        for key, value in pairs.items()
    ]
