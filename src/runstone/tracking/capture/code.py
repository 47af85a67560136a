"""The code: commit, uncommitted changes, files that git does not know yet; and the script that was started."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from runstone.core.errors import Unavailable
from runstone.core.secrets import redact
from runstone.tracking.capture.captured import Captured, report_failure, to_json
from runstone.tracking.capture.cells import capture_cells
from runstone.tracking.capture.git import Repository, find_repository
from runstone.tracking.capture.program import code_folder, own_file
from runstone.tracking.capture.redaction import redact_patch
from runstone.tracking.capture.source_files import keep_files, keep_script

_FOLDER = "runstone/code"
_MOST_STATUS = 4 * 1024 * 1024
_MOST_PATCH = 10 * 1024 * 1024
_MOST_LISTED = 1000


class _Status(NamedTuple):
    """What ``git status`` says, with paths below the root."""

    commit: str | None
    branch: str | None
    changed: list[str]
    submodules: list[str]
    untracked: list[str]
    complete: bool


def capture_code(folder: str | None = None) -> Captured:
    """Return tags and files that bring back the code as it ran.

    Args:
        folder: Where the code is: the folder of the script, else the current one, if None.
    """
    script = own_file()
    files = capture_cells()
    state: dict[str, Any] = {"entry": keep_script(script, f"{_FOLDER}/entry", files)}
    tags: dict[str, str] = {}
    try:
        repository = find_repository(folder or code_folder(), script)
        if repository is not None:
            tags = _capture_repository(repository, state, files)
    except Unavailable as error:
        report_failure("code by git", error)
        state["git"] = str(error)
    files[f"{_FOLDER}/state.json"] = to_json(state)
    return Captured(tags, files)


def _capture_repository(repository: Repository, state: dict[str, Any], files: dict[str, bytes]) -> dict[str, str]:
    state["root"] = repository.root
    remote = _remote(repository)
    if repository.is_foreign:
        commit = repository.find("rev-parse", "--verify", "--quiet", "HEAD")
        branch = repository.find("symbolic-ref", "--short", "--quiet", "HEAD")
        state |= {"commit": commit, "branch": branch, "remote": remote}
        state["git"] = "the repository belongs to another user: only its commit was read, not what is uncommitted"
        return _tags(commit, branch, remote, None)
    status = _status(repository)
    state |= {"commit": status.commit, "branch": status.branch, "remote": remote}
    state["changed"] = status.changed[:_MOST_LISTED]
    if status.submodules:
        state["submodules_changed"] = status.submodules[:_MOST_LISTED]
    if not status.complete:
        state["git"] = "there were too many files to list them all"
    if status.changed:
        state["patch"] = _keep_patch(repository, status.commit, files)
    kept = keep_files(repository.root, status.untracked, f"{_FOLDER}/untracked", files)
    if status.untracked:
        state["untracked"] = kept._asdict()
    is_dirty = bool(status.changed or kept.kept or kept.left_out)
    state["dirty"] = is_dirty
    return _tags(status.commit, status.branch, remote, is_dirty)


def _tags(commit: str | None, branch: str | None, remote: str | None, is_dirty: bool | None) -> dict[str, str]:
    tags = {
        "mlflow.source.git.commit": commit,
        "mlflow.source.git.branch": branch,
        "mlflow.source.git.repoURL": remote,
        "runstone.git.dirty": None if is_dirty is None else str(is_dirty).lower(),
    }
    return {key: value for key, value in tags.items() if value}


def _remote(repository: Repository) -> str | None:
    """Return the address of ``origin``, or of the first remote if none is called that, without credentials."""
    text = repository.find("config", "-z", "--get-regexp", r"^remote\..*\.url$")
    if text is None:
        return None
    urls = dict(entry.split("\n", 1) for entry in text.split("\0") if "\n" in entry)
    url = urls.get("remote.origin.url") or next(iter(urls.values()), None)
    return None if url is None else redact(url).replace("://[redacted]@", "://")


def _status(repository: Repository) -> _Status:
    command = ("status", "--porcelain=v2", "--branch", "-z", "--renames", "--ignore-submodules=none")
    try:
        output = repository.ask(*command, "--untracked-files=all", most=_MOST_STATUS)
        complete = len(output) <= _MOST_STATUS
    except Unavailable:  # Most likely folders full of data that nobody told git to ignore.
        output = repository.ask(*command, "--untracked-files=no", most=_MOST_STATUS)
        complete = False
    records = output.split(b"\0")
    if not complete:
        records.pop()
    return _parse(records, complete)


def _parse(records: list[bytes], complete: bool) -> _Status:
    headers: dict[str, str] = {}
    changed: list[str] = []
    submodules: list[str] = []
    untracked: list[str] = []
    entries = iter(records)
    for entry in entries:
        kind, _, rest = entry.partition(b" ")
        if kind == b"#":
            name, _, value = rest.decode("utf-8", "replace").partition(" ")
            headers[name] = value
        elif kind == b"?":
            untracked.append(os.fsdecode(rest))
        elif kind in (b"1", b"2", b"u"):
            # So many fields stand before the path, by the format's definition.
            fields = rest.split(b" ", {b"1": 7, b"2": 8, b"u": 9}[kind])
            path = os.fsdecode(fields[-1])
            changed.append(path)
            if fields[1].startswith(b"S") and fields[1] != b"S...":
                submodules.append(path)
            if kind == b"2":
                next(entries, None)
    commit, branch = headers.get("branch.oid"), headers.get("branch.head")
    return _Status(
        None if commit == "(initial)" else commit,
        None if branch == "(detached)" else branch,
        [_text(path) for path in changed],
        [_text(path) for path in submodules],
        untracked,
        complete,
    )


def _keep_patch(repository: Repository, commit: str | None, files: dict[str, bytes]) -> dict[str, Any]:
    """Keep the changes since the commit, with the contents of binary files if that is not too much."""
    base = commit or repository.find("hash-object", "-t", "tree", os.devnull) or "HEAD"
    command = ("diff", "--full-index", "--no-ext-diff", "--no-textconv", "--submodule=short")
    facts: dict[str, Any] = {"base": base}
    patch = repository.ask(*command, "--binary", base, "--", most=_MOST_PATCH)
    if len(patch) > _MOST_PATCH:
        facts["binary_left_out"] = f"more than {_MOST_PATCH} bytes"
        patch = repository.ask(*command, base, "--", most=_MOST_PATCH)
    if len(patch) > _MOST_PATCH:
        return facts | {"left_out": f"more than {_MOST_PATCH} bytes"}
    cleaned, touched = redact_patch(patch)
    if touched:
        facts["secrets_redacted_in"] = touched
    if cleaned:
        files[f"{_FOLDER}/diff.patch"] = cleaned
    return facts


def _text(path: str) -> str:
    return path.encode("utf-8", "replace").decode()
