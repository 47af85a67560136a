"""``runstone artifacts``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import BinaryIO

import click

from runstone.cli.invocation import Invocation, shared, shared_by_group
from runstone.cli.lazy_group import Entry, LazyGroup
from runstone.cli.lookup import find_run
from runstone.cli.progress import progress
from runstone.cli.suggestions import suggest_artifacts, suggest_runs
from runstone.cli.table import Cell, Column, Row, print_table
from runstone.cli.text import clean, count, size
from runstone.core.clock import now_ms
from runstone.core.entities import ArtifactEntry, FileInfo
from runstone.core.errors import InvalidArgument, NotFound, PermissionDenied, StoreCorrupt
from runstone.core.paths import check_artifact_path, walk_files

_HERE = "runstone.cli.artifacts"

TABLE = {
    "list": Entry(f"{_HERE}:list_artifacts", "List the files of a run."),
    "get": Entry(f"{_HERE}:get", "Copy files of a run to a folder, verified."),
    "put": Entry(f"{_HERE}:put", "Add a file or folder to a run."),
}


@shared_by_group
@click.group(cls=LazyGroup, table=TABLE)
def artifacts() -> None:
    """List, get and put the files of runs.

    RUN is a run's id, the first or last digits of it, its name, or latest.
    """


@click.command("list")
@click.argument("run", shell_complete=suggest_runs)
@click.argument("path", default="", shell_complete=suggest_artifacts)
@click.option("-r", "--recursive", is_flag=True, help="All files below, too.")
@shared
def list_artifacts(invocation: Invocation, run: str, path: str, recursive: bool) -> None:
    """List the files of a run, or of a folder among them.

    \b
    Example:
      runstone artifacts list brisk-heron-412 plots
    """
    store = invocation.reading_store()
    run_id = find_run(store, run).info.run_id
    folder = path.rstrip("/")
    if recursive or store.find_artifact(run_id, folder or "-") is not None:
        entries = store.iter_artifacts(run_id, folder)
        shown = [FileInfo(entry.path, False, entry.size_bytes, entry.digest) for entry in entries]
    else:
        shown = store.list_artifacts(run_id, folder)
    if not shown and folder:
        raise NotFound(f"run {run_id} has no artifact {folder!r}")
    if invocation.as_json:
        invocation.print_json(shown)
        return
    if not shown:
        invocation.note("This run has no files.")
        return
    rows: list[Row] = [
        [
            Cell(f"{info.path}/", "blue") if info.is_dir else info.path,
            "" if info.file_size is None else size(info.file_size),
            Cell(info.digest or "", "dim"),
        ]
        for info in shown
    ]
    print_table(
        invocation, [Column("path", keeps=True), Column("size", is_number=True, keeps=True), Column("digest")], rows
    )


@click.command()
@click.argument("run", shell_complete=suggest_runs)
@click.argument("path", default="", shell_complete=suggest_artifacts)
@click.option("-o", "--output", default=".", show_default="here", metavar="FOLDER", help="Where to; - prints one file.")
@shared
def get(invocation: Invocation, run: str, path: str, output: str) -> None:
    """Copy a file or folder of a run (all of them without PATH) to a local folder; every byte is verified.

    What is damaged or missing in the store is left out and told of; the rest is copied.

    \b
    Examples:
      runstone artifacts get brisk-heron-412 -o results/
      runstone artifacts get brisk-heron-412 notes.txt -o -
    """
    from runstone.tracking.artifacts import fetch

    session = invocation.reading()
    store = session.store
    run_id = find_run(store, run).info.run_id
    wanted = check_artifact_path(path.rstrip("/"), allow_empty=True)
    entries = store.iter_artifacts(run_id, wanted)
    if not entries:
        raise NotFound(f"run {run_id} has no artifact {wanted!r}" if wanted else f"run {run_id} has no files")
    if output == "-":
        if [entry.path for entry in entries] != [wanted]:
            raise InvalidArgument(
                f"only one file can be printed, and {wanted!r} is a folder; give -o FOLDER", field="output"
            )
        with session.blobs.open(entries[0].digest) as stream:
            if sys.stdout.isatty():
                _show(stream, entries[0].path)
            else:
                shutil.copyfileobj(stream, sys.stdout.buffer)
        return
    root = Path(output)
    total = sum(entry.size_bytes for entry in entries)
    done = 0
    copied: list[ArtifactEntry] = []
    faults: list[str] = []
    try:
        root.mkdir(parents=True, exist_ok=True)
        with progress(invocation, in_bytes=True) as tell:
            for entry in entries:
                tell("copied", done, total)
                try:
                    fetch(session, entry, root)
                    copied.append(entry)
                except (NotFound, StoreCorrupt) as error:
                    faults.append(f"{entry.path}: {error}")
                done += entry.size_bytes
    except OSError as error:
        if isinstance(error, (FileExistsError, NotADirectoryError, PermissionError)):
            raise PermissionDenied(
                f"cannot write {error.filename or root}: {error.strerror}; choose another -o"
            ) from error
        raise
    if invocation.as_json:
        invocation.print_json(
            [{"path": entry.path, "local_path": str((root / entry.path).absolute())} for entry in copied]
        )
    elif copied:
        total = sum(entry.size_bytes for entry in copied)
        invocation.print(
            f"Copied {count(copied, 'file')} ({size(total)}) to {clean(str(root / wanted if wanted else root))}."
        )
    if faults:
        raise StoreCorrupt("\n".join([f"{count(faults, 'file')} could not be copied; see `runstone fsck`", *faults]))


def _show(stream: BinaryIO, path: str) -> None:
    """Write a text to the terminal, which nothing in it can steer."""
    try:
        text = stream.read().decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InvalidArgument(f"{path!r} is no text for a terminal; give -o FOLDER, or a pipe", field="output")
    for line in text.splitlines():
        click.echo(clean(line.expandtabs()))


@click.command()
@click.argument("run", shell_complete=suggest_runs)
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FILE")
@click.argument("path", default="")
@shared
def put(invocation: Invocation, run: str, source: Path, path: str) -> None:
    """Add a local file, or a folder with all below it, to a folder PATH of a run's files (their root without it).

    \b
    Example:
      runstone artifacts put brisk-heron-412 report.pdf reports
    """
    session = invocation.reading()
    store = session.store
    run_id = find_run(store, run).info.run_id
    # Looked at without its links: `put RUN .` has a name, too.
    name = source.absolute().name or source.resolve().name
    found = list(walk_files(source)) if source.is_dir() else [(source, "")]
    targets = [check_artifact_path("/".join(filter(None, (path.strip("/"), name, below)))) for _, below in found]
    entries = []
    with progress(invocation) as tell:
        for at, ((local, _), target) in enumerate(zip(found, targets, strict=True)):
            tell("stored", at, len(found))
            stored = session.blobs.put_file(local)
            entries.append(
                ArtifactEntry(path=target, digest=stored.digest, size_bytes=stored.size_bytes, created_ms=now_ms())
            )
    store.put_artifacts(run_id, entries)
    if invocation.as_json:
        invocation.print_json(entries)
    else:
        total = size(sum(entry.size_bytes for entry in entries))
        invocation.print(f"Added {count(entries, 'file')} ({total}) to run {run_id}.")
