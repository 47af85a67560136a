"""The drain: brings what journals hold to the store, in the background, exactly once."""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from runstone.core.clock import now_ms
from runstone.core.errors import (
    InvalidArgument,
    NotFound,
    PermissionDenied,
    RunstoneError,
    StoreCorrupt,
    Unavailable,
)
from runstone.core.events import Slice
from runstone.journal.reader import (
    Orphan,
    Piece,
    claim_orphans,
    missing_events,
    missing_points,
    read_events,
    read_points,
)
from runstone.tracking.run_writer import RunWriter

if TYPE_CHECKING:
    from runstone.store.protocol import Store

_log = logging.getLogger("runstone.drain")

STORE_TROUBLE = (Unavailable, PermissionDenied, StoreCorrupt)
"""Errors that say nothing about what is being recorded: it is kept, and the store tried again later."""

_MAX_SLICE = 8 * 1024 * 1024
_BEAT_MS = 10_000
_LONGEST_WAIT_S = 30.0
_ORPHANS_AT_ONCE = 64


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
        self._starting = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble: Exception | None = None
        self._host = platform.node()
        self.before: list[Callable[[], object]] = []

    def add(self, writer: RunWriter) -> None:
        """Take care of a writer from now on."""
        # Not under the lock of sending, which may wait for the store.
        self._writers[writer.writer_id] = writer
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._loop, name="runstone-drain", daemon=True)
                try:
                    thread.start()
                except RuntimeError:
                    # No more threads, or the interpreter is ending: all is sent when the run ends.
                    return
                self._thread = thread

    def has_run(self, run_id: str) -> bool:
        """Say whether something of a run is still to be sent from here."""
        return any(writer.run_id == run_id for writer in list(self._writers.values()))

    @property
    def trouble(self) -> Exception | None:
        """Why the store took nothing when it was last tried; None if it did."""
        return self._trouble

    def flush(self) -> bool:
        """Send everything now and say whether the store has it all."""
        with self._lock:
            # All are tried: one that cannot be sent holds up no other.
            delivered = [self._settle(writer) for writer in list(self._writers.values())]
            return all(delivered)

    def finish(self, writer: RunWriter) -> bool:
        """Send the rest of a writer and let it go; while the store does not take it, that is tried again."""
        with self._lock:
            writer.is_closing = True
            return self._settle(writer)

    def stop(self) -> None:
        """Finish all writers and end the thread; what the store does not take stays in journals on disk."""
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None
        self._wake = threading.Event()
        for writer in list(self._writers.values()):
            # Each try may wait for the store; once is enough.
            if self._trouble is not None or not self.finish(writer):
                self._let_go(writer)

    def abandon(self) -> None:
        """Forget everything, in a forked child: writers and thread are the parent's."""
        for writer in self._writers.values():
            writer.journal.abandon()
        self._writers = {}
        self._thread = None
        self._trouble = None
        self._lock = threading.RLock()
        self._starting = threading.Lock()
        self._wake = threading.Event()
        self.before = []

    def _loop(self) -> None:
        wait_s = self._interval_s
        while not self._wake.wait(wait_s):
            for hand_over in list(self.before):
                try:
                    hand_over()
                except Exception:  # noqa: BLE001  # The rim: the drain does not end with what a capture meets.
                    _log.exception("what was captured could not be handed over")
            self.flush()
            wait_s = self._interval_s if self._trouble is None else min(wait_s * 2, _LONGEST_WAIT_S)

    def _settle(self, writer: RunWriter) -> bool:
        """Send what a writer has, let it go if that was the last of it, and say whether the store took it all."""
        delivered = self._send(writer)
        if writer.is_closing and delivered:
            self._writers.pop(writer.writer_id, None)
            writer.journal.close(remove=True)
        elif writer.is_closing and writer.refused is not None:
            self._let_go(writer)
        return delivered

    def _let_go(self, writer: RunWriter) -> None:
        """Leave a journal that the store does not take to another process."""
        if self._writers.pop(writer.writer_id, None) is None:
            return
        if not writer.journal.close(remove=False):
            _log.error(
                "what run %s logged and the store does not have is lost: the disk took none of it", writer.run_id
            )
        elif writer.refused is None:
            _log.warning(
                "what run %s logged and the store does not have yet is in %s; the next process that uses this store "
                "brings it in",
                writer.run_id,
                writer.journal.folder,
            )

    def _send(self, writer: RunWriter) -> bool:
        if writer.refused is not None:
            return False
        try:
            self._send_slices(writer)
        except STORE_TROUBLE as error:
            self.report(error)
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
        except Exception as error:  # noqa: BLE001  # The rim: neither the drain nor the program ends with this.
            if self._trouble is None:
                _log.exception("the drain met an error it does not know, and will try again")
            self._trouble = error
            return False
        self.report(None)
        return True

    def _send_slices(self, writer: RunWriter) -> None:
        closing = writer.is_closing
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
            # Due also when the clock was put back.
            beat_due = not 0 <= now_ms() - writer.beat_ms < _BEAT_MS
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

    def report(self, trouble: Exception | None, *, is_known: bool = False) -> None:
        """Say once that the store cannot be used (unless that is known already), and once that it can again."""
        if trouble is not None and self._trouble is None and not is_known:
            # A store that is busy or away comes back by itself; the rest somebody has to see to.
            level = logging.WARNING if type(trouble) is Unavailable else logging.ERROR
            _log.log(level, "%s. What is logged waits in the journal, and is sent when this is over", trouble)
        if trouble is None and self._trouble is not None:
            _log.warning("the store can be used again")
        self._trouble = trouble


