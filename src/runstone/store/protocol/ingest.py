"""Taking in what writers' journals hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from runstone.core.events import Accepted, Slice


class IngestStore(Protocol):
    """The way in for everything that is logged through a journal."""

    def ingest(self, slices: Sequence[Slice]) -> list[Accepted]:
        """Commit slices, each with its writer's new high-water mark in one transaction.

        Sending a slice again, or one that overlaps what was taken, adds nothing twice.  An empty slice is a
        heartbeat and asks for the high-water mark.

        Raises:
            InvalidArgument: A slice starts after the high-water mark (a gap), or cannot be read.
            Unavailable: Nothing was taken; send it again later.
        """

    def close_lost_runs(self, *, now_ms: int, silence_ms: int, dead_writers: Collection[str] = ()) -> list[str]:
        """Mark running runs FAILED whose every writer is dead, and return their ids.

        A writer is dead when it is one of ``dead_writers`` (its journal was found without its lock) or has been
        silent for ``silence_ms``.  Runs that no writer is known of are left alone.  A heartbeat that comes after
        all makes the run RUNNING again.
        """
