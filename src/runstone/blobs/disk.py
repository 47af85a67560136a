"""What can go wrong with a disk, in our words."""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runstone.core.errors import (
    FileMissing,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    StorageFull,
    StoreCorrupt,
    Unavailable,
)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_OURS = (Unavailable, StoreCorrupt)
"""Ours that are OSErrors too: already in words."""


@contextmanager
def writing(where: object, *, way_out: str) -> Iterator[None]:
    """Turn the system's errors into ours.

    Args:
        where: The path, for the message.
        way_out: What the user can do, after "or": ``set RUNSTONE_ARTIFACTS``.

    Raises:
        StorageFull: No space, quota or file-size limit is left.
        PermissionDenied: The folder is read-only, for us or for all.
        StoreCorrupt: A file is where a folder should be.
        Unavailable: Anything else.
    """
    try:
        yield
    except _OURS:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in _FULL:
            raise StorageFull(f"cannot write {where}: {why}; free some space, or {way_out}") from error
        if error.errno in _REFUSED:
            raise PermissionDenied(f"cannot write {where}: {why}; let this user write there, or {way_out}") from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise StoreCorrupt(
                f"cannot write {where}: {error.filename or 'something'} is in the way and is no folder; "
                f"move it away, or {way_out}"
            ) from error
        raise Unavailable(f"cannot write {where}: {why}") from error


@contextmanager
def reading(where: object) -> Iterator[None]:
    """Turn the system's errors into ours; that there is no such file is left to the caller.

    Raises:
        PermissionDenied: This user may not read it.
        Unavailable: Anything else but FileNotFoundError.
    """
    try:
        yield
    except (*_OURS, FileNotFoundError):
        raise
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in _REFUSED:
            raise PermissionDenied(f"cannot read {where}: {why}; let this user read it") from error
        raise Unavailable(f"cannot read {where}: {why}") from error


def open_regular(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Return a descriptor of a user's file and the size it has now.

    Raises:
        NotFound: There is no such file.
        InvalidArgument: It is a folder, pipe, socket or device.
        PermissionDenied, Unavailable.
    """
    try:
        with reading(path):
            # Without O_NONBLOCK, to open a pipe would wait for somebody to write to it.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise FileMissing(f"there is no file {os.fspath(path)}") from error
    except ValueError as error:
        raise InvalidArgument(f"not a path: {os.fspath(path)!r}: {error}", field="path") from error
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file; read it, and log what it gives"
    raise InvalidArgument(f"{os.fspath(path)} is {what}", field="path")


@contextmanager
def replacing(destination: str | os.PathLike[str]) -> Iterator[int]:
    """Yield a descriptor of a new file, which takes the place of the destination at the end, or else is gone.

    A link at the destination is replaced too, never written through.

    Raises:
        NotFound: The folder to write to does not exist.
        InvalidArgument: The destination is a folder.
        StorageFull, PermissionDenied, StoreCorrupt, Unavailable.
    """
    target = Path(os.path.abspath(destination))
    if target.is_dir() and not target.is_symlink():
        raise InvalidArgument(f"cannot write {target}: it is a folder; name a file in it", field="destination")
    beside = target.parent / f".runstone-{os.getpid()}-{threading.get_ident()}-{time.time_ns()}"
    with writing(target, way_out="choose another destination"):
        try:
            # 0o666 less the umask, as any new file of this user.
            descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        except FileNotFoundError as error:
            raise NotFound(f"cannot write {target}: there is no folder {target.parent}") from error
        try:
            try:
                yield descriptor
            finally:
                os.close(descriptor)
            os.replace(beside, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(beside)
            raise
