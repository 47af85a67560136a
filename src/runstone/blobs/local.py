"""Blobs in a local folder: ``<root>/sha256/ab/cdef…``, the file's content being the blob and nothing else."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from runstone.blobs.protocol import BlobFact, Stored
from runstone.blobs.verify import verified
from runstone.core.digest import PREFIX, check_digest
from runstone.core.errors import InvalidArgument, NotFound, PermissionDenied, StorageFull, Unavailable

_SMALL = 1 << 20
"""Files up to this many bytes are read whole."""

_BLOCK = 1 << 20
_CLONE = 0x40049409
"""ioctl FICLONE (linux/fs.h): share the bytes of another file until one of the two is written."""


class LocalBlobs:
    """Blobs in a folder, which is made when first written to.

    Args:
        root: The folder.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self._blobs = str(self.root / "sha256")
        self._temporary = str(self.root / "tmp")
        self._made: set[str] = set()
        self._numbers = itertools.count()
        self._can_clone = True

    def put_bytes(self, data: bytes) -> Stored:
        stored = Stored(PREFIX + hashlib.sha256(data).hexdigest(), len(data))
        target = self._path(stored.digest)
        if not os.path.exists(target):  # a Path for each of thousands of small files is half the time
            with self._writing() as (temporary, descriptor):
                _write_all(descriptor, data)
                self._put_in_place(temporary, target)
        return stored

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        try:
            source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFound(f"there is no file {os.fspath(path)}") from error
        except IsADirectoryError as error:
            raise InvalidArgument(f"{os.fspath(path)} is a folder") from error
        except OSError as error:
            raise PermissionDenied(f"cannot read {os.fspath(path)}: {error.strerror}") from error
        try:
            size = os.fstat(source).st_size
            if size <= _SMALL:
                with os.fdopen(source, "rb", closefd=False) as stream:
                    return self.put_bytes(stream.read())
            return self._put_large(source)
        except IsADirectoryError as error:
            raise InvalidArgument(f"{os.fspath(path)} is a folder") from error
        finally:
            os.close(source)

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        return [self.put_file(path) for path in paths]

    def put_stream(self, stream: BinaryIO) -> Stored:
        with self._writing() as (temporary, descriptor):
            hashing = _Hashing()
            with hashing:
                while block := stream.read(_BLOCK):
                    hashing.update(block)
                    _write_all(descriptor, block)
            stored = hashing.stored()
            self._put_in_place(temporary, self._path(stored.digest))
        return stored

    def get_bytes(self, digest: str) -> bytes:
        return b"".join(self.iter_bytes(digest))

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        target = Path(destination)
        beside = target.with_name(f".{target.name[:200]}.{os.getpid()}-{next(self._numbers)}")
        try:
            with _trouble(target):
                with beside.open("xb") as out:
                    for block in self.iter_bytes(digest):
                        out.write(block)
                beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def iter_bytes(self, digest: str, block_size: int = _BLOCK) -> Iterator[bytes]:
        path = self._path(check_digest(digest))
        try:
            stream = open(path, "rb", buffering=0)  # noqa: SIM115  # closed below
        except FileNotFoundError as error:
            raise NotFound(f"there is no blob {digest} in {self.root}") from error
        except OSError as error:
            raise Unavailable(f"cannot read {path}: {error.strerror}") from error
        with stream:
            yield from verified(iter(lambda: stream.read(block_size), b""), digest, path)

    def exists(self, digest: str) -> bool:
        return Path(self._path(check_digest(digest))).exists()

    def iter_blobs(self) -> Iterator[BlobFact]:
        for folder in sorted(Path(self._blobs).glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                status = path.stat()
                yield BlobFact(PREFIX + folder.name + path.name, status.st_size, status.st_mtime_ns // 1_000_000)

    def delete(self, digest: str) -> None:
        Path(self._path(check_digest(digest))).unlink(missing_ok=True)

    def sweep(self, older_than: timedelta) -> int:
        freed = 0
        before = time.time() - older_than.total_seconds()
        folder = Path(self._temporary)
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            status = path.stat()
            if status.st_mtime < before:
                path.unlink(missing_ok=True)
                freed += status.st_size
        return freed

    def url(self, digest: str, expires: timedelta) -> str | None:
        """Return None: a folder has no URLs to hand out."""
        return None

    def _path(self, digest: str) -> str:
        name = digest[len(PREFIX) :]
        return f"{self._blobs}/{name[:2]}/{name[2:]}"

    def _put_large(self, source: int) -> Stored:
        with self._writing() as (temporary, descriptor):
            cloned = self._can_clone and self._clone(source, descriptor)
            hashing = _Hashing()
            with hashing:
                # What was cloned is read back, so that what is hashed is what is stored.
                read_from = descriptor if cloned else source
                while block := os.read(read_from, _BLOCK):
                    hashing.update(block)
                    if not cloned:
                        _write_all(descriptor, block)
            stored = hashing.stored()
            self._put_in_place(temporary, self._path(stored.digest))
        return stored

    def _clone(self, source: int, descriptor: int) -> bool:
        import fcntl

        try:
            fcntl.ioctl(descriptor, _CLONE, source)
        except OSError as error:
            if error.errno in (errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS):
                self._can_clone = error.errno == errno.EXDEV
                return False
            raise
        return True

    @contextmanager
    def _writing(self) -> Iterator[tuple[str, int]]:
        """Yield a temporary file, which is gone afterwards unless it was put in place."""
        temporary = f"{self._temporary}/{os.getpid()}-{threading.get_ident()}-{next(self._numbers)}-{time.time_ns()}"
        with _trouble(self.root):
            self._make(self._temporary)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            descriptor = os.open(temporary, flags, 0o444)
            try:
                yield temporary, descriptor
            except BaseException:
                os.unlink(temporary)  # as above
                raise
            finally:
                os.close(descriptor)

    def _put_in_place(self, temporary: str, target: str) -> None:
        self._make(os.path.dirname(target))  # as above
        os.replace(temporary, target)  # as above

    def _make(self, folder: str) -> None:
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # as above
            self._made.add(folder)


class _Hashing:
    """SHA-256 in a thread of its own, so that hashing and writing go on at once (both let go of the GIL)."""

    def __init__(self) -> None:
        self._hasher = hashlib.sha256()
        self._size = 0
        self._blocks: queue.Queue[bytes] = queue.Queue(maxsize=8)
        self._thread = threading.Thread(target=self._run, name="runstone-hash", daemon=True)

    def update(self, block: bytes) -> None:
        self._size += len(block)
        self._blocks.put(block)

    def stored(self) -> Stored:
        return Stored(PREFIX + self._hasher.hexdigest(), self._size)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._blocks.put(b"")
        self._thread.join()

    def _run(self) -> None:
        while block := self._blocks.get():
            self._hasher.update(block)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while len(view):
        view = view[os.write(descriptor, view) :]


@contextmanager
def _trouble(where: Path) -> Iterator[None]:
    """Turn the system's errors into ours, which say what to do."""
    try:
        yield
    except (NotFound, InvalidArgument, Unavailable):
        raise
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull(f"cannot write {where}: {why}; free some space, or set RUNSTONE_ARTIFACTS") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise PermissionDenied(
                f"cannot write {where}: {why}; set RUNSTONE_ARTIFACTS to a writable folder"
            ) from error
        raise Unavailable(f"cannot write {where}: {why}") from error
