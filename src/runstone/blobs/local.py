"""Blobs in a local folder: ``<root>/sha256/ab/cdef…``, the file's content being the blob and nothing else.

A blob is written to ``<root>/tmp`` and moved into place, so that a process that dies leaves at most a temporary file,
which ``sweep`` removes.  Nothing is synced to the disk: a kill loses nothing, a power failure may leave a blob cut
short, which reading finds out and storing the same bytes again repairs.  A user's file is never hard-linked, for it
may be changed in place.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from runstone.blobs.copying import BLOCK, Hashing, copy, write_all
from runstone.blobs.disk import open_regular, reading, replacing, writing
from runstone.blobs.protocol import RENEWED_WITHIN_MS, BlobFact, Stored
from runstone.blobs.reading import check, read_to_end, verified
from runstone.core.digest import PREFIX, check_digest
from runstone.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import timedelta

_SMALL = 1 << 20
"""Files up to this many bytes are read whole, and then written only if they are not there yet."""

_WAY_OUT = "set RUNSTONE_ARTIFACTS to another folder"
_FAN = re.compile(r"[0-9a-f]{2}")
_REST = re.compile(r"[0-9a-f]{62}")


class LocalBlobs:
    """Blobs in a folder, which is made when first written to.

    Args:
        root: The folder.
    """

    # Paths are text here, not Path: with thousands of small files that is half of the time.

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(os.path.abspath(root))
        self._blobs = f"{self.root}/sha256"
        self._temporary = f"{self.root}/tmp"
        self._made: set[str] = set()
        self._numbers = itertools.count()

    def put_bytes(self, data: bytes) -> Stored:
        stored = Stored(PREFIX + hashlib.sha256(data).hexdigest(), len(data))
        target = self._path(stored.digest)
        with writing(self.root, way_out=_WAY_OUT):
            if not _is_there(target, len(data)):
                with self._new_file() as (temporary, descriptor):
                    write_all(descriptor, data)
                    self._put_in_place(temporary, target)
        return stored

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        descriptor, size = open_regular(path)
        try:
            if size <= _SMALL:
                with reading(path):
                    data = _read_all(descriptor, size)
                return self.put_bytes(data)
            with writing(self.root, way_out=_WAY_OUT), self._new_file() as (temporary, target):
                stored = copy(descriptor, target)
                self._put_in_place(temporary, self._path(stored.digest))
            return stored
        finally:
            os.close(descriptor)

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        # One after the other: measured, more threads make it no faster.
        return [self.put_file(path) for path in paths]

    def put_stream(self, stream: BinaryIO) -> Stored:
        with writing(self.root, way_out=_WAY_OUT), self._new_file() as (temporary, descriptor):
            with Hashing() as hashing:
                while block := _next_block(stream):
                    hashing.update(block)
                    write_all(descriptor, block)
            stored = hashing.stored()
            self._put_in_place(temporary, self._path(stored.digest))
        return stored

    def open(self, digest: str) -> BinaryIO:
        descriptor, path = self._open(digest)
        return verified(
            partial(_read_block, descriptor, path),
            partial(os.close, descriptor),
            digest=digest,
            size=os.fstat(descriptor).st_size,
            where=path,
        )

    def get_bytes(self, digest: str) -> bytes:
        with self.open(digest) as stream:
            return stream.read()

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        descriptor, path = self._open(digest)
        try:
            with replacing(destination) as target:
                check(copy(descriptor, target).digest, digest, path)
        finally:
            os.close(descriptor)

    def renew(self, blob: Stored) -> bool:
        with writing(self.root, way_out=_WAY_OUT):
            return _is_there(self._path(check_digest(blob.digest)), blob.size_bytes)

    def exists(self, digest: str) -> bool:
        return os.path.isfile(self._path(check_digest(digest)))

    def size(self, digest: str) -> int:
        path = self._path(check_digest(digest))
        with self._reading(digest, path):
            return os.stat(path).st_size

    def verify(self, digest: str) -> None:
        with self.open(digest) as stream:
            read_to_end(stream)

    def iter_digests(self) -> Iterator[BlobFact]:
        with reading(self.root):
            for fan in _names(self._blobs, _FAN):
                for rest in _names(f"{self._blobs}/{fan}", _REST):
                    with suppress(FileNotFoundError):  # deleted meanwhile
                        status = os.stat(f"{self._blobs}/{fan}/{rest}")
                        yield BlobFact(PREFIX + fan + rest, status.st_size, status.st_mtime_ns // 1_000_000)

    def delete(self, digest: str) -> None:
        path = self._path(check_digest(digest))
        with writing(path, way_out=_WAY_OUT), suppress(FileNotFoundError):
            os.unlink(path)

    def delete_if_older(self, digest: str, before_ms: int) -> bool:
        path = self._path(check_digest(digest))
        aside = f"{self._temporary}/{self._new_name()}"
        with writing(path, way_out=_WAY_OUT), suppress(FileNotFoundError):
            if _modified_ms(path) >= before_ms:
                return False
            # Out of the way first: whoever stores it again from here on finds it missing and writes it anew, and
            # whoever did so since the line above has made it young, so that it is put back.
            self._make(self._temporary)
            os.rename(path, aside)
            if _modified_ms(aside) >= before_ms:
                os.replace(aside, path)
                return False
            os.unlink(aside)
            return True
        return False

    def sweep(self, older_than: timedelta, *, dry_run: bool = False) -> int:
        freed = 0
        before = time.time() - older_than.total_seconds()
        with writing(self._temporary, way_out=_WAY_OUT):
            for name in _names(self._temporary):
                path = f"{self._temporary}/{name}"
                with suppress(FileNotFoundError):  # put in place meanwhile
                    status = os.stat(path)
                    if status.st_mtime < before:
                        if not dry_run:
                            os.unlink(path)
                        freed += status.st_size
        return freed

    def url(self, digest: str, expires: timedelta) -> str | None:
        """Return None: a folder has no URLs to hand out."""
        check_digest(digest)
        return None

    def path(self, digest: str) -> Path:
        """Return the file that a blob is, if it is there; nobody may change it."""
        return Path(self._path(check_digest(digest)))

    def _path(self, digest: str) -> str:
        name = digest[len(PREFIX) :]
        return f"{self._blobs}/{name[:2]}/{name[2:]}"

    def _open(self, digest: str) -> tuple[int, str]:
        path = self._path(check_digest(digest))
        with self._reading(digest, path):
            return os.open(path, os.O_RDONLY), path

    @contextmanager
    def _reading(self, digest: str, path: str) -> Iterator[None]:
        try:
            with reading(path):
                yield
        except FileNotFoundError as error:
            raise NotFound(f"there is no blob {digest} in {self.root}") from error

    @contextmanager
    def _new_file(self) -> Iterator[tuple[str, int]]:
        """Yield a temporary file, which is gone afterwards unless it was put in place."""
        temporary = f"{self._temporary}/{self._new_name()}"
        descriptor = self._create(temporary)
        try:
            try:
                yield temporary, descriptor
            finally:
                os.close(descriptor)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def _new_name(self) -> str:
        return f"{os.getpid()}-{threading.get_ident()}-{next(self._numbers)}-{time.time_ns()}"

    def _create(self, path: str) -> int:
        self._make(self._temporary)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        try:
            return os.open(path, flags, 0o444)
        except FileNotFoundError:  # Somebody cleared the folder since it was made.
            self._made.clear()
            self._make(self._temporary)
            return os.open(path, flags, 0o444)

    def _put_in_place(self, temporary: str, target: str) -> None:
        folder = os.path.dirname(target)
        self._make(folder)
        try:
            os.replace(temporary, target)
        except FileNotFoundError:  # As above.
            self._made.clear()
            self._make(folder)
            os.replace(temporary, target)

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)


def _read_block(descriptor: int, path: str) -> bytes:
    with reading(path):
        return os.read(descriptor, BLOCK)


def _is_there(path: str, size: int) -> bool:
    try:
        status = os.stat(path)
        if status.st_size != size:
            return False  # Cut short by a power failure; it is written anew.
        if time.time() - status.st_mtime > RENEWED_WITHIN_MS / 1000:
            os.utime(path)
    except (FileNotFoundError, PermissionError):
        return False  # Also if it is another user's, whose time cannot be renewed.
    return True


def _modified_ms(path: str) -> int:
    return os.stat(path).st_mtime_ns // 1_000_000


def _read_all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    # Whatever size the system told: files of /proc have none, and one that grows has another now.
    while more := os.read(descriptor, BLOCK if len(data) > size else 1):
        data += more
    return data


def _next_block(stream: BinaryIO) -> bytes:
    with reading(getattr(stream, "name", "the stream")):
        return stream.read(BLOCK)


def _names(folder: str, pattern: re.Pattern[str] | None = None) -> list[str]:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(name for name in names if pattern is None or pattern.fullmatch(name))
