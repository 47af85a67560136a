"""Writing a journal: the part of logging that the user's program waits for."""

from __future__ import annotations

import errno
import fcntl
import logging
import mmap
import os
import threading
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from runstone.core.errors import InvalidArgument, InvalidState, PermissionDenied, StorageFull, Unavailable
from runstone.core.events import Event, encode_event
from runstone.journal.format import (
    FRAME_HEAD_SIZE,
    MAX_FRAME_PAYLOAD,
    POINT_SIZE,
    encode_frame,
    pack_point_body,
    put_point,
)
from runstone.journal.segments import Segment, Stream

_log = logging.getLogger("runstone.journal")

LOCK_NAME = "lock"
UNBORN_PREFIX = "new-"
_FIRST_POINTS = 64 * 1024
_FIRST_EVENTS = 32 * 1024
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def journal_folder(root: Path, run_id: str, writer_id: str) -> Path:
    """Return where a writer's journal is."""
    return root / f"{run_id}.{writer_id}"


class JournalWriter:
    """One writer's journal, for use by all threads of one process, and by its signal handlers.

    While the journal exists its lock file is held, which tells others that its process lives.

    Args:
        folder: A folder that does not exist yet; None for a journal in memory, which outlives nothing.

    Raises:
        PermissionDenied, StorageFull, Unavailable: The journal cannot be made.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._lock_descriptor = -1 if folder is None else _make_locked(folder)
        # Reentrant, since a signal handler that logs may run in the midst of a call that logs.
        self._lock = threading.RLock()
        self._points = Stream(folder, "points", _FIRST_POINTS)
        self._events = Stream(folder, "events", _FIRST_EVENTS)
        # The first segment is made at the first point: many runs log none.
        self._segment: Segment | None = None
        self._map: mmap.mmap | bytearray = bytearray()
        self._at = self._end = 0
        self._rolling = False
        self._postponed: list[Callable[[], object]] = []
        self._in_trouble = False
        self._closed = False
        self.dropped = 0
        """Records that found room neither on disk nor in memory."""

    def point(self, key_id: int, step: int, timestamp_ms: int, value: float) -> None:
        """Append a point.  Never raises for trouble with the disk; what is lost to it is counted and logged.

        Raises:
            InvalidState: The journal is closed.
        """
        body = pack_point_body(key_id, step, timestamp_ms, value)
        check = crc32(body)
        with self._lock:
            at = self._at
            if at != self._end:
                # Taken before it is written to, so that a signal handler that logs in between gets the next place.
                self._at = at + POINT_SIZE
                put_point(self._map, at, check, body)
                return
            self._point_in_new_segment(check, body)

    def event(self, event: Event) -> bool:
        """Append an event.  Never raises for trouble with the disk; what is lost to it is counted and logged.

        Returns:
            Whether there was room for it.

        Raises:
            InvalidArgument: It is too large, or holds lone surrogates.
            InvalidState: The journal is closed.
        """
        try:
            frame = encode_frame(encode_event(event))
        except UnicodeEncodeError as error:
            raise InvalidArgument(f"what is to be logged holds text that is not Unicode: {error}") from error
        if len(frame) > FRAME_HEAD_SIZE + MAX_FRAME_PAYLOAD:
            raise InvalidArgument(
                f"what is to be logged takes {len(frame) >> 20} MiB in one piece; {MAX_FRAME_PAYLOAD >> 20} MiB fit"
            )
        with self._lock:
            return self._put_frame(frame)

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

    def close(self, *, remove: bool) -> bool:
        """Let go of the journal; without ``remove`` its files stay for another process to take in.

        Returns:
            Whether everything was removed or is in files: False if something was in memory only, and is lost.
        """
        with self._lock:
            self._settle()
            self._closed = True
            self._at = self._end = 0
            saved = True
            if remove:
                self._events.remove()
                self._points.remove()
                self._remove_folder()
            else:
                # Events first: without them the points have no names.
                saved = self._events.save() and self._points.save()
            self._let_go()
            return saved

    def abandon(self) -> None:
        """Forget the journal in a forked child, where it is the parent's: keep no hold of its lock."""
        # The parent's other threads, one of which may have held the lock, are not in the child.
        self._lock = threading.RLock()
        self._closed = True
        # What these map is shared with the parent: the child must not write there.
        self._map = bytearray()
        self._at = self._end = 0
        self._segment = None
        self._events = Stream(None, "events", _FIRST_EVENTS)
        self._points = Stream(None, "points", _FIRST_POINTS)
        self._let_go()

    def _let_go(self) -> None:
        if self._lock_descriptor >= 0:
            os.close(self._lock_descriptor)
            self._lock_descriptor = -1

    def _remove_folder(self) -> None:
        if self.folder is None:
            return
        try:
            (self.folder / LOCK_NAME).unlink(missing_ok=True)
            self.folder.rmdir()
        except FileNotFoundError:
            pass  # once the lock is gone, another process may clear the empty folder away as well
        except OSError as error:
            _log.warning("cannot remove %s: %s", self.folder, error)

    def _settle(self) -> None:
        """Note in the current segment how far it is written; points keep count in ``_at`` alone."""
        if self._segment is not None and not self._closed:
            self._segment.used = self._at

    # A signal handler may log at any call, and at any jump (CPython 3.10).  It finds either room, which it takes for
    # itself, or a segment that is being made, in which case what it logs is postponed; so nothing is decided before a
    # call or jump and done after it: where there is room, the way to it falls through every ``if``.

    def _put_frame(self, frame: bytes) -> bool:
        size = len(frame)
        while True:
            segment = self._events.segments[-1] if self._events.segments else None
            if segment is not None and not self._closed and segment.used + size <= segment.size:
                at = segment.used
                segment.used = at + size
                segment.map[at : at + size] = frame
                self._do_postponed()
                return True
            if self._rolling:
                self._postponed.append(lambda: self._put_frame(frame))
                return True
            if not self._roll(self._events, size):
                return False

    def _point_in_new_segment(self, check: int, body: bytes) -> None:
        if self._rolling:
            self._postponed.append(lambda: self._put_point(check, body))
            return
        if self._roll(self._points):
            self._put_point(check, body)
        self._do_postponed()

    def _put_point(self, check: int, body: bytes) -> None:
        at = self._at
        if at != self._end:
            self._at = at + POINT_SIZE
            put_point(self._map, at, check, body)
            return
        self._point_in_new_segment(check, body)

    def _roll(self, stream: Stream, at_least: int = 0) -> bool:
        """Begin a segment, and say whether there was room for one."""
        if self._closed:
            raise InvalidState("the run's journal in this process is closed: the run has ended")
        lost = None
        self._rolling = True
        try:
            self._settle()
            segment = stream.roll(at_least)
            if stream is self._points:
                self._segment, self._map, self._at, self._end = segment, segment.map, 0, segment.size
        except StorageFull as error:
            lost = error
        finally:
            self._rolling = False
        if lost is not None:
            self._drop(lost)
        self._report()
        return lost is None

    def _do_postponed(self) -> None:
        while self._postponed and not self._rolling:
            self._postponed.pop(0)()

    def _report(self) -> None:
        """Say once that a disk gives no more space, and once that it does again."""
        trouble = self._points.trouble or self._events.trouble
        if (trouble is not None) is self._in_trouble:
            return
        self._in_trouble = trouble is not None
        if trouble is None:
            _log.warning("%s can be written again", self.folder)
        else:
            _log.error(
                "cannot write %s: %s%s. Logging goes on in memory meanwhile, where it would not survive the end of "
                "this process",
                self.folder,
                trouble.strerror,
                "; free some space or raise the file-size limit" if trouble.errno in _NO_SPACE else "",
            )

    def _drop(self, error: StorageFull) -> None:
        self.dropped += 1
        if self.dropped == 1:
            _log.error("records are being lost: %s", error)


