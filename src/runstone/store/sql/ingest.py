"""Taking in slices of journals, exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec

from runstone.core.clock import now_ms as clock_ms
from runstone.core.entities import ArtifactEntry, DatasetInput, ParamValue
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.events import (
    Accepted,
    ArtifactLogged,
    ConsoleWritten,
    Event,
    InputLogged,
    KeyDefined,
    ParamLogged,
    RunStarted,
    SeriesLogged,
    Slice,
    StatusChanged,
    TagSet,
    decode_event,
)
from runstone.core.limits import MAX_RUN_TAG_VALUE_LENGTH
from runstone.journal.format import POINT, POINT_SIZE, iter_frames
from runstone.store import rules
from runstone.store.sql import artifacts, console, datasets, documents, runs, series
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection

LOST = "lost: its process ended without a word"
"""Begins the reason of runs that were found dead."""

_FEW_POINTS = 1024
"""Up to this many points are handled without NumPy, whose import would cost a small program more than the work."""

_encode_keys = msgspec.msgpack.Encoder().encode
_decode_keys = msgspec.msgpack.Decoder(dict[int, str]).decode


class Ingest:
    """The way in, for a SQL database."""

    _database: Database

    def ingest(self, slices: Sequence[Slice]) -> list[Accepted]:
        for piece in slices:
            rules.check_run_id(piece.run_id)
            rules.check_text(piece.writer_id, "writer_id", max_length=64, allow_empty=False)
            if len(piece.points) % POINT_SIZE:
                raise InvalidArgument(f"points of run {piece.run_id} are cut within a record", field="points")
        return self._database.write(lambda c: [_take(c, piece) for piece in slices])

    def close_lost_runs(self, *, now_ms: int, silence_ms: int, dead_writers: Collection[str] = ()) -> list[str]:
        def work(c: Connection) -> list[str]:
            beats: dict[tuple[int, str], int] = {}
            alive: set[int] = set()
            for run_no, run_id, writer_id, beat_ms in c.query(
                "SELECT r.run_no, r.run_id, w.writer_id, w.beat_ms FROM runs r JOIN writers w ON w.run_no = r.run_no "
                "WHERE r.status = 'RUNNING' AND w.beat_ms > 0"
            ):
                beats[run_no, run_id] = max(beat_ms, beats.get((run_no, run_id), 0))
                if writer_id not in dead_writers and beat_ms >= now_ms - silence_ms:
                    alive.add(run_no)
            lost = [(run, beat_ms) for run, beat_ms in beats.items() if run[0] not in alive]
            for (run_no, _), beat_ms in lost:
                runs.set_status(c, run_no, "FAILED", _last_sign_ms(c, run_no, beat_ms, now_ms), LOST)
            return [run_id for (_, run_id), _ in lost]

        return self._database.write(work)


def _last_sign_ms(c: Connection, run_no: int, beat_ms: int, now_ms: int) -> int:
    """Return when a run was last known to live: its writers' last beat, or a point that is newer than that."""
    logged = [summary.last_timestamp for summary in documents.read_metrics(c, run_no).values()]
    # A point's timestamp is the program's to choose, and may lie in the future.
    return max([beat_ms, *(timestamp_ms for timestamp_ms in logged if timestamp_ms <= now_ms)])


class _Gathered:
    """The events of a slice, sorted by what is to be done with them."""

    def __init__(self, metric_keys: dict[int, str]) -> None:
        self.metric_keys = metric_keys
        self.params: dict[str, ParamValue] = {}
        self.tags: dict[str, str | None] = {}
        self.series: list[SeriesLogged] = []
        self.artifacts: dict[str, ArtifactEntry] = {}
        self.inputs: list[DatasetInput] = []
        self.console: list[ConsoleWritten] = []
        self.status: StatusChanged | None = None
        self.conflicts: list[str] = []

    def add(self, event: Event) -> None:
        """Note one event; one that breaks a rule is refused in words, so that it cannot hold up those behind it."""
        try:
            self._add(event)
        except InvalidArgument as error:
            self.conflicts.append(str(error))

    def _add(self, event: Event) -> None:
        match event:
            case KeyDefined(key_id, key):
                self.metric_keys[key_id] = rules.check_key(key)
            case ParamLogged(key, value):
                self._add_param(rules.check_key(key), rules.check_param_value(key, value))
            case TagSet(key, value):
                rules.check_key(key)
                self.tags[key] = None if value is None else rules.check_tag_value(key, value, MAX_RUN_TAG_VALUE_LENGTH)
            case SeriesLogged(_, steps, timestamps, values):
                if not len(steps) == len(timestamps) == len(values) or len(values) % 8:
                    raise InvalidArgument("the columns of a series differ in length", field="events")
                self.series.append(event)
            case ArtifactLogged(path, digest, size_bytes, created_ms):
                entry = ArtifactEntry(path=path, digest=digest, size_bytes=size_bytes, created_ms=created_ms)
                artifacts.check_entry(entry)
                self.artifacts[path] = entry
            case InputLogged(dataset_input):
                datasets.check_input(dataset_input)
                self.inputs.append(dataset_input)
            case ConsoleWritten():
                self.console.append(event)
            case StatusChanged():
                self.status = event
            case RunStarted():
                pass

    def _add_param(self, key: str, value: ParamValue) -> None:
        if key in self.params and self.params[key] != value:
            self.conflicts.append(runs.param_conflict(key, self.params[key], value))
        else:
            self.params[key] = value


