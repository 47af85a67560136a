"""One store as one process uses it: the connection, the blobs, the writers and their drain."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from runstone.core.clock import now_ms
from runstone.core.entities import NewRun, ParamValue
from runstone.core.errors import PermissionDenied, RunstoneError, StoreCorrupt, Unavailable
from runstone.core.ids import new_writer_id
from runstone.core.settings import Settings, load
from runstone.journal.reader import is_held, iter_journals
from runstone.journal.writer import JournalWriter, journal_folder
from runstone.tracking.drain import Drain, sync
from runstone.tracking.location import Location, locate, prepare_folder
from runstone.tracking.run_writer import RunWriter

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore
    from runstone.store.protocol import Store

_log = logging.getLogger("runstone")

STORE_TROUBLE = (Unavailable, PermissionDenied, StoreCorrupt)
"""Errors that say nothing about the caller's arguments: logging goes on without the store."""


class Session:
    """A store in use.

    Args:
        location: Where it is.
        settings: As read from the environment.
    """

    def __init__(self, location: Location, settings: Settings) -> None:
        self.location = location
        self.settings = settings
        self._store: Store | None = None
        self._blobs: BlobStore | None = None
        self._writers: dict[str, RunWriter] = {}
        self._lock = threading.RLock()
        self._inherited: list[Store] = []
        self._picked_up = False
        self.drain = Drain(lambda: self.store, settings.drain_interval_s)

    @property
    def store(self) -> Store:
        """The store, opened at first use.

        Raises:
            Unavailable, PermissionDenied, StoreCorrupt, InvalidArgument, MissingExtra.
        """
        if self._store is None:
            from runstone.store.open import open_store

            with self._lock:
                if self._store is None:
                    self._make_folder()
                    self._store = open_store(self.location.uri)
        return self._store

    @property
    def blobs(self) -> BlobStore:
        """Where bytes go."""
        if self._blobs is None:
            from runstone.blobs.open import open_blobs

            uri = self.settings.artifacts_uri
            self._blobs = open_blobs(uri if uri is not None else str(self.location.folder / "blobs"))
        return self._blobs

    @property
    def journal_root(self) -> Path:
        """Where journals go."""
        return self.location.folder / "journal"

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
            if new_run is None:
                run = self.store.get_run(run_id)
                from runstone.store.rules import check_active

                check_active(run.info.lifecycle_stage, f"run {run_id}")
                params = run.params
            writer_id = new_writer_id()
            writer = RunWriter(run_id, writer_id, self._journal(run_id, writer_id), new_run=new_run, params=params)
            self._writers[run_id] = writer
            self.drain.add(writer)
            return writer

    def close_writer(self, run_id: str) -> bool:
        """Let go of a run and say whether the store has all of it."""
        with self._lock:
            writer = self._writers.pop(run_id, None)
        return True if writer is None else self.drain.finish(writer)

    def end_writer(self, run_id: str) -> bool:
        """Let go of a run that ends, with what its dead child processes left, and say whether the store has it."""
        delivered = self.close_writer(run_id)
        if delivered and self._store is not None:
            _, problems = sync(self._store, self.journal_root, run_id)
            for problem in problems:
                _log.warning("left behind by a child process: %s", problem)
        return delivered

    def is_alive(self, run_id: str) -> bool:
        """Say whether another process on this machine is logging to a run at this moment."""
        return not self.has_writer(run_id) and any(
            is_held(folder) for folder, owner, _ in iter_journals(self.journal_root) if owner == run_id
        )

    def has_writer(self, run_id: str) -> bool:
        """Say whether this process is logging to a run."""
        return run_id in self._writers

    def flush(self) -> bool:
        """Bring what this process logged to the store, and say whether all of it arrived."""
        return self.drain.flush()

    def pick_up(self) -> list[str]:
        """Bring in what dead processes left, mark their runs lost, and return what went wrong, in words."""
        dead, problems = sync(self.store, self.journal_root)
        lost = self.store.close_lost_runs(
            now_ms=now_ms(), silence_ms=int(self.settings.silence_s * 1000), dead_writers=dead
        )
        for run_id in lost:
            _log.warning("run %s was lost: its process ended without a word", run_id)
        return problems

    def pick_up_once(self) -> None:
        """Do so once a process, and only warn where it goes wrong."""
        if self._picked_up:
            return
        self._picked_up = True
        try:
            problems = self.pick_up()
        except RunstoneError as error:
            problems = [str(error)]
        for problem in problems:
            _log.warning("left behind by another process: %s", problem)

    def close(self) -> None:
        """Send what there is to send and let go of everything."""
        self.drain.stop()
        self._writers = {}
        if self._store is not None:
            self._store.close()

    def abandon(self) -> None:
        """Begin anew in a forked child: journals and drain are the parent's, so new ones are made when needed."""
        self.drain.abandon()
        self._writers = {}
        self._lock = threading.RLock()
        if self._store is not None:
            # Kept, not closed: its connections are the parent's.
            self._inherited.append(self._store)
            self._store = None

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
            raise Unavailable(f"cannot make {self.location.folder}: {error}; free some space") from error

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


def set_uri(uri: str | os.PathLike[str] | None) -> None:
    """Choose the store for this process; None goes back to looking for one."""
    global _chosen_uri
    _chosen_uri = None if uri is None or uri == "" else os.fspath(uri)


def is_uri_set() -> bool:
    """Say whether the store was chosen by call or environment."""
    return _chosen_uri is not None or load().tracking_uri is not None


def current_location() -> Location:
    """Return where the store is, and why."""
    if _chosen_uri is not None:
        return locate(_chosen_uri, "set by set_tracking_uri")
    return locate(load().tracking_uri, "set by RUNSTONE_TRACKING_URI")


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
    return all(session.flush() for session in list(_sessions.values()))


def _close_all() -> None:
    for session in list(_sessions.values()):
        session.close()
    _sessions.clear()


def _abandon_all() -> None:
    global _sessions_lock
    _sessions_lock = threading.Lock()
    for session in _sessions.values():
        session.abandon()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
