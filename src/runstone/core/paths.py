"""The one gate for artifact paths: what they may be, and where on disk they may lead."""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from runstone.core.errors import InvalidArgument, NotFound, PermissionDenied, Unavailable
from runstone.core.limits import MAX_ARTIFACT_PATH_LENGTH

_log = logging.getLogger("runstone")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_MAX_PART_BYTES = 255
"""What file systems take for one name."""

_KINDS = {stat.S_IFSOCK: "a socket", stat.S_IFIFO: "a pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


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
    if "%" in path:
        # Whoever puts it into a URL or takes it out of one may decode it once too often.
        decoded = unquote(path)
        if decoded != path:
            _check_parts(decoded, path)
    return path


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
    if path.startswith("/"):
        raise _refused(shown, "it is absolute; artifact paths are relative to the run's artifacts")
    if _DRIVE.match(path):
        raise _refused(shown, "it starts with a drive letter; artifact paths are relative to the run's artifacts")
    parts = path.split("/")
    if ".." in parts or "." in parts:
        raise _refused(shown, "it has a part '.' or '..'")
    if "" in parts:
        raise _refused(shown, "it has an empty part ('//' or a slash at the end)")
    if any(len(part.encode()) > _MAX_PART_BYTES for part in parts):
        raise _refused(shown, f"a part of it is longer than the {_MAX_PART_BYTES} bytes that file systems take")


def _refused(path: object, why: str) -> InvalidArgument:
    text = repr(path)
    shown = text if len(text) <= 100 else text[:99] + "…"
    return InvalidArgument(f"Invalid path: {shown}: {why}", field="path")


def safe_join(root: Path, relative: str) -> Path:
    """Return where a checked path lies below a local folder.

    Raises:
        InvalidArgument: The path is not a safe one, or a link on the way or at its end leads out of the folder.
    """
    target = root / check_artifact_path(relative)
    try:
        inside, folder, end = root.resolve(), _resolved(target.parent), _resolved(target)
    except (OSError, RuntimeError) as error:
        raise _refused(relative, f"the links on its way cannot be followed: {error}") from error
    # The folder also by itself: a link may lead out, and one out there back in.
    if not _is_within(inside, folder) or not _is_within(inside, end):
        raise _refused(relative, f"a link leads out of {root}; remove the link, or choose another folder")
    return target


def walk_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the regular files below a folder with their paths relative to it, sorted by the parts of these.

    Links to files and folders inside are followed.  Passed over with a warning are a link that leads back to a folder
    it lies in, sockets, pipes and devices.

    Raises:
        InvalidArgument: A link leads out of the folder, or nowhere.
        NotFound, PermissionDenied, Unavailable: The folder, or one in it, cannot be read.
    """
    with _reading(folder):
        inside = folder.resolve()
        status = folder.stat()
    # What is still to do, the next at the end, and the folders above each: a stack, for trees may be deep.
    todo = _entries(folder, "", frozenset({(status.st_dev, status.st_ino)}))
    while todo:
        entry, relative, above = todo.pop()
        path = Path(entry.path)
        if entry.is_symlink():
            _check_link(path, inside)
        with _reading(path):
            status = entry.stat()
        if stat.S_ISREG(status.st_mode):
            yield path, relative
        elif stat.S_ISDIR(status.st_mode):
            identity = (status.st_dev, status.st_ino)
            if identity in above:
                _log.warning("%s is a link to a folder that it lies in, and was passed over", path)
            else:
                todo += _entries(path, f"{relative}/", above | {identity})
        else:
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
            _log.warning("%s is %s, and was passed over", path, kind)


_Above = frozenset[tuple[int, int]]


def _entries(folder: Path, prefix: str, above: _Above) -> list[tuple[os.DirEntry[str], str, _Above]]:
    with _reading(folder), os.scandir(folder) as listing:
        found = sorted(listing, key=lambda entry: entry.name, reverse=True)
    return [(entry, prefix + entry.name, above) for entry in found]


def _resolved(path: Path) -> Path:
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:  # Which resolve() lets pass since Python 3.13.
            raise
    return path.resolve()


def _check_link(link: Path, inside: Path) -> None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InvalidArgument(f"the link {link} leads nowhere: {error}; remove it", field="path") from error
    if not _is_within(inside, target):
        raise InvalidArgument(
            f"the link {link} leads out of the folder, to {target}; copy the file in or log it by itself", field="path"
        )


def _is_within(folder: Path, path: Path) -> bool:
    return path == folder or folder in path.parents


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error
    except PermissionError as error:
        raise PermissionDenied(f"cannot read {path}: {error.strerror}; let this user read it") from error
    except OSError as error:
        raise Unavailable(f"cannot read {path}: {error.strerror}") from error
