"""Journals made up from an export, and sent to the store in slices."""

from __future__ import annotations

from runstone.core.errors import InvalidArgument
from runstone.core.events import Event, Slice, encode_event
from runstone.journal.format import encode_frame
from runstone.store.protocol import Store

_SLICE_BYTES = 4 << 20
"""Bytes of a slice, and of the slices that are sent in one transaction."""

_SLICES = 200


def events_taken(store: Store, run_id: str, writer_id: str) -> int:
    """Return how many bytes of a writer's events the store has."""
    return store.ingest([Slice(run_id=run_id, writer_id=writer_id)])[0].events_to


class Outbox:
    """Slices on their way, many to a transaction.

    Args:
        notes: Takes what the store refused, in words.
    """

    def __init__(self, store: Store, notes: list[str]) -> None:
        self._store = store
        self._notes = notes
        self._waiting: list[Slice] = []
        self._bytes = 0

    def add(self, piece: Slice) -> None:
        """Send a slice, now or with those that follow."""
        self._waiting.append(piece)
        self._bytes += len(piece.events)
        if self._bytes >= _SLICE_BYTES or len(self._waiting) >= _SLICES:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting:
            return
        for piece, accepted in zip(waiting, self._store.ingest(waiting), strict=True):
            self._notes += [f"run {piece.run_id}: {conflict}" for conflict in accepted.conflicts]


class Replay:
    """The journal of one run, of which the store may have the beginning.

    Args:
        taken: How many bytes of it the store has.
    """

    def __init__(self, outbox: Outbox, run_id: str, writer_id: str, taken: int) -> None:
        self._outbox = outbox
        self._run_id = run_id
        self._writer_id = writer_id
        self._taken = taken
        self._at = 0
        self._frames: list[bytes] = []
        self._bytes = 0

    def has(self, event: Event) -> bool:
        """Say whether the store has this event, if it is the next."""
        return self._at + len(encode_frame(encode_event(event))) <= self._taken

    def add(self, event: Event) -> None:
        """Append an event."""
        frame = encode_frame(encode_event(event))
        self._at += len(frame)
        if self._at <= self._taken:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if self._bytes >= _SLICE_BYTES:
            self.cut()

    def cut(self) -> None:
        """Begin another slice."""
        if self._frames:
            events = b"".join(self._frames)
            piece = Slice(
                run_id=self._run_id,
                writer_id=self._writer_id,
                events_at=self._at - len(events),
                events=events,
            )
            self._frames, self._bytes = [], 0
            self._outbox.add(piece)

    def finish(self) -> bool:
        """Send the rest and say whether the store lacked anything.

        Raises:
            InvalidArgument: The store has more of this journal than there is.
        """
        lacked = self._at > self._taken
        if self._at < self._taken:
            raise InvalidArgument(
                f"run {self._run_id} was begun to be imported by another version of runstone; go on with that",
                field="source",
            )
        self.cut()
        return lacked
