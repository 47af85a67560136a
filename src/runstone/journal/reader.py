"""Reading journals that other processes left behind."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from runstone.core.errors import StoreCorrupt
from runstone.journal.format import (
    DAMAGED,
    MIN_FRAME,
    POINT_SIZE,
    encode_point,
    filler_frames,
    find_frame,
    frames_end,
    iter_points,
    points_end,
)
from runstone.journal.writer import LOCK_NAME, UNBORN_PREFIX

_LARGEST_GAP = 1 << 30
"""More than this cannot be missing between two segments; a file's name must be wrong."""

_RECORDS_AT_ONCE = 32 * 1024

_STILLBORN_AFTER_S = 600
"""Making a journal takes no longer than this."""


class Orphan(NamedTuple):
    """A journal whose writer is dead, held by us until ``release``."""

    folder: Path
    run_id: str
    writer_id: str
    descriptor: int

    @property
    def last_write_ms(self) -> int:
        """When something was last written to it, as far as the file system knows, in Unix milliseconds."""
        return max(path.stat().st_mtime_ns for path in (self.folder, *self.folder.iterdir())) // 1_000_000

    def release(self, *, remove: bool) -> None:
        """Let go of the journal, removing its files if the store has all of them."""
        try:
            if remove:
                # The lock goes last: a folder without it is one that nobody needs.
                for path in self.folder.iterdir():
                    if path.name != LOCK_NAME:
                        path.unlink()
                (self.folder / LOCK_NAME).unlink()
                self.folder.rmdir()
        finally:
            os.close(self.descriptor)


class Piece(NamedTuple):
    """Some bytes of a stream, and where they stand in it.

    Attributes:
        is_filler: Whether they stand for events that were damaged; damaged points are records with key id 0.
    """

    start: int
    data: bytes
    is_filler: bool = False


def iter_journals(root: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield folder, run id and writer id of every journal below a root."""
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        run_id, dot, writer_id = folder.name.partition(".")
        if dot and folder.is_dir():
            yield folder, run_id, writer_id


def is_held(folder: Path) -> bool:
    """Say whether a journal's writer lives."""
    try:
        descriptor = _claim(folder)
    except FileNotFoundError:
        return False
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def claim_orphans(root: Path, only_runs: Collection[str] | None = None) -> Iterator[Orphan]:
    """Yield journals whose writers are dead, of some runs or all, each locked for this process."""
    _remove_stillborn(root)
    for folder, run_id, writer_id in iter_journals(root):
        if only_runs is not None and run_id not in only_runs:
            continue
        try:
            descriptor = _claim(folder)
        except FileNotFoundError:
            _remove_empty(folder)
            continue
        if descriptor is not None:
            yield Orphan(folder, run_id, writer_id, descriptor)


def _remove_stillborn(root: Path) -> None:
    """Remove what is left of processes that were killed while they made a journal."""
    for folder in root.glob(f"{UNBORN_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > _STILLBORN_AFTER_S:
                (folder / LOCK_NAME).unlink(missing_ok=True)
                folder.rmdir()
        except OSError:
            # Another process was quicker.
            continue


def _claim(folder: Path) -> int | None:
    """Return a hold of a journal's lock, or None if its writer has it.

    Raises:
        FileNotFoundError: It has no lock: it is being removed, or whoever did that died before the last step.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (folder / LOCK_NAME).stat()
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        # Another process was quicker, or somebody keeps something there.
        return


def read_events(folder: Path) -> Iterator[Piece]:
    """Yield the whole frames of a journal, and filler of the same size for damaged ones between them."""
    for start, data, is_last in _segments(folder, "events"):
        at = 0
        while True:
            whole = frames_end(data[at:])
            if whole:
                yield Piece(start + at, data[at : at + whole])
            at += whole
            found = find_frame(data, at)
            if found is None:
                break
            yield from _filler(start + at, found - at)
            at = found
        if not is_last:
            yield from _filler(start + at, len(data) - at)


def read_points(folder: Path) -> Iterator[Piece]:
    """Yield the records of a journal; a damaged one among them is replaced by one whose key id is 0."""
    for start, data, is_last in _segments(folder, "points"):
        whole = data[: points_end(data)] if is_last else data[: len(data) // POINT_SIZE * POINT_SIZE]
        yield Piece(start, b"".join(encode_point(point or DAMAGED) for point in iter_points(whole)))


def missing_events(start: int, end: int) -> Iterator[Piece]:
    """Yield filler for events that are nowhere."""
    yield from _filler(start, end - start)


def missing_points(start: int, end: int) -> Iterator[Piece]:
    """Yield damaged records for points that are nowhere."""
    record = encode_point(DAMAGED)
    for at in range(start, end, _RECORDS_AT_ONCE * POINT_SIZE):
        count = min(_RECORDS_AT_ONCE, (end - at) // POINT_SIZE)
        yield Piece(at, record * count)


def _filler(start: int, size: int) -> Iterator[Piece]:
    if size <= 0:
        return
    if size < MIN_FRAME:
        raise StoreCorrupt(f"the {size} damaged bytes at {start} of a journal's events cannot be skipped")
    for frame in filler_frames(size):
        yield Piece(start, frame, is_filler=True)
        start += len(frame)


def _segments(folder: Path, name: str) -> Iterator[tuple[int, bytes, bool]]:
    """Yield where each segment begins, its bytes up to the next one, and whether it is the last.

    Between two segments a file may be missing or too short (cut off, or it was in the memory of a process that died):
    zeros stand for what is not there.
    """
    paths = sorted(path for path in folder.glob(f"{name}-*") if path.name.rpartition("-")[2].isdigit())
    starts = [int(path.name.rpartition("-")[2]) for path in paths]
    for path, start, end in zip(paths, starts, starts[1:], strict=False):
        if end - start > _LARGEST_GAP:
            raise StoreCorrupt(f"{path} is not followed by its successor; rename or remove what is wrong in {folder}")
        yield start, path.read_bytes()[: end - start].ljust(end - start, b"\0"), False
    if paths:
        yield starts[-1], paths[-1].read_bytes(), True
