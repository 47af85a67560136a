"""One store as one process uses it: the connection, the blobs, the writers and their drain."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from runstone.core.clock import now_ms
from runstone.core.entities import NewRun, ParamValue
from runstone.core.errors import PermissionDenied, RunstoneError, StoreCorrupt, Unavailable
from runstone.core.ids import new_writer_id
from runstone.core.settings import Settings, load
from runstone.journal.reader import is_held, iter_journals
from runstone.journal.writer import JournalWriter, journal_folder
from runstone.store.open import BLOBS_FOLDER, database_path, is_server, open_embedded, open_store
from runstone.tracking.drain import STORE_TROUBLE as STORE_TROUBLE
from runstone.tracking.drain import Drain, sync
from runstone.tracking.location import Location, locate, prepare_folder
from runstone.tracking.run_writer import RunWriter
from runstone.tracking.waiting import WaitingFiles

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore
    from runstone.store.protocol import Store

_log = logging.getLogger("runstone")


class Session:
    """A store in use.

    Args:
        location: Where it is.
        settings: As read from the environment.
    """

    def __init__(self, location: Location, settings: Settings) -> None:
        self.location = location
        self.settings = settings
        # Absolute, for a program that goes to another folder before the store is opened.
        self._database = database_path(location.uri)
        self._store: Store | None = None
        self._blobs: BlobStore | None = None
        self._writers: dict[str, RunWriter] = {}
        self._of_parent: dict[str, RunWriter] = {}
        self._written: set[str] = set()
        self._lock = threading.RLock()
        self._inherited: list[Store] = []
        self._picked_up = False
        self.drain = Drain(lambda: self.store, settings.drain_interval_s)
        self.waiting = WaitingFiles(lambda: self.blobs, self.writer)
        self.drain.before.append(self.waiting.deliver)

    @property
    def store(self) -> Store:
        """The store, opened at first use.

        Raises:
            Unavailable, PermissionDenied, StoreCorrupt, InvalidArgument, MissingExtra.
        """
        if self._store is None:
            with self._lock:
                if self._store is None:
                    self._make_folder()
                    self._store = self._open_store()
        return self._store

    @property
    def blobs(self) -> BlobStore:
        """Where bytes go."""
        if self._blobs is None:
            self._blobs = self._open_blobs()
        return self._blobs

    @property
    def journal_root(self) -> Path:
        """Where journals go."""
        return self.location.folder / "journal"

    def begin_run(self, new_run: NewRun) -> RunWriter:
        """Make a run and return its writer; without the store, the run is made when its journal is brought in.

        Raises:
            NotFound, InvalidState: The experiment is absent or deleted.
            InvalidArgument: The store knows no such thing.
        """
        # The journal comes first: a process that dies in between leaves no run behind that nobody knows to be dead.
        writer = self._new_writer(new_run.run_id, new_run, {})
        try:
            # While the store is in trouble, which each call may take seconds to find out, the drain does it.
            if self.drain.trouble is None:
                self.store.create_run(new_run)
        except STORE_TROUBLE as error:
            self.drain.report(error, is_known=writer.journal.folder is None)
        except BaseException:
            writer.journal.close(remove=True)
            raise
        with self._lock:
            self._writers[new_run.run_id] = writer
        self.drain.add(writer)
        return writer

    def writer(
        self, run_id: str, *, new_run: NewRun | None = None, params: Mapping[str, ParamValue] | None = None
    ) -> RunWriter:
        """Return this process's writer of a run, opening one if there is none.

        Raises:
            NotFound, InvalidState: The run is absent or deleted (not asked when ``new_run`` is given).
        """
        with self._lock:
            known = self._writers.get(run_id)
            if known is not None:
                return known
            of_parent = self._of_parent.get(run_id)
            if of_parent is not None and new_run is None:
                new_run, params = of_parent.new_run, of_parent.params
            elif new_run is None:
                run = self.store.get_run(run_id)
                from runstone.store.rules import check_active

                check_active(run.info.lifecycle_stage, f"run {run_id}")
                params = run.params
            writer = self._writers[run_id] = self._new_writer(run_id, new_run, params)
            self.drain.add(writer)
            return writer

    def close_writer(self, run_id: str) -> bool:
        """Let go of a run and say whether the store has all of it."""
        with self._lock:
            writer = self._writers.pop(run_id, None)
        return True if writer is None else self.drain.finish(writer)

    def end_writer(self, run_id: str) -> bool:
        """Let go of a run that ends, with what its dead child processes left, and say whether the store has it."""
        stored = self.waiting.deliver()
        delivered = self.close_writer(run_id) and stored
        if delivered and self._store is not None:
            self._bring_in_children([run_id])
        return delivered

    def is_alive(self, run_id: str) -> bool:
        """Say whether another process on this machine is logging to a run at this moment."""
        return not (self.has_writer(run_id) or self.drain.has_run(run_id)) and any(
            is_held(folder) for folder, owner, _ in iter_journals(self.journal_root) if owner == run_id
        )

    def has_writer(self, run_id: str) -> bool:
        """Say whether this process is logging to a run."""
        return run_id in self._writers

    def flush(self) -> bool:
        """Bring what this process logged to the store, and say whether all of it arrived."""
        stored = self.waiting.deliver()
        return self.drain.flush() and stored

    def pick_up(self) -> list[str]:
        """Bring in what dead processes left, mark their runs lost, and return what went wrong, in words."""
        store = self.store
        silence_ms = int(self.settings.silence_s * 1000)

        def bury(dead_writers: list[str]) -> None:
            lost = store.close_lost_runs(now_ms=now_ms(), silence_ms=silence_ms, dead_writers=dead_writers)
            for run_id in lost:
                _log.warning("run %s was lost: its process ended without a word", run_id)

        problems = sync(store, self.journal_root, bury=bury)
        bury([])
        return problems

    def pick_up_once(self) -> None:
        """Do so once a process, and only warn where it goes wrong."""
        if self._picked_up:
            return
        self._picked_up = True
        try:
            problems = self.pick_up()
        except STORE_TROUBLE as error:
            # Otherwise, whatever is done next meets the same, and says so.
            if type(error) is Unavailable:
                self.drain.report(error)
            return
        except (RunstoneError, OSError) as error:
            problems = [str(error)]
        for problem in problems:
            _log.warning("left behind by another process: %s", problem)

    def close(self) -> None:
        """Send what there is to send and let go of everything."""
        self.waiting.deliver()
        self.drain.stop()
        self.waiting.give_up()
        self._writers = {}
        if self._store is not None and self.drain.trouble is None:
            self._bring_in_children(self._written)
            self._store.close()

    def abandon(self) -> None:
        """Begin anew in a forked child: journals and drain are the parent's, so new ones are made when needed."""
        self.drain.abandon()
        self.waiting.abandon()
        self.drain.before.append(self.waiting.deliver)
        # What the parent knows of its runs need not be asked of the store.
        self._of_parent |= self._writers
        self._writers = {}
        self._written = set()
        self._lock = threading.RLock()
        if self._store is not None:
            # Kept, not closed: its connections are the parent's.
            self._inherited.append(self._store)
            self._store = None

    def _new_writer(self, run_id: str, new_run: NewRun | None, params: Mapping[str, ParamValue] | None) -> RunWriter:
        _watch_child_end()
        self._written.add(run_id)
        writer_id = new_writer_id()
        return RunWriter(run_id, writer_id, self._journal(run_id, writer_id), new_run=new_run, params=params)

    def _bring_in_children(self, run_ids: Collection[str]) -> None:
        """Bring in what child processes left that were ended by ``os._exit`` or a signal."""
        try:
            problems = sync(self.store, self.journal_root, run_ids)
        except (RunstoneError, OSError) as error:
            problems = [str(error)]
        for problem in problems:
            _log.warning("left behind by a child process: %s", problem)

    def _open_store(self) -> Store:
        if self._database is not None:
            return open_embedded(self._database)
        store = open_store(self.location.uri)
        from runstone.blobs.spooled import SpooledBlobs
        from runstone.tracking.spool import behind_spool

        return behind_spool(store, self.blobs) if isinstance(self.blobs, SpooledBlobs) else store

    def _open_blobs(self) -> BlobStore:
        uri = self.settings.artifacts_uri
        if uri is None and is_server(self.location.uri):
            from runstone.blobs.remote import RemoteBlobs
            from runstone.blobs.spooled import SpooledBlobs

            return SpooledBlobs(self.location.folder / "spool", RemoteBlobs(self.location.uri))
        from runstone.blobs.open import open_blobs

        return open_blobs(uri if uri is not None else str(self.location.folder / BLOBS_FOLDER))

    def _make_folder(self) -> None:
        try:
            prepare_folder(self.location.folder)
        except FileExistsError as error:
            raise StoreCorrupt(
                f"{self.location.folder} is a file where the store's folder should be; move it away or set "
                "RUNSTONE_TRACKING_URI"
            ) from error
        except PermissionError as error:
            raise PermissionDenied(
                f"cannot make {self.location.folder}: {error.strerror}; set RUNSTONE_TRACKING_URI to a folder that "
                "can be written"
            ) from error
        except OSError as error:
            raise Unavailable(
                f"cannot make {self.location.folder}: {error.strerror}; set RUNSTONE_TRACKING_URI to a folder that can "
                "be written"
            ) from error

    def _journal(self, run_id: str, writer_id: str) -> JournalWriter:
        try:
            self._make_folder()
            return JournalWriter(journal_folder(self.journal_root, run_id, writer_id))
        except STORE_TROUBLE as error:
            _log.error(
                "%s. Logging goes on in memory, and is lost when this process ends before that is mended",
                error,
            )
            return JournalWriter(None)


