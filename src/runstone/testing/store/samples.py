"""Small runs, inputs and journals for the suites to log."""

from __future__ import annotations

from collections.abc import Sequence

from runstone.core.digest import digest_of
from runstone.core.entities import ArtifactEntry, DatasetInput, DatasetRecord, InputTag, NewRun
from runstone.core.events import Event, RunStarted, Slice, encode_event
from runstone.core.ids import new_run_id, new_writer_id
from runstone.journal.format import Point, encode_frame, encode_point
from runstone.store.protocol import Store

START = 1_700_000_000_000
"""When sample runs start, Unix milliseconds."""


def new_run(
    run_id: str | None = None,
    *,
    name: str = "bright-quartz-1",
    start_time: int = START,
    experiment_id: str | None = "0",
    experiment_name: str | None = None,
    parent_run_id: str | None = None,
    user_id: str = "ada",
    tags: dict[str, str] | None = None,
) -> NewRun:
    """Return a run to be made."""
    return NewRun(
        run_id=run_id or new_run_id(),
        run_name=name,
        start_time=start_time,
        experiment_id=experiment_id,
        experiment_name=experiment_name,
        user_id=user_id,
        parent_run_id=parent_run_id,
        tags=tags or {},
    )


def make_run(store: Store, run_id: str | None = None, *, experiment_id: str = "0", start_time: int = START) -> str:
    """Make a run and return its id."""
    new = new_run(run_id, experiment_id=experiment_id, start_time=start_time)
    return store.create_run(new).info.run_id


def artifact(path: str, content: str = "", *, created_ms: int = START) -> ArtifactEntry:
    """Return the entry of a file of this content."""
    data = content.encode()
    return ArtifactEntry(path=path, digest=digest_of(data), size_bytes=len(data), created_ms=created_ms)


def dataset(name: str = "digits", digest: str = "d1", *, context: str | None = "train") -> DatasetInput:
    """Return the use of a dataset."""
    return DatasetInput(
        dataset=DatasetRecord(
            name=name,
            digest=digest,
            source_type="local",
            source="/data",
            schema='{"x": "long"}',
            profile="{}",
        ),
        tags=() if context is None else (InputTag("mlflow.data.context", context),),
    )


class Journal:
    """What one writer of a run recorded, from which any slice can be cut.

    Args:
        run: The run, which the first event starts.
        events: What follows.
        points: Points by the journal's own number of their key.
    """

    def __init__(self, run: NewRun, events: Sequence[Event] = (), points: Sequence[Point] = ()) -> None:
        self.run_id = run.run_id
        self.writer_id = new_writer_id()
        self.frames = [encode_frame(encode_event(event)) for event in (RunStarted(run), *events)]
        self.points = b"".join(encode_point(point) for point in points)

    @property
    def events(self) -> bytes:
        """All frames, one after another."""
        return b"".join(self.frames)

    def whole(self, *, beat_ms: int | None = None) -> Slice:
        """Return everything as one slice."""
        return self.part(0, len(self.events), 0, len(self.points), beat_ms=beat_ms)

    def part(
        self,
        events_from: int,
        events_to: int,
        points_from: int,
        points_to: int,
        *,
        beat_ms: int | None = None,
    ) -> Slice:
        """Return the bytes between these offsets, which must be at the edges of frames and records."""
        return Slice(
            run_id=self.run_id,
            writer_id=self.writer_id,
            events_at=events_from,
            events=self.events[events_from:events_to],
            points_at=points_from,
            points=self.points[points_from:points_to],
            host="somewhere",
            pid=1,
            beat_ms=beat_ms,
        )
