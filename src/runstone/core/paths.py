"""The one gate for artifact paths: what they may be, and where on disk they may lead."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from runstone.core.errors import InvalidArgument
from runstone.core.limits import MAX_ARTIFACT_PATH_LENGTH

_log = logging.getLogger("runstone")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")


def check_artifact_path(path: object, *, allow_empty: bool = False) -> str:
    """Return a path below a root: relative, normalised, with ``/`` between its parts.

    Raises:
        InvalidArgument: It is anything else: absolute, with ``..``, ``.``, ``//``, a backslash, a drive letter, a
            control character or NUL, a lone surrogate, one of these percent-encoded, or too long.
    """
    if isinstance(path, os.PathLike):
        path = os.fspath(path)
    if not isinstance(path, str):
        raise _refused(path, f"a path must be text, not {type(path).__name__}")
    if path == "":
        if allow_empty:
            return path
        raise _refused(path, "it is empty")
    if len(path) > MAX_ARTIFACT_PATH_LENGTH:
        raise _refused(path, f"it is longer than {MAX_ARTIFACT_PATH_LENGTH} characters")
    _check_parts(path, path)
    decoded = unquote(path, errors="strict") if "%" in path and _decodes(path) else path
    if decoded != path:
        _check_parts(decoded, path)
    return path


def _decodes(path: str) -> bool:
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _check_parts(path: str, shown: str) -> None:
    if "\\" in path:
        raise _refused(shown, "it has a backslash; use /")
    if _CONTROL.search(path):
        raise _refused(shown, "it has a control character")
    if not path.isascii():
        try:
            path.encode()
        except UnicodeEncodeError:
            raise _refused(shown, "it has a lone surrogate, which is no character") from None
    if path.startswith("/") or _DRIVE.match(path):
        raise _refused(shown, "it is absolute; artifact paths are relative to the run's artifacts")
    parts = path.split("/")
    if ".." in parts or "." in parts:
        raise _refused(shown, "it has a part '.' or '..'")
    if "" in parts:
        raise _refused(shown, "it has an empty part ('//' or a slash at the end)")
    if any(len(part.encode()) > 255 for part in parts):
        raise _refused(shown, "a part of it is longer than the 255 bytes that file systems take")


def _refused(path: object, why: str) -> InvalidArgument:
    text = repr(path)
    shown = text if len(text) <= 100 else text[:99] + "…"
    return InvalidArgument(f"Invalid path: {shown}: {why}", field="path")


def safe_join(root: Path, relative: str) -> Path:
    """Return where a checked path lies below a local folder.

    Raises:
        InvalidArgument: The path is not a safe one, or a link on the way leads out of the folder.
    """
    target = root / check_artifact_path(relative)
    inside = root.resolve()
    if inside not in target.parent.resolve().parents and target.parent.resolve() != inside:
        raise _refused(relative, f"a link leads out of {root}")
    if target.is_symlink():
        raise _refused(relative, f"{target} is a link; it would be written through")
    return target


def walk_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the regular files below a folder with their paths relative to it, sorted.

    Links to files and folders inside are followed, once; sockets, pipes and devices are passed over with a warning.

    Raises:
        InvalidArgument: A link leads out of the folder, or nowhere.
    """
    inside = folder.resolve()
    yield from _walk(folder, "", inside, {inside})


def _walk(folder: Path, prefix: str, inside: Path, seen: set[Path]) -> Iterator[tuple[Path, str]]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        path, relative = Path(entry.path), prefix + entry.name
        if entry.is_symlink():
            target = _link_target(path, inside)
            if target.is_dir():
                if target in seen:
                    continue
                seen = {*seen, target}
        if entry.is_dir():
            yield from _walk(path, relative + "/", inside, seen)
        elif entry.is_file():
            yield path, relative
        else:
            kind = stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode)
            _log.warning("%s is no regular file (type %o) and was passed over", path, kind)


def _link_target(link: Path, inside: Path) -> Path:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InvalidArgument(f"the link {link} leads nowhere: {error}; remove it", field="path") from error
    if inside not in target.parents and target != inside:
        raise InvalidArgument(
            f"the link {link} leads out of the folder, to {target}; copy the file in or log it by itself", field="path"
        )
    return target
