"""Copying a live store consistently, as a folder or a tar file, and making a store out of such a copy.

The database is copied first and the blobs afterwards: bytes are stored before anything points at them, so that every
blob the copied database knows is there by then.  A backup is laid out as an embedded store is; the folder is one.
"""

from __future__ import annotations

import errno
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from runstone.blobs.local import LocalBlobs
from runstone.core.clock import now_ms
from runstone.core.digest import PREFIX
from runstone.core.errors import (
    AlreadyExists,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    RunstoneError,
    StorageFull,
    StoreCorrupt,
    Unavailable,
)
from runstone.core.secrets import redact
from runstone.core.settings import Settings
from runstone.store.open import BLOBS_FOLDER, DATABASE_NAME, open_store
from runstone.store.protocol.maintenance import Problem, Progress
from runstone.tracking.location import prepare_folder
from runstone.tracking.session import Session

NOTE_NAME = "backup.json"
"""File of a backup that says what it is of."""

_FORMAT = 1
_TAR_MODES = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz"}
_OTHER_ARCHIVES = (".zip", ".7z", ".bz2", ".tbz", ".xz", ".txz", ".zst", ".tzst", ".lz4", ".rar")


class Note(Struct, frozen=True, kw_only=True):
    """What a backup says of itself.

    Attributes:
        created_ms: When it was begun, Unix milliseconds.
        uri: The store it was made of.
        settings: The settings under which it was made, but for secrets.
    """

    format: int
    created_ms: int
    uri: str
    settings: dict[str, str | float | None]


class Copied(Struct, frozen=True, kw_only=True):
    """What a backup or a restored store holds.

    Attributes:
        problems: Blobs that could not be copied, because they were missing or damaged before.
    """

    runs: int
    blobs: int
    blob_bytes: int
    problems: tuple[Problem, ...] = ()


def backup(session: Session, destination: Path, progress: Progress) -> Copied:
    """Copy a store, which may be in use, to a new folder or ``.tar`` (``.tar.gz``) file.

    A blob that is missing or damaged is left out and told of; everything else is copied.

    Raises:
        AlreadyExists: Something is there.
        InvalidArgument: The name is that of another kind of archive.
        Unsupported: The store's own tools are the way to copy it.
        StorageFull, PermissionDenied, Unavailable.
    """
    if destination.exists():
        raise AlreadyExists(f"{destination} exists; choose a new name for the backup")
    if destination.suffix.lower() in _OTHER_ARCHIVES:
        raise InvalidArgument(
            f"a backup is a folder or a file that ends in .tar, .tar.gz or .tgz, and no {destination.suffix}",
            field="destination",
        )
    is_tar = destination.suffix in _TAR_MODES
    with _beside(destination) as work:
        store_folder = work / "store"
        prepare_folder(store_folder)
        session.store.backup(str(store_folder / DATABASE_NAME), progress)
        _write_note(store_folder, session)
        copied = _copy_blobs(session, store_folder, progress)
        if is_tar:
            _pack(store_folder, work / "packed", _TAR_MODES[destination.suffix], progress)
            (work / "packed").rename(destination)
        else:
            store_folder.rename(destination)
    return copied


def restore(source: Path, destination: Path, progress: Progress) -> Copied:
    """Make a store of a backup in a folder that is empty or not there; every blob is verified on the way.

    A damaged blob is left out and told of, as is one that is missing.

    Raises:
        NotFound: There is no such backup.
        AlreadyExists: The folder has something in it.
        StoreCorrupt: It is no backup, or its database is damaged.
        StorageFull, PermissionDenied, Unavailable.
    """
    if not source.exists():
        raise NotFound(f"there is no backup {source}")
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise AlreadyExists(f"{destination} is not empty; restore to a new folder")
    with _beside(destination) as work:
        store_folder = work / "store"
        prepare_folder(store_folder)
        problems = _unpack(source, store_folder, progress)
        copied = _look_over(store_folder, problems)
        if destination.exists():
            destination.rmdir()
        store_folder.rename(destination)
    return copied


def _copy_blobs(session: Session, store_folder: Path, progress: Progress) -> Copied:
    copy = open_store(str(store_folder))
    try:
        digests = copy.iter_digests()
        runs = copy.get_info().runs
    finally:
        copy.close()
    target = LocalBlobs(store_folder / BLOBS_FOLDER)
    problems = []
    done = copied_bytes = copied = 0
    total = sum(size_bytes for _, size_bytes in digests)
    for digest, size_bytes in digests:
        progress("blobs", done, total)
        done += size_bytes
        try:
            with session.blobs.open(digest) as stream:
                target.put_stream(stream)
        except (NotFound, StoreCorrupt) as error:
            problems.append(Problem(kind="blob", where=digest, what=str(error)))
            continue
        copied += 1
        copied_bytes += size_bytes
    progress("blobs", total, total)
    return Copied(runs=runs, blobs=copied, blob_bytes=copied_bytes, problems=tuple(problems))


