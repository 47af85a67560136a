"""Writing a journal: the part of logging that the user's program waits for."""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import threading
from pathlib import Path
from zlib import crc32

from runstone.core.errors import PermissionDenied, StorageFull, Unavailable
from runstone.core.events import Event, encode_event
from runstone.journal.format import POINT_SIZE, encode_frame, pack_point_body, put_point
from runstone.journal.segments import Stream

_log = logging.getLogger("runstone.journal")

LOCK_NAME = "lock"
_FIRST_POINTS = 64 * 1024
_FIRST_EVENTS = 32 * 1024


def journal_folder(root: Path, run_id: str, writer_id: str) -> Path:
    """Return where a writer's journal is."""
    return root / f"{run_id}.{writer_id}"


class JournalWriter:
    """One writer's journal, for use by all threads of one process.

    While the journal exists its lock file is held, which tells others that its process lives.

    Args:
        folder: A folder that does not exist yet; None for a journal in memory, which outlives nothing.

    Raises:
        PermissionDenied, StorageFull, Unavailable: The journal cannot be made.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock_descriptor = -1 if folder is None else _make_locked(folder)
        self._lock = threading.Lock()
        self._points = Stream(folder, "points", _FIRST_POINTS)
        self._events = Stream(folder, "events", _FIRST_EVENTS)
        # The first segment is made at the first point: many runs log none.
        self._map: mmap.mmap | bytearray = bytearray()
        self._at = self._end = 0
        self._reported: str | None = None
        self.dropped = 0
        """Records that found room neither on disk nor in memory."""

    def point(self, key_id: int, step: int, timestamp_ms: int, value: float) -> None:
        """Append a point.  Never raises for trouble with the disk; what is lost to it is counted and logged."""
        body = pack_point_body(key_id, step, timestamp_ms, value)
        with self._lock:
            at = self._at
            if at == self._end:
                if not self._roll_points():
                    return
                at = self._at
            put_point(self._map, at, crc32(body), body)
            self._at = at + POINT_SIZE

    def event(self, event: Event) -> None:
        """Append an event.  Never raises for trouble with the disk; what is lost to it is counted and logged."""
        frame = encode_frame(encode_event(event))
        with self._lock:
            segment = self._events.segments[-1] if self._events.segments else None
            if segment is None or segment.used + len(frame) > segment.size:
                try:
                    segment = self._events.roll(len(frame))
                except StorageFull as error:
                    self._drop(error)
                    return
                self._report(self._events)
            segment.map[segment.used : segment.used + len(frame)] = frame
            segment.used += len(frame)

    @property
    def ends(self) -> tuple[int, int]:
        """Offsets behind the last event and the last point written."""
        with self._lock:
            self._settle()
            return self._events.end, self._points.end

    def read_events(self, start: int, max_bytes: int) -> bytes:
        """Return whole frames from ``start`` on; the first of them even if it is larger than ``max_bytes``."""
        with self._lock:
            data = self._events.read(start, 1 << 62)
        if len(data) <= max_bytes:
            return data
        return data[: _cut_frames(data, max_bytes)]

    def read_points(self, start: int, max_bytes: int) -> bytes:
        """Return whole point records from ``start`` on."""
        with self._lock:
            self._settle()
            return self._points.read(start, max_bytes // POINT_SIZE * POINT_SIZE)

    def release(self, events_to: int, points_to: int) -> None:
        """Give back the space of what the store has taken."""
        with self._lock:
            self._settle()
            self._events.release(events_to)
            self._points.release(points_to)

    def close(self, *, remove: bool) -> None:
        """Let go of the journal; without ``remove`` its files stay for another process to take in."""
        with self._lock:
            self._settle()
            self._at = self._end = 0
            if remove:
                self._events.remove()
                self._points.remove()
                self._remove_folder()
            self.abandon()

    def abandon(self) -> None:
        """Forget the journal in a forked child, where it is the parent's: keep no hold of its lock."""
        if self._lock_descriptor >= 0:
            os.close(self._lock_descriptor)
            self._lock_descriptor = -1

    def _remove_folder(self) -> None:
        if self.folder is None:
            return
        try:
            (self.folder / LOCK_NAME).unlink(missing_ok=True)
            self.folder.rmdir()
        except OSError as error:
            _log.warning("cannot remove %s: %s", self.folder, error)

    def _settle(self) -> None:
        """Note in the current segment how far it is written; points keep count in ``_at`` alone."""
        if self._points.segments and self._end:
            self._points.segments[-1].used = self._at

    def _roll_points(self) -> bool:
        self._settle()
        try:
            segment = self._points.roll()
        except StorageFull as error:
            self._drop(error)
            return False
        self._report(self._points)
        self._map = segment.map
        self._at = 0
        self._end = segment.size
        return True

    def _report(self, stream: Stream) -> None:
        """Say once that a disk gives no more space, and once that it does again."""
        trouble = None if stream.trouble is None else str(stream.trouble)
        if trouble != self._reported:
            if trouble is None:
                _log.warning("%s can be written again", self.folder)
            else:
                _log.error(
                    "cannot write %s: %s; free some space. Logging goes on in memory meanwhile, where it would not "
                    "survive the end of this process",
                    self.folder,
                    trouble,
                )
            self._reported = trouble

    def _drop(self, error: StorageFull) -> None:
        if self.dropped == 0:
            _log.error("records are being lost: %s", error)
        self.dropped += 1


def _make_locked(folder: Path) -> int:
    """Make a journal's folder with its lock held, and return the lock's descriptor."""
    # Locked under a name that nobody looks for, so that it is never seen without its lock.
    unborn = folder.parent / f"new-{folder.name.replace('.', '-')}"
    try:
        unborn.mkdir(parents=True, mode=0o700)
        descriptor = os.open(unborn / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unborn.rename(folder)
    except OSError as error:
        raise _translated(error, folder) from error
    return descriptor


def _cut_frames(data: bytes, max_bytes: int) -> int:
    """Return where to cut frames so that they fit, keeping at least one."""
    at = 0
    while True:
        end = at + 8 + int.from_bytes(data[at : at + 4], "little")
        if end > max_bytes and at > 0:
            return at
        if end >= len(data):
            return len(data)
        at = end


def _translated(error: OSError, folder: Path) -> Exception:
    way_out = "point RUNSTONE_TRACKING_URI at a folder that can be written"
    if isinstance(error, PermissionError) or error.errno == 30:
        return PermissionDenied(f"cannot write {folder}: {error.strerror}; {way_out}")
    if error.errno in (27, 28, 122):
        return StorageFull(f"cannot write {folder}: {error.strerror}; free some space, or {way_out}")
    return Unavailable(f"cannot make the journal {folder}: {error}; {way_out}")