def _make_locked(folder: Path) -> int:
    """Make a journal's folder with its lock held, and return the lock's descriptor."""
    # Locked under a name that nobody looks for, so that it is never seen without its lock.
    unborn = folder.parent / (UNBORN_PREFIX + folder.name.replace(".", "-"))
    descriptor = -1
    try:
        unborn.mkdir(parents=True, mode=0o700)
        descriptor = os.open(unborn / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unborn.rename(folder)
    except OSError as error:
        if descriptor >= 0:
            os.close(descriptor)
        raise _translated(error, folder) from error
    return descriptor


def _cut_frames(data: bytes, max_bytes: int) -> int:
    """Return where to cut frames so that they fit, keeping at least one."""
    at = 0
    while True:
        end = at + FRAME_HEAD_SIZE + int.from_bytes(data[at : at + 4], "little")
        if end > max_bytes and at > 0:
            return at
        if end >= len(data):
            return len(data)
        at = end


def _translated(error: OSError, folder: Path) -> Exception:
    way_out = "point RUNSTONE_TRACKING_URI at a folder that can be written"
    if error.errno in (errno.EPERM, errno.EACCES, errno.EROFS):
        return PermissionDenied(f"cannot write {folder}: {error.strerror}; {way_out}")
    if error.errno in _NO_SPACE:
        return StorageFull(f"cannot write {folder}: {error.strerror}; free some space, or {way_out}")
    return Unavailable(f"cannot make the journal {folder}: {error.strerror}; {way_out}")