def _take(c: Connection, piece: Slice) -> Accepted:
    events = _events(piece)
    run = runs.find_run(c, piece.run_id, lock=True) or _start_run(c, piece, events)
    row = c.one(
        "SELECT events_to, points_to, metric_keys, beat_ms FROM writers WHERE run_no = ? AND writer_id = ?",
        (run.run_no, piece.writer_id),
    )
    events_to, points_to, metric_keys, beat_ms = row or (0, 0, b"\x80", 0)
    if (piece.events and piece.events_at > events_to) or (piece.points and piece.points_at > points_to):
        raise InvalidArgument(
            f"a gap in the journal {piece.writer_id} of run {piece.run_id}: the store has {events_to} and {points_to} "
            f"bytes, the slice begins at {piece.events_at} and {piece.points_at}",
            field="slice",
        )

    gathered = _Gathered(_decode_keys(bytes(metric_keys)))
    for end, event in events:
        if piece.events_at + end > events_to:
            gathered.add(event)
    points = piece.points[max(0, points_to - piece.points_at) :]
    _apply(c, run, gathered, points)
    if piece.beat_ms and run.status == "FAILED" and (run.status_reason or "").startswith(LOST) and not gathered.status:
        runs.set_status(c, run.run_no, "RUNNING", None, None)

    events_to = max(events_to, piece.events_at + len(piece.events)) if piece.events else events_to
    points_to = max(points_to, piece.points_at + len(piece.points)) if piece.points else points_to
    c.run(
        "INSERT INTO writers (run_no, writer_id, events_to, points_to, metric_keys, host, pid, beat_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_no, writer_id) DO UPDATE SET events_to = excluded.events_to, "
        "points_to = excluded.points_to, metric_keys = excluded.metric_keys, beat_ms = excluded.beat_ms",
        (
            run.run_no,
            piece.writer_id,
            events_to,
            points_to,
            _encode_keys(gathered.metric_keys),
            piece.host,
            piece.pid,
            beat_ms if piece.beat_ms is None else piece.beat_ms,
        ),
    )
    return Accepted(events_to=events_to, points_to=points_to, conflicts=tuple(gathered.conflicts))


def _events(piece: Slice) -> list[tuple[int, Event]]:
    """Return the events of a slice with the offset at which each ends."""
    events: list[tuple[int, Event]] = []
    end = 0
    try:
        for frame_end, payload in iter_frames(piece.events):
            events.append((frame_end, decode_event(payload)))
            end = frame_end
    except InvalidArgument as error:
        raise _damaged(piece, end, f"hold {error.message}") from error
    if end != len(piece.events):
        raise _damaged(piece, end, "are damaged")
    return events


def _damaged(piece: Slice, at: int, what: str) -> InvalidArgument:
    position = piece.events_at + at
    return InvalidArgument(
        f"events of run {piece.run_id} {what}, at byte {position} of journal {piece.writer_id}",
        field="events",
        position=position,
    )


def _start_run(c: Connection, piece: Slice, events: Iterable[tuple[int, Event]]) -> runs.RunRow:
    for _, event in events:
        if isinstance(event, RunStarted) and event.run.run_id == piece.run_id:
            runs.create(c, rules.check_new_run(event.run))
            return runs.require_run(c, piece.run_id, lock=True)
    raise NotFound(f"Run with id={piece.run_id} not found")


def _apply(c: Connection, run: runs.RunRow, gathered: _Gathered, points: bytes) -> None:
    run_no = run.run_no
    gathered.conflicts += runs.put_params(c, run_no, gathered.params)
    runs.set_tags(c, run_no, {key: value for key, value in gathered.tags.items() if value is not None})
    for key, value in gathered.tags.items():
        if value is None:
            runs.drop_tag(c, run_no, key)
    if gathered.artifacts:
        try:
            artifacts.put(c, run_no, list(gathered.artifacts.values()))
        except InvalidArgument as error:
            gathered.conflicts.append(str(error))
    if gathered.inputs:
        datasets.put_inputs(c, run_no, run.experiment_id, gathered.inputs, clock_ms())
    if gathered.console:
        console.append(c, run_no, gathered.console)
    series.append(c, {run_no: _batches(gathered, points)})
    if gathered.status is not None:
        runs.set_status(c, run_no, gathered.status.status, gathered.status.end_time, gathered.status.reason)


def _batches(gathered: _Gathered, points: bytes) -> dict[str, series.Batch]:
    """Return the new points of a slice by metric."""
    bulk_points = sum(len(bulk.values) for bulk in gathered.series) // 8
    if len(points) // POINT_SIZE + bulk_points <= _FEW_POINTS:
        by_id = _few(points, gathered.series)
    else:
        from runstone.store.sql.bulk import many

        by_id = many(points, gathered.series)
    batches = {}
    for key_id, batch in by_id.items():
        key = gathered.metric_keys.get(key_id)
        if key is None:
            count = len(batch.raw) // 24
            what = "are damaged" if key_id == 0 else f"belong to metric number {key_id}, which was never named"
            gathered.conflicts.append(f"{count} points {what}")
        else:
            batches[key] = batch
    return batches


def _few(points: bytes, bulk: Sequence[SeriesLogged]) -> dict[int, series.Batch]:
    by_id: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for _, key_id, step, timestamp_ms, value in POINT.iter_unpack(points):
        by_id[key_id].append((step, timestamp_ms, value))
    for logged in bulk:
        columns = (
            memoryview(logged.steps).cast("q"),
            memoryview(logged.timestamps).cast("q"),
            memoryview(logged.values).cast("d"),
        )
        by_id[logged.key_id].extend(zip(*columns, strict=True))
    return {key_id: series.batch_of(rows) for key_id, rows in by_id.items() if rows}
