"""What a writer's journal records besides points: the words between tracking and the store.

Events are MessagePack arrays tagged by a short name, so that a journal written by one version can be read by
another: fields are only ever added at the end.  ``Slice`` is the unit of ingest, the same embedded and over HTTP.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from runstone.core.entities import DatasetInput, NewRun, ParamValue, Status
from runstone.core.errors import InvalidArgument


class RunStarted(Struct, frozen=True, array_like=True, tag="run"):
    """First event of every journal: enough to make the run if the store has never heard of it."""

    run: NewRun


class KeyDefined(Struct, frozen=True, array_like=True, tag="key"):
    """From here on, points with ``key_id`` belong to the metric ``key``.  Ids count from 1 within a journal."""

    key_id: int
    key: str


class ParamLogged(Struct, frozen=True, array_like=True, tag="param"):
    """A param was logged."""

    key: str
    value: ParamValue


class TagSet(Struct, frozen=True, array_like=True, tag="tag"):
    """A tag was set; None deletes it."""

    key: str
    value: str | None


class SeriesLogged(Struct, frozen=True, array_like=True, tag="series"):
    """Many points of one key at once: little-endian columns of equal length (int64, int64, float64)."""

    key_id: int
    steps: bytes
    timestamps: bytes
    values: bytes


class ArtifactLogged(Struct, frozen=True, array_like=True, tag="artifact"):
    """A path of the run now has these bytes."""

    path: str
    digest: str
    size_bytes: int
    created_ms: int


class InputLogged(Struct, frozen=True, array_like=True, tag="input"):
    """A dataset went into the run."""

    dataset_input: DatasetInput


class ConsoleWritten(Struct, frozen=True, array_like=True, tag="console"):
    """A piece of what the program printed."""

    stream: Literal["stdout", "stderr"]
    timestamp_ms: int
    text: str


class StatusChanged(Struct, frozen=True, array_like=True, tag="status"):
    """The run entered a state; ``end_time`` (Unix milliseconds) is set when it ended."""

    status: Status
    end_time: int | None = None
    reason: str | None = None


Event = (
    RunStarted
    | KeyDefined
    | ParamLogged
    | TagSet
    | SeriesLogged
    | ArtifactLogged
    | InputLogged
    | ConsoleWritten
    | StatusChanged
)

encode_event = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Event).decode


def decode_event(payload: bytes) -> Event:
    """Return the event that a frame holds.

    Raises:
        InvalidArgument: It is none that this version knows.
    """
    try:
        event: Event = _decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidArgument(f"no event that this version of Runstone knows: {error}", field="events") from error
    return event


class Slice(Struct, frozen=True, kw_only=True):
    """A piece of one writer's journal, at positions the store can recognise.

    Attributes:
        run_id: The run it belongs to.
        writer_id: The journal it was cut from.
        events_at: Offset of ``events`` in the journal's event stream, in bytes.
        events: Whole frames (see ``runstone.journal.format``).
        points_at: Offset of ``points`` in the journal's point stream, in bytes.
        points: Whole 32-byte point records; one with key id 0 stands for a damaged one.
        host: Where the writer runs, and under which process id: for people to read.
        beat_ms: When the writer was last known alive, Unix milliseconds; 0 when it lets go of the run, None to
            leave that as it is (taking in what a dead process left).
    """

    run_id: str
    writer_id: str
    events_at: int = 0
    events: bytes = b""
    points_at: int = 0
    points: bytes = b""
    host: str = ""
    pid: int = 0
    beat_ms: int | None = None


class Accepted(Struct, frozen=True, kw_only=True):
    """How far the store has taken a writer's journal: all bytes before these offsets are committed.

    Attributes:
        conflicts: What was refused within the slice, each once, in words (a param that had another value).
    """

    events_to: int
    points_to: int
    conflicts: tuple[str, ...] = ()
