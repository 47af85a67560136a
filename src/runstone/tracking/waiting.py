"""Files that the blob store cannot take at the moment: kept, and offered again until it can."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from runstone.core.errors import PermissionDenied, RunstoneError, StoreCorrupt, Unavailable

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore
    from runstone.tracking.run_writer import RunWriter

_log = logging.getLogger("runstone")

MAX_MEMORY = 64 * 1024 * 1024
"""Bytes that are kept in memory; files that were logged from disk wait where they are, and take none of it."""


class WaitingFiles:
    """The files that one process logged and could not store yet.

    Args:
        blobs: Returns the blob store.
        writer: Returns this process's writer of a run.
    """

    def __init__(self, blobs: Callable[[], BlobStore], writer: Callable[[str], RunWriter]) -> None:
        self._blobs = blobs
        self._writer = writer
        self._files: dict[tuple[str, str], bytes | Path] = {}
        self._lock = threading.RLock()

    def keep(self, run_id: str, path: str, source: bytes | Path, why: Exception) -> None:
        """Take a file of a run, in place of what waits at its path already."""
        with self._lock:
            held = sum(len(other) for other in self._files.values() if isinstance(other, bytes))
            if isinstance(source, bytes) and held + len(source) > MAX_MEMORY:
                _log.error(
                    "%s of run %s is lost: %s; and the %d MiB set aside in memory are full",
                    path,
                    run_id,
                    why,
                    MAX_MEMORY >> 20,
                )
                return
            if not self._files:
                _log.error(
                    "%s. What is logged as a file meanwhile is kept in memory, or is to stay where it was logged from, "
                    "until it can be stored; it would not survive the end of this process",
                    why,
                )
            self._files[run_id, path] = source

    def forget(self, run_id: str, path: str) -> None:
        """Drop what waits at a path: something newer is stored there."""
        if self._files:
            with self._lock:
                self._files.pop((run_id, path), None)

    def find(self, run_id: str, path: str) -> bytes | None:
        """Return the bytes that wait at a path of a run, or None."""
        source = self._files.get((run_id, path))
        return source.read_bytes() if isinstance(source, Path) else source

    def deliver(self) -> bool:
        """Offer all again, and say whether none is left."""
        if not self._files:
            return True
        with self._lock:
            for (run_id, path), source in list(self._files.items()):
                trouble = _trouble_with(source)
                try:
                    if trouble is None:
                        blobs = self._blobs()
                        stored = blobs.put_bytes(source) if isinstance(source, bytes) else blobs.put_file(source)
                        self._writer(run_id).log_artifact(path, stored.digest, stored.size_bytes)
                except (Unavailable, PermissionDenied, StoreCorrupt):
                    return False
                except RunstoneError as error:
                    trouble = error
                if trouble is not None:
                    _log.error("%s of run %s is lost: %s", path, run_id, trouble)
                del self._files[run_id, path]
            _log.warning("the files that waited are stored")
        return True

    def give_up(self) -> None:
        """Say what is lost, at the end of the process."""
        for run_id, path in self._files:
            _log.error("%s of run %s is lost: it could not be stored until the end of this process", path, run_id)
        self._files = {}

    def abandon(self) -> None:
        """Forget everything, in a forked child: it is the parent's to store."""
        self._files = {}
        self._lock = threading.RLock()


def _trouble_with(source: bytes | Path) -> RunstoneError | None:
    """Return what is wrong with a file that was logged from disk, which somebody may have removed since."""
    if isinstance(source, bytes):
        return None
    from runstone.blobs.disk import open_regular

    try:
        os.close(open_regular(source)[0])
    except RunstoneError as error:
        return error
    return None