_sessions: dict[str, Session] = {}
_sessions_lock = threading.Lock()
_chosen_uri: str | None = None
_located: dict[str | None, Location] = {}
_before_close: list[Callable[[], None]] = []
_watched_pid = 0


def set_uri(uri: str | os.PathLike[str] | None) -> None:
    """Choose the store for this process; None goes back to looking for one."""
    global _chosen_uri
    _chosen_uri = None if uri is None or uri == "" else os.fspath(uri)
    _located.clear()


def is_uri_set() -> bool:
    """Say whether the store was chosen by call or environment."""
    return _chosen_uri is not None or load().tracking_uri is not None


def current_location() -> Location:
    """Return where the store is, and why; it stays there when the program goes to another folder."""
    uri, reason = _chosen_uri, "set by set_tracking_uri"
    if uri is None:
        uri, reason = load().tracking_uri, "set by RUNSTONE_TRACKING_URI"
    found = _located.get(uri)
    if found is None:
        found = _located[uri] = locate(uri, reason)
    return found


def session_at(uri: str | os.PathLike[str] | None = None) -> Session:
    """Return the session of a store, the chosen one when ``uri`` is None."""
    location = current_location() if uri is None else locate(os.fspath(uri), "given to Client")
    with _sessions_lock:
        session = _sessions.get(location.uri)
        if session is None:
            session = _sessions[location.uri] = Session(location, load())
        return session


def flush_all() -> bool:
    """Bring everything this process logged to its stores, and say whether all of it arrived."""
    # All are tried: one that cannot be reached holds up no other.
    delivered = [session.flush() for session in list(_sessions.values())]
    return all(delivered)


def before_close(end: Callable[[], None]) -> None:
    """Have something done when the process ends, before its sessions are closed."""
    _before_close.append(end)


def _end_process() -> None:
    for end in _before_close:
        end()
    _close_all()


def _watch_child_end() -> None:
    """Have what is logged delivered at the end of a child of ``multiprocessing``, which runs no ``atexit``."""
    global _watched_pid
    process = sys.modules.get("multiprocessing.process")
    if process is None or _watched_pid == os.getpid() or process.parent_process() is None:
        return
    from multiprocessing.util import Finalize

    # After what the program itself registers, which may log.
    Finalize(None, _end_process, exitpriority=-100)
    _watched_pid = os.getpid()


def _close_all() -> None:
    for session in list(_sessions.values()):
        session.close()
    _sessions.clear()


def _abandon_all() -> None:
    global _sessions_lock
    _sessions_lock = threading.Lock()
    for session in _sessions.values():
        session.abandon()


atexit.register(_end_process)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
