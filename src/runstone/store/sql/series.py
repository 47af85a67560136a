"""Series of points: appended as small raw chunks, folded into compressed ones as they grow."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from runstone.core.entities import Metric, MetricSummary
from runstone.core.errors import NotFound
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.series.points import RAW_SIZE, pack_raw, unpack_raw
from runstone.store.series.summary import merge, summarise
from runstone.store.sql import documents
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import find_key_ids, key_ids, marks
from runstone.store.sql.keyset import decode_token, encode_token, question_digest
from runstone.store.sql.series_reading import OVERVIEW_CHUNKS, decode_chunk, read

if TYPE_CHECKING:
    from runstone.store.series.columns import Columns

CHUNK_POINTS = 8192
"""Points in a full compressed chunk."""

_TAIL_POINTS = 512
"""A raw chunk is rewritten by appends until it has this many points; then a new one is begun."""

_SEAL_POINTS = 256
"""At the end of a run a tail shorter than this stays raw: compressing it would save less than it costs."""

_BATCH = 500


class Batch(NamedTuple):
    """New points of one key.

    Attributes:
        raw: 24-byte records (see ``store.series.points``), in order of arrival.
        extent: Least and greatest step, least and greatest timestamp.
    """

    raw: bytes
    summary: MetricSummary
    extent: tuple[int, int, int, int]


def batch_of(points: Sequence[tuple[int, int, float]]) -> Batch:
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


def append(c: Connection, run_no: int, batches: Mapping[str, Batch]) -> None:
    """Add new points to series of a run, and bring summaries and their index along."""
    if not batches:
        return
    document = documents.read_metrics(c, run_no)
    ids = key_ids(c, batches.keys())
    tails = _tails(c, run_no, list(ids.values()))
    rows = []
    for key, batch in batches.items():
        key_id = ids[key]
        before = document.get(key)
        summary = batch.summary if before is None else merge(before, batch.summary)
        document[key] = summary
        tail = _append_points(c, run_no, key_id, tails.get(key_id, _NO_TAIL), batch)
        rows.append((run_no, key_id, *_indexed(summary), *tail))
    c.many(
        "INSERT INTO run_metrics (run_no, key_id, last, min, max, mean, first, count, "
        "first_open, next_chunk, tail_points, open_points) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (run_no, key_id) DO UPDATE SET last = excluded.last, min = excluded.min, max = excluded.max, "
        "mean = excluded.mean, first = excluded.first, count = excluded.count, first_open = excluded.first_open, "
        "next_chunk = excluded.next_chunk, tail_points = excluded.tail_points, open_points = excluded.open_points",
        rows,
    )
    documents.write_metrics(c, run_no, document)


def put_metrics(c: Connection, run_no: int, metrics: Sequence[Metric]) -> None:
    """Add single points, leaving out those that are recorded already."""
    by_key: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    for metric in metrics:
        by_key[metric.key].append((metric.step, metric.timestamp, metric.value))
    known = documents.read_metrics(c, run_no).keys() & by_key.keys() if by_key else set()
    ids = find_key_ids(c, known)
    batches: dict[str, Batch] = {}
    for key, points in by_key.items():
        seen = _recorded(c, run_no, ids[key], points) if key in known else set()
        fresh = []
        for point in points:
            identity = pack_raw([point])
            if identity not in seen:
                seen.add(identity)
                fresh.append(point)
        if fresh:
            batches[key] = batch_of(fresh)
    append(c, run_no, batches)


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
            (*sealed, run_no, key_id),
        )


class _Tail(NamedTuple):
    """The raw chunks at the end of a series: number of the first, of the next to come, and their points."""

    first_open: int
    next_chunk: int
    tail_points: int
    open_points: int


_NO_TAIL = _Tail(0, 0, 0, 0)


def _tails(c: Connection, run_no: int, ids: Sequence[int]) -> dict[int, _Tail]:
    tails: dict[int, _Tail] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        rows = c.query(
            "SELECT key_id, first_open, next_chunk, tail_points, open_points FROM run_metrics "
            f"WHERE run_no = ? AND key_id IN ({marks(len(batch))})",
            (run_no, *batch),
        )
        tails.update((row[0], _Tail(*row[1:])) for row in rows)
    return tails


def _append_points(c: Connection, run_no: int, key_id: int, tail: _Tail, batch: Batch) -> _Tail:
    count = len(batch.raw) // RAW_SIZE
    if tail.open_points + count >= CHUNK_POINTS:
        return _fold(c, run_no, key_id, tail, batch.raw, whole=False)
    if 0 < tail.tail_points <= _TAIL_POINTS - count:
        number = tail.next_chunk - 1
        where = (run_no, key_id, number)
        row = c.query(
            "SELECT data, min_step, max_step, min_ms, max_ms FROM chunks "
            "WHERE run_no = ? AND key_id = ? AND chunk_no = ?",
            where,
        )[0]
        extent = _joined(row[1:], batch.extent)
        c.run(
            "UPDATE chunks SET data = ?, count = ?, min_step = ?, max_step = ?, min_ms = ?, max_ms = ? "
            "WHERE run_no = ? AND key_id = ? AND chunk_no = ?",
            (bytes(row[0]) + batch.raw, tail.tail_points + count, *extent, *where),
        )
        return tail._replace(tail_points=tail.tail_points + count, open_points=tail.open_points + count)
    _insert_chunk(c, run_no, key_id, tail.next_chunk, 0, count, batch.extent, None, batch.raw)
    return _Tail(tail.first_open, tail.next_chunk + 1, count, tail.open_points + count)


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
        _insert_chunk(c, run_no, key_id, number, 1, count, piece.extent(), buckets, encode(piece))
        if number % OVERVIEW_CHUNKS == OVERVIEW_CHUNKS - 1:
            _insert_overview(c, run_no, key_id, number // OVERVIEW_CHUNKS)
        number += 1
        at += count
    first_open = number
    if at < total:
        rest = columns.part(at, total)
        _insert_chunk(c, run_no, key_id, number, 0, total - at, rest.extent(), None, rest.to_raw())
        number += 1
    return _Tail(first_open, number, total - at, total - at)


def _insert_chunk(
    c: Connection,
    run_no: int,
    key_id: int,
    number: int,
    sealed: int,
    count: int,
    extent: tuple[int, int, int, int],
    buckets: bytes | None,
    data: bytes,
) -> None:
    c.run(
        "INSERT INTO chunks (run_no, key_id, chunk_no, sealed, count, min_step, max_step, min_ms, max_ms, "
        "buckets, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (run_no, key_id, number, sealed, count, *extent, buckets, data),
    )


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


def _recorded(c: Connection, run_no: int, key_id: int, points: Sequence[tuple[int, int, float]]) -> set[bytes]:
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
