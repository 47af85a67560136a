"""Reading journals that other processes left behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from runstone.journal.format import DAMAGED, encode_point, frames_end, iter_points, points_end
from runstone.journal.writer import LOCK_NAME


class Orphan(NamedTuple):
    """A journal whose writer is dead, held by us until ``release``."""

    folder: Path
    run_id: str
    writer_id: str
    descriptor: int

    def release(self, *, remove: bool) -> None:
        """Let go of the journal, removing its files if the store has all of them."""
        if remove:
            for path in sorted(self.folder.iterdir(), reverse=True):
                path.unlink()
            self.folder.rmdir()
        os.close(self.descriptor)


class Piece(NamedTuple):
    """Some bytes of a stream, and where they stand in it."""

    start: int
    data: bytes


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
    descriptor = _claim(folder)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is None and folder.exists()


def claim_orphans(root: Path, only_run: str | None = None) -> Iterator[Orphan]:
    """Yield journals whose writers are dead, of one run or all, each locked for this process."""
    for folder, run_id, writer_id in iter_journals(root):
        descriptor = _claim(folder) if only_run in (None, run_id) else None
        if descriptor is not None:
            yield Orphan(folder, run_id, writer_id, descriptor)


def _claim(folder: Path) -> int | None:
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Being made or being removed at this moment.
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not (folder / LOCK_NAME).exists():
        os.close(descriptor)
        return None
    return descriptor


def read_events(folder: Path) -> Iterator[Piece]:
    """Yield the whole frames of each segment."""
    for start, data in _segments(folder, "events"):
        yield Piece(start, data[: frames_end(data)])


def read_points(folder: Path) -> Iterator[Piece]:
    """Yield the records of each segment; a damaged one among them is replaced by one whose key id is 0."""
    for start, data in _segments(folder, "points"):
        whole = data[: points_end(data)]
        yield Piece(start, b"".join(encode_point(point or DAMAGED) for point in iter_points(whole)))


def _segments(folder: Path, name: str) -> Iterator[tuple[int, bytes]]:
    for path in sorted(folder.glob(f"{name}-*")):
        yield int(path.name.rpartition("-")[2]), path.read_bytes()
