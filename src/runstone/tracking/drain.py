"""The drain: brings what journals hold to the store, in the background, exactly once."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from runstone.core.clock import now_ms
from runstone.core.errors import NotFound, RunstoneError, Unavailable
from runstone.core.events import Slice
from runstone.journal.reader import Orphan, claim_orphans, read_events, read_points
from runstone.tracking.run_writer import RunWriter

if TYPE_CHECKING:
    from runstone.store.protocol import Store

_log = logging.getLogger("runstone.drain")

_MAX_SLICE = 8 * 1024 * 1024
_BEAT_MS = 10_000
_LONGEST_WAIT_S = 30.0


class Drain:
    """Sends the journals of one process's writers.

    Args:
        store: Returns the store; called from the drain's thread.
        interval_s: Seconds between rounds.
        before: Called before each round, to let captures hand over what they hold.
    """

    def __init__(self, store: Callable[[], Store], interval_s: float) -> None:
        self._store = store
        self._interval_s = interval_s
        self._writers: dict[str, RunWriter] = {}
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._trouble: str | None = None
        self._host = socket.gethostname()
        self.before: list[Callable[[], None]] = []

    def add(self, writer: RunWriter) -> None:
        """Take care of a writer from now on."""
        with self._lock:
            self._writers[writer.writer_id] = writer
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="runstone-drain", daemon=True)
                self._thread.start()

    def flush(self) -> bool:
        """Send everything now and say whether the store has it all."""
        with self._lock:
            return all(self._send(writer) for writer in list(self._writers.values()))

    def finish(self, writer: RunWriter) -> bool:
        """Send the rest of a writer and let it go; without the store, its journal stays on disk for later."""
        with self._lock:
            delivered = self._send(writer, closing=True)
            self._writers.pop(writer.writer_id, None)
            writer.journal.close(remove=delivered)
        return delivered

    def stop(self) -> None:
        """Finish all writers and end the thread."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        for writer in list(self._writers.values()):
            self.finish(writer)

    def abandon(self) -> None:
        """Forget everything, in a forked child: writers and thread are the parent's."""
        for writer in self._writers.values():
            writer.journal.abandon()
        self._writers = {}
        self._thread = None
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self.before = []

    def _loop(self) -> None:
        wait_s = self._interval_s
        while not self._wake.wait(wait_s):
            # The rim: whatever goes wrong here must not end the drain, and never the program.
            try:
                for hand_over in list(self.before):
                    hand_over()
                delivered = self.flush()
            except Exception:  # noqa: BLE001
                _log.exception("the drain met an error it does not know; it goes on")
                delivered = False
            wait_s = self._interval_s if delivered else min(wait_s * 2, _LONGEST_WAIT_S)

    def _send(self, writer: RunWriter, *, closing: bool = False) -> bool:
        """Send what a writer has, and say whether the store took it all."""
        if writer.refused is not None:
            return False
        try:
            self._send_slices(writer, closing)
        except Unavailable as error:
            self._report(str(error))
            return False
        except RunstoneError as error:
            writer.refused = str(error)
            _log.error(
                "the store does not take what run %s logged: %s; kept in %s",
                writer.run_id,
                error,
                writer.journal.folder,
            )
            return False
        self._report(None)
        return True

    def _send_slices(self, writer: RunWriter, closing: bool) -> None:
        while True:
            # Points are looked at first: their metrics were named before, so the events read next name them all.
            _, points_end = writer.journal.ends
            events_to, points_to = writer.sent
            events = writer.journal.read_events(events_to, _MAX_SLICE)
            caught_up = events_to + len(events) == writer.journal.ends[0] or not events
            points = (
                writer.journal.read_points(points_to, min(_MAX_SLICE, points_end - points_to)) if caught_up else b""
            )
            done = caught_up and points_to + len(points) >= points_end
            beat_due = now_ms() - writer.beat_ms >= _BEAT_MS
            if not (events or points or (closing and done) or beat_due):
                return
            last = closing and done
            self._deliver(writer, events, points, 0 if last else now_ms())
            if done and writer.journal.ends == writer.sent:
                return

    def _deliver(self, writer: RunWriter, events: bytes, points: bytes, beat_ms: int) -> None:
        events_to, points_to = writer.sent
        (accepted,) = self._store().ingest(
            [
                Slice(
                    run_id=writer.run_id,
                    writer_id=writer.writer_id,
                    events_at=events_to,
                    events=events,
                    points_at=points_to,
                    points=points,
                    host=self._host,
                    pid=os.getpid(),
                    beat_ms=beat_ms,
                )
            ]
        )
        writer.sent = (accepted.events_to, accepted.points_to)
        writer.beat_ms = beat_ms
        writer.journal.release(*writer.sent)
        for conflict in accepted.conflicts:
            _log.warning("run %s: %s", writer.run_id, conflict)

    def _report(self, trouble: str | None) -> None:
        """Say once that the store cannot be reached, and once that it can again."""
        if trouble is not None and self._trouble is None:
            _log.warning("%s. What is logged waits in the journal, and is sent when this is over", trouble)
        if trouble is None and self._trouble is not None:
            _log.warning("the store can be reached again")
        self._trouble = trouble


def sync(store: Store, root: Path, run_id: str | None = None) -> tuple[list[str], list[str]]:
    """Bring in what dead processes left below a journal folder, for one run or all.

    Returns:
        The ids of dead writers, and what went wrong, in words.
    """
    dead: list[str] = []
    problems: list[str] = []
    for orphan in claim_orphans(root, run_id):
        dead.append(orphan.writer_id)
        delivered = False
        try:
            conflicts = _send_orphan(store, orphan)
            problems += [f"run {orphan.run_id}: {conflict}" for conflict in conflicts]
            delivered = True
        except (RunstoneError, OSError) as error:
            problems.append(f"{orphan.folder}: {error}")
            if isinstance(error, NotFound):
                problems[-1] += "; the run was removed for good, delete this folder if it is not wanted"
        finally:
            orphan.release(remove=delivered)
    return dead, problems


def _send_orphan(store: Store, orphan: Orphan) -> list[str]:
    def piece(**bytes_of: object) -> list[str]:
        given = Slice(run_id=orphan.run_id, writer_id=orphan.writer_id, **bytes_of)  # type: ignore[arg-type]  # as named below
        return list(store.ingest([given])[0].conflicts)

    conflicts: list[str] = []
    for start, data in read_events(orphan.folder):
        conflicts += piece(events_at=start, events=data)
    for start, data in read_points(orphan.folder):
        conflicts += piece(points_at=start, points=data)
    return conflicts