def _look_over(store_folder: Path, problems: list[Problem]) -> Copied:
    """Open what was unpacked, and find what its database points at and is not there."""
    if not (store_folder / DATABASE_NAME).is_file():
        raise StoreCorrupt(f"this is no backup of Runstone: it holds no {DATABASE_NAME}")
    store, blobs = open_store(str(store_folder)), LocalBlobs(store_folder / BLOBS_FOLDER)
    try:
        runs, digests = store.get_info().runs, store.iter_digests()
    finally:
        store.close()
    told = {problem.where for problem in problems}
    there = [(digest, size_bytes) for digest, size_bytes in digests if blobs.exists(digest)]
    missing = {digest for digest, _ in digests} - {digest for digest, _ in there} - told
    problems += [Problem(kind="blob", where=digest, what="it is not in the backup") for digest in sorted(missing)]
    size_bytes = sum(size_bytes for _, size_bytes in there)
    return Copied(runs=runs, blobs=len(there), blob_bytes=size_bytes, problems=tuple(problems))


def _write_note(store_folder: Path, session: Session) -> None:
    settings = _settings_of(session.settings)
    note = Note(format=_FORMAT, created_ms=now_ms(), uri=_told(session.store.uri), settings=settings)
    (store_folder / NOTE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(note)) + b"\n")


def _settings_of(settings: Settings) -> dict[str, str | float | None]:
    values: dict[str, str | float | None] = {}
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        text = ",".join(sorted(value)) if isinstance(value, frozenset) else value
        values[name] = _told(text) if isinstance(text, str) else text
    return values


def _told(text: str) -> str:
    """Return a text without secrets; what of a path is no text, as escapes."""
    return redact(text).encode("utf-8", "backslashreplace").decode("utf-8")


def _pack(folder: Path, target: Path, mode: str, progress: Progress) -> None:
    """Write a folder's files to a tar file, the small and telling ones first."""
    paths = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: (len(path.parts), path))
    with tarfile.open(target, mode) as tar:  # type: ignore[call-overload]  # the modes of the table above
        for done, path in enumerate(paths):
            progress("packed", done, len(paths))
            tar.add(path, arcname=str(path.relative_to(folder)), recursive=False)
            if BLOBS_FOLDER in path.relative_to(folder).parts:
                path.unlink()  # so that the backup needs its space once and not twice
    progress("packed", len(paths), len(paths))


def _unpack(source: Path, store_folder: Path, progress: Progress) -> list[Problem]:
    """Write the files of a backup, and only what a backup has, to a folder; return the blobs that are damaged."""
    blobs = LocalBlobs(store_folder / BLOBS_FOLDER)
    problems = []
    for name, stream, done, total in _members(source):
        progress("unpacked", done, total)
        digest = _digest_of(name)
        if name in (DATABASE_NAME, NOTE_NAME):
            with (store_folder / name).open("wb") as out:
                shutil.copyfileobj(stream, out)
        elif digest is not None:
            stored = blobs.put_stream(stream)
            if stored.digest != digest:
                blobs.delete(stored.digest)
                problems.append(Problem(kind="blob", where=digest, what="its bytes are damaged; it was left out"))
    return problems


def _digest_of(name: str) -> str | None:
    """Return the digest of the blob that a path in a backup is, or None."""
    parts = name.split("/")
    if len(parts) != 4 or parts[:2] != [BLOBS_FOLDER, "sha256"] or len(parts[2]) != 2 or len(parts[3]) != 62:
        return None
    digits = parts[2] + parts[3]
    return PREFIX + digits if all(digit in "0123456789abcdef" for digit in digits) else None


def _members(source: Path) -> Iterator[tuple[str, BinaryIO, int, int]]:
    """Yield name and content of each file of a backup, with how far through it that is."""
    if source.is_dir():
        paths = [path for path in sorted(source.rglob("*")) if path.is_file() and not path.is_symlink()]
        for done, path in enumerate(paths):
            with path.open("rb") as stream:
                yield path.relative_to(source).as_posix(), stream, done, len(paths)
        return
    size_bytes = source.stat().st_size
    try:
        with tarfile.open(source, "r:*") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is not None:
                    yield member.name, content, member.offset_data, size_bytes  # type: ignore[misc]  # a BinaryIO in all but name
    except (tarfile.TarError, EOFError) as error:
        raise StoreCorrupt(f"{source} is damaged or no tar file: {error}") from error


@contextmanager
def _beside(destination: Path) -> Iterator[Path]:
    """Yield a temporary folder on the file system of a path that is to be; it is gone afterwards.

    Raises:
        PermissionDenied, StorageFull, Unavailable: Something there cannot be written.
    """
    try:
        destination.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{destination.name[:100]}.", dir=destination.absolute().parent))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except RunstoneError:
        raise
    except OSError as error:
        raise _translated(error, destination) from error


def _translated(error: OSError, destination: Path) -> RunstoneError:
    why = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageFull(f"cannot write {destination}: {why}; free some space or choose another disk")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR):
        return PermissionDenied(f"cannot write {destination}: {why}; choose another place")
    return Unavailable(f"cannot write {destination}: {why}")
