"""Series of points: appended as small raw chunks, folded into compressed ones as they grow."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from runstone.core.entities import Metric, MetricSummary
from runstone.core.errors import NotFound
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.series.points import RAW_SIZE, pack_raw, unpack_raw
from runstone.store.series.summary import merge, summarise
from runstone.store.sql import documents
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import find_key_ids, key_ids, marks, padded
from runstone.store.sql.keyset import decode_token, encode_token, question_digest
from runstone.store.sql.series_reading import OVERVIEW_CHUNKS, decode_chunk, read

if TYPE_CHECKING:
    from runstone.store.series.columns import Columns

CHUNK_POINTS = 8192
"""Points in a full compressed chunk."""

_TAIL_POINTS = 64
"""A raw chunk is rewritten by appends until it has this many points; then a new one is begun.

Few enough that PostgreSQL keeps the row in its page: to move data of more than 2 kB elsewhere takes ten times as long.
"""

_SEAL_POINTS = 256
"""At the end of a run a tail shorter than this stays raw: compressing it would save less than it costs."""

_BATCH = 256

_INSERT_CHUNK = (
    "INSERT INTO chunks (run_no, key_id, chunk_no, sealed, count, min_step, max_step, min_ms, max_ms, buckets, data) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_GROW_CHUNK = (
    "UPDATE chunks SET data = ?, count = ?, min_step = ?, max_step = ?, min_ms = ?, max_ms = ? "
    "WHERE run_no = ? AND key_id = ? AND chunk_no = ?"
)
_PUT_SUMMARY = (
    "INSERT INTO run_metrics (run_no, key_id, last, min, max, mean, first, count, "
    "first_open, next_chunk, tail_points, open_points) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (run_no, key_id) DO UPDATE SET last = excluded.last, min = excluded.min, max = excluded.max, "
    "mean = excluded.mean, first = excluded.first, count = excluded.count, first_open = excluded.first_open, "
    "next_chunk = excluded.next_chunk, tail_points = excluded.tail_points, open_points = excluded.open_points"
)

Point = tuple[int, int, float]
"""Step, timestamp and value."""

_Summaries = dict[int, dict[str, MetricSummary]]
"""By run and key."""


class Batch(NamedTuple):
    """New points of one series.

    Attributes:
        raw: 24-byte records (see ``store.series.points``), in order of arrival.
        extent: Least and greatest step, least and greatest timestamp.
    """

    raw: bytes
    summary: MetricSummary
    extent: tuple[int, int, int, int]

    @property
    def size(self) -> int:
        """How many points there are."""
        return len(self.raw) // RAW_SIZE


def batch_of(points: Sequence[Point]) -> Batch:
    """Return the batch of some (step, timestamp, value) points; for few of them, without NumPy."""
    steps = [point[0] for point in points]
    times = [point[1] for point in points]
    return Batch(pack_raw(points), summarise(points), (min(steps), max(steps), min(times), max(times)))


class Series:
    """Series in a SQL database."""

    _database: Database

    def read_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        max_points: int | None = None,
        start_step: int | None = None,
        end_step: int | None = None,
    ) -> dict[tuple[str, str], Columns]:
        for run_id in run_ids:
            rules.check_run_id(run_id)

        def work(c: Connection) -> dict[tuple[str, str], Columns]:
            numbers = _run_numbers(c, run_ids)
            ids = find_key_ids(c, keys)
            found = read(c, list(numbers.values()), list(ids.values()), max_points, start_step, end_step)
            asked = ((run_id, key) for run_id in run_ids for key in keys if key in ids)
            return {pair: found[place] for pair in asked if (place := (numbers[pair[0]], ids[pair[1]])) in found}

        return self._database.read(work)

    def get_metric_history(
        self, run_id: str, key: str, *, max_results: int | None = None, page_token: str | None = None
    ) -> Page[Metric]:
        import numpy as np

        question = question_digest("history", run_id, key)
        position = decode_token(page_token, question)
        start = int(position[0]) if position else 0
        columns = self.read_series([run_id], [key]).get((run_id, key))
        if columns is None:
            return Page()
        order = np.lexsort((columns.values, columns.steps, columns.timestamps))
        end = len(order) if max_results is None else start + rules.check_max_results(max_results, 1_000_000)
        chosen = order[start:end]
        points = zip(
            columns.values[chosen].tolist(),
            columns.timestamps[chosen].tolist(),
            columns.steps[chosen].tolist(),
            strict=True,
        )
        token = encode_token(question, (end,)) if end < len(order) else None
        return Page([Metric(key, value, timestamp, step, run_id=run_id) for value, timestamp, step in points], token)


def append(c: Connection, new: Mapping[int, Mapping[str, Batch]]) -> None:
    """Add new points to series, by run and key, and bring summaries and their index along."""
    _append(c, new, documents.read_all_metrics(c, [run_no for run_no, batches in new.items() if batches]))


def put_metrics(c: Connection, new: Mapping[int, Sequence[Metric]]) -> None:
    """Add single points to runs, leaving out those that are recorded already."""
    known = documents.read_all_metrics(c, [run_no for run_no, metrics in new.items() if metrics])
    fresh: dict[int, dict[str, Batch]] = {}
    for run_no, summaries in known.items():
        by_key: dict[str, list[Point]] = defaultdict(list)
        for metric in new[run_no]:
            by_key[metric.key].append((metric.step, metric.timestamp, metric.value))
        left = {key: _fresh(c, run_no, key, points, summaries.get(key)) for key, points in by_key.items()}
        fresh[run_no] = {key: batch_of(points) for key, points in left.items() if points}
    _append(c, fresh, known)


def seal(c: Connection, run_no: int) -> None:
    """Compress the tails of a run that ended."""
    rows = c.query(
        "SELECT key_id, first_open, next_chunk, tail_points, open_points FROM run_metrics "
        "WHERE run_no = ? AND open_points >= ?",
        (run_no, _SEAL_POINTS),
    )
    for key_id, *tail in rows:
        sealed = _fold(c, run_no, key_id, _Tail(*tail), b"", whole=True)
        c.run(
            "UPDATE run_metrics SET first_open = ?, next_chunk = ?, tail_points = ?, open_points = ? "
            "WHERE run_no = ? AND key_id = ?",
            (*sealed.numbers, run_no, key_id),
        )


def _append(c: Connection, new: Mapping[int, Mapping[str, Batch]], summaries: _Summaries) -> None:
    """Do as ``append``; ``summaries`` are those of the runs as they stand, and are brought along, too."""
    series = [(run_no, key, batch) for run_no, batches in new.items() for key, batch in batches.items()]
    ids = key_ids(c, {key for _, key, _ in series})
    for start in range(0, len(series), _BATCH):
        part = series[start : start + _BATCH]
        tails = _tails(c, [(run_no, ids[key]) for run_no, key, _ in part])
        rows, begun, grown = [], [], []
        for run_no, key, batch in part:
            place = run_no, ids[key]
            before = summaries[run_no].get(key)
            summary = batch.summary if before is None else merge(before, batch.summary)
            summaries[run_no][key] = summary
            tail = tails.get(place, _NO_TAIL)
            if tail.open_points + batch.size >= CHUNK_POINTS:
                tail = _fold(c, *place, tail, batch.raw, whole=False)
            elif tail.last is None or tail.tail_points + batch.size > _TAIL_POINTS:
                begun.append((*place, tail.next_chunk, 0, batch.size, *batch.extent, None, batch.raw))
                tail = _Tail(tail.first_open, tail.next_chunk + 1, batch.size, tail.open_points + batch.size)
            else:
                data, *extent = tail.last
                points, joined = tail.tail_points + batch.size, _joined(extent, batch.extent)
                grown.append((bytes(data) + batch.raw, points, *joined, *place, tail.next_chunk - 1))
                tail = tail._replace(tail_points=points, open_points=tail.open_points + batch.size)
            rows.append((*place, *_indexed(summary), *tail.numbers))
        for statement, params in ((_INSERT_CHUNK, begun), (_GROW_CHUNK, grown), (_PUT_SUMMARY, rows)):
            if params:
                c.many(statement, params)
    documents.write_all_metrics(c, {run_no: summaries[run_no] for run_no, batches in new.items() if batches})


class _Tail(NamedTuple):
    """The raw chunks at the end of a series: number of the first, of the next to come, and their points.

    Attributes:
        last: Data and extent of the last one.
    """

    first_open: int
    next_chunk: int
    tail_points: int
    open_points: int
    last: Sequence[Any] | None = None

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """What is kept of it with the summary."""
        return self.first_open, self.next_chunk, self.tail_points, self.open_points


_NO_TAIL = _Tail(0, 0, 0, 0)


def _tails(c: Connection, series: Sequence[tuple[int, int]]) -> dict[tuple[int, int], _Tail]:
    """Return the tails of series by run and key number."""
    wanted = padded(series)
    rows = c.query(
        f"WITH wanted (run_no, key_id) AS (VALUES {', '.join(['(?, ?)'] * len(wanted))}) "
        "SELECT m.run_no, m.key_id, m.first_open, m.next_chunk, m.tail_points, m.open_points, "
        "c.data, c.min_step, c.max_step, c.min_ms, c.max_ms "
        "FROM wanted w JOIN run_metrics m ON m.run_no = w.run_no AND m.key_id = w.key_id "
        "LEFT JOIN chunks c ON c.run_no = m.run_no AND c.key_id = m.key_id "
        "AND c.chunk_no = m.next_chunk - 1 AND m.tail_points > 0",
        [number for pair in wanted for number in pair],
    )
    return {
        (run_no, key_id): _Tail(first_open, next_chunk, tail_points, open_points, last if tail_points else None)
        for run_no, key_id, first_open, next_chunk, tail_points, open_points, *last in rows
    }


def _fold(c: Connection, run_no: int, key_id: int, tail: _Tail, raw: bytes, *, whole: bool) -> _Tail:
    """Replace the raw chunks and new points by compressed ones; what fills no chunk stays raw unless ``whole``."""
    from runstone.store.series.codec import encode, encode_buckets
    from runstone.store.series.columns import from_raw

    rows = c.query(
        "SELECT data FROM chunks WHERE run_no = ? AND key_id = ? AND chunk_no >= ? ORDER BY chunk_no",
        (run_no, key_id, tail.first_open),
    )
    c.run(
        "DELETE FROM chunks WHERE run_no = ? AND key_id = ? AND chunk_no >= ?",
        (run_no, key_id, tail.first_open),
    )
    columns = from_raw(b"".join([*(bytes(row[0]) for row in rows), raw]))
    total = len(columns.steps)
    number = tail.first_open
    at = 0
    while total - at >= CHUNK_POINTS or (whole and at < total):
        piece = columns.part(at, min(at + CHUNK_POINTS, total))
        count = len(piece.steps)
        buckets = encode_buckets(piece) if count == CHUNK_POINTS else None
        c.run(_INSERT_CHUNK, (run_no, key_id, number, 1, count, *piece.extent(), buckets, encode(piece)))
        if number % OVERVIEW_CHUNKS == OVERVIEW_CHUNKS - 1:
            _insert_overview(c, run_no, key_id, number // OVERVIEW_CHUNKS)
        number += 1
        at += count
    first_open = number
    if at < total:
        rest = columns.part(at, total)
        c.run(_INSERT_CHUNK, (run_no, key_id, number, 0, total - at, *rest.extent(), None, rest.to_raw()))
        number += 1
    return _Tail(first_open, number, total - at, total - at)


def _insert_overview(c: Connection, run_no: int, key_id: int, number: int) -> None:
    """Join the bucket summaries of some chunks, so that a chart of a long series need not read all of them."""
    from runstone.store.series.codec import encode_overview

    first = number * OVERVIEW_CHUNKS
    rows = c.query(
        "SELECT min_step, max_step, buckets FROM chunks WHERE run_no = ? AND key_id = ? AND chunk_no BETWEEN ? AND ?",
        (run_no, key_id, first, first + OVERVIEW_CHUNKS - 1),
    )
    if any(buckets is None for _, _, buckets in rows):
        return  # One is not full: the run had ended, and went on.
    c.run(
        "INSERT INTO overviews (run_no, key_id, overview_no, min_step, max_step, data) VALUES (?, ?, ?, ?, ?, ?)",
        (
            run_no,
            key_id,
            number,
            min(row[0] for row in rows),
            max(row[1] for row in rows),
            encode_overview([bytes(row[2]) for row in rows]),
        ),
    )


def _joined(a: Sequence[int], b: Sequence[int]) -> tuple[int, int, int, int]:
    return min(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), max(a[3], b[3])


def _indexed(summary: MetricSummary) -> tuple[float | None, ...]:
    """Return what search sees of a series; NaN is NULL in the tables."""
    values = (summary.last, summary.min, summary.max, summary.mean, summary.first)
    return (*(None if math.isnan(value) else value for value in values), summary.count)


def _fresh(c: Connection, run_no: int, key: str, points: Sequence[Point], summary: MetricSummary | None) -> list[Point]:
    """Return those of some points that are not recorded yet, each once."""
    seen: set[bytes] = set()
    # What comes after the last point cannot be recorded.
    if summary is not None and min(points)[:2] <= (summary.last_step, summary.last_timestamp):
        seen = _recorded(c, run_no, find_key_ids(c, (key,))[key], points)
    fresh = []
    for point in points:
        identity = pack_raw([point])
        if identity not in seen:
            seen.add(identity)
            fresh.append(point)
    return fresh


def _recorded(c: Connection, run_no: int, key_id: int, points: Sequence[Point]) -> set[bytes]:
    """Return the raw records of the points that may equal one of these."""
    extent = batch_of(points).extent
    rows = c.query(
        "SELECT sealed, data FROM chunks WHERE run_no = ? AND key_id = ? "
        "AND max_step >= ? AND min_step <= ? AND max_ms >= ? AND min_ms <= ?",
        (run_no, key_id, *extent),
    )
    seen: set[bytes] = set()
    for sealed, data in rows:
        raw = bytes(data) if not sealed else decode_chunk(c, run_no, key_id, sealed, data).to_raw()
        seen.update(pack_raw([point]) for point in unpack_raw(raw))
    return seen


def _run_numbers(c: Connection, run_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(run_ids), _BATCH):
        batch = run_ids[start : start + _BATCH]
        found.update(c.query(f"SELECT run_id, run_no FROM runs WHERE run_id IN ({marks(len(batch))})", batch))
    for run_id in run_ids:
        if run_id not in found:
            raise NotFound(f"Run with id={rules.shown(run_id)} not found")
    return found