def sync(
    store: Store, root: Path, only_runs: Collection[str] | None = None, bury: Callable[[list[str]], None] | None = None
) -> list[str]:
    """Bring in what dead processes left below a journal folder, and return what went wrong, in words.

    Args:
        only_runs: Runs to do so for; all if None.
        bury: Called with the ids of dead writers before their journals are removed, so that whoever is killed in
            between leaves them to be found again.
    """
    problems: list[str] = []
    orphans = claim_orphans(root, only_runs)
    while batch := list(islice(orphans, _ORPHANS_AT_ONCE)):
        delivered: set[Orphan] = set()
        try:
            for orphan in batch:
                try:
                    problems += [f"run {orphan.run_id}: {problem}" for problem in _send_orphan(store, orphan)]
                    delivered.add(orphan)
                except NotFound as error:
                    problems.append(f"{orphan.folder}: {error}; if it was removed for good, remove this folder, too")
                except (RunstoneError, OSError) as error:
                    problems.append(f"{orphan.folder}: {error}")
            if bury is not None:
                bury([orphan.writer_id for orphan in batch])
        except BaseException:
            delivered.clear()
            raise
        finally:
            for orphan in batch:
                try:
                    orphan.release(remove=orphan in delivered)
                except OSError as error:
                    problems.append(f"cannot remove {orphan.folder}: {error}")
    return problems


def _send_orphan(store: Store, orphan: Orphan) -> list[str]:
    """Send what a dead writer left, and return what of it was refused or damaged, in words."""
    problems: list[str] = []
    # A writer that died before its first round was never seen alive by the store.
    beat_ms = orphan.last_write_ms

    def send(pieces: Iterator[Piece], stream: str, missing: Callable[[int, int], Iterator[Piece]]) -> None:
        lost = 0
        for piece in pieces:
            given = Slice(
                run_id=orphan.run_id,
                writer_id=orphan.writer_id,
                beat_ms=beat_ms,
                **{stream: piece.data, f"{stream}_at": piece.start},  # type: ignore[arg-type]  # bytes and int by name
            )
            try:
                accepted = store.ingest([given])[0]
            except InvalidArgument as error:
                if error.field != "slice":
                    raise
                # The file before this one is gone: say so, and go on behind it.
                known = store.ingest([Slice(run_id=orphan.run_id, writer_id=orphan.writer_id)])[0]
                start = known.events_to if stream == "events" else known.points_to
                send(missing(start, piece.start), stream, missing)
                accepted = store.ingest([given])[0]
            if piece.is_filler:
                lost += len(piece.data)
            else:
                problems.extend(accepted.conflicts)
        if lost:
            problems.append(f"{lost} bytes of what it logged besides points were damaged, and are lost")

    send(read_events(orphan.folder), "events", missing_events)
    send(read_points(orphan.folder), "points", missing_points)
    return problems
