"""Reading series: whole, or with fewer points, for which summaries stand in for chunks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from runstone.core.errors import StoreCorrupt
from runstone.store import rules
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

if TYPE_CHECKING:
    from runstone.store.series.buckets import Buckets
    from runstone.store.series.columns import Columns

OVERVIEW_CHUNKS = 16
"""Full chunks whose bucket summaries are joined in one."""

_BUCKETS_FROM = 256
"""Bucket summaries stand in for chunks where a series has this many times the points that are wanted."""

_OVERVIEWS_FROM = 800
"""And overviews for these: their buckets are of 512 points, so that a bucket of a chart is made of six or more."""

_BATCH = 500
_EVER = (-(2**63), 2**63 - 1)

_Series = tuple[int, int]
"""Run and key number."""

_Pieces = defaultdict[_Series, "list[Columns | Buckets]"]


class _Scope(NamedTuple):
    """What is read: a condition on chunks, summaries of metrics, or overviews; ``lo`` and ``hi`` are its steps."""

    of_series: str
    series: tuple[int, ...]
    lo: int
    hi: int

    @property
    def of_chunks(self) -> str:
        return f"{self.of_series} AND max_step >= ? AND min_step <= ?"

    @property
    def params(self) -> tuple[int, ...]:
        return (*self.series, self.lo, self.hi)


def read(
    c: Connection,
    run_nos: Sequence[int],
    ids: Sequence[int],
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
) -> dict[_Series, Columns]:
    """Return series by run and key number, sorted by (step, timestamp)."""
    from runstone.store.series.downsample import check_max_points, downsample_chunks

    if max_points is not None:
        check_max_points(max_points)
    lo = _EVER[0] if start_step is None else rules.check_step(start_step)
    hi = _EVER[1] if end_step is None else rules.check_step(end_step)
    found: dict[_Series, Columns] = {}
    if not ids:
        return found
    for start in range(0, len(run_nos), _BATCH):
        batch = run_nos[start : start + _BATCH]
        of_series = f"run_no IN ({marks(len(batch))}) AND key_id IN ({marks(len(ids))})"
        scope = _Scope(of_series, (*batch, *ids), lo, hi)
        for series, parts in _pieces(c, scope, max_points).items():
            columns = downsample_chunks(parts, max_points, lo=lo, hi=hi)
            if len(columns.steps):
                found[series] = columns
    return found


def decode_chunk(c: Connection, run_no: int, key_id: int, sealed: int, data: bytes) -> Columns:
    """Return the points of a chunk.

    Raises:
        StoreCorrupt: It is damaged; the error says of which run and metric it is.
    """
    from runstone.store.series.codec import decode
    from runstone.store.series.columns import from_raw

    try:
        return decode(bytes(data)) if sealed else from_raw(bytes(data))
    except StoreCorrupt as error:
        run_id, key = c.query(
            "SELECT r.run_id, k.name FROM runs r, keys k WHERE r.run_no = ? AND k.key_id = ?",
            (run_no, key_id),
        )[0]
        raise StoreCorrupt(f"metric {rules.shown(key)} of run {run_id} is damaged: {error}") from error


def _pieces(c: Connection, scope: _Scope, max_points: int | None) -> _Pieces:
    pieces: _Pieces = defaultdict(list)
    lengths = {} if max_points is None else _lengths(c, scope)
    coarse = {series for series, count in lengths.items() if count > (max_points or 0) * _BUCKETS_FROM}
    if not coarse:
        for row in c.query(_chunks_of(f"{scope.of_chunks} ORDER BY run_no, key_id, chunk_no"), scope.params):
            pieces[row[0], row[1]].append(decode_chunk(c, *row))
        return pieces
    wide = {series for series in coarse if lengths[series] > (max_points or 0) * _OVERVIEWS_FROM}
    covered = _add_overviews(c, scope, wide, pieces)
    ranges = [(*series, first, end) for series in lengths for first, end in _uncovered(sorted(covered.get(series, ())))]
    for start in range(0, len(ranges), _BATCH):
        _add_chunks(c, scope, ranges[start : start + _BATCH], coarse, pieces)
    return pieces


def _chunks_of(condition: str) -> str:
    return f"SELECT run_no, key_id, sealed, data FROM chunks WHERE {condition}"


def _lengths(c: Connection, scope: _Scope) -> dict[_Series, int]:
    """Return of how many points the chunks are that hold series between the steps, at most."""
    if (scope.lo, scope.hi) == _EVER:
        rows = c.query(f"SELECT run_no, key_id, count FROM run_metrics WHERE {scope.of_series}", scope.series)
    else:
        rows = c.query(
            f"SELECT run_no, key_id, SUM(count) FROM chunks WHERE {scope.of_chunks} GROUP BY run_no, key_id",
            scope.params,
        )
    return {(run_no, key_id): int(count) for run_no, key_id, count in rows}


def _add_overviews(c: Connection, scope: _Scope, wide: set[_Series], pieces: _Pieces) -> dict[_Series, list[int]]:
    """Add the overviews of some series that lie between the steps, and return their numbers."""
    from runstone.store.series.codec import decode_buckets

    covered: defaultdict[_Series, list[int]] = defaultdict(list)
    if wide:
        rows = c.query(
            f"SELECT run_no, key_id, overview_no, data FROM overviews WHERE {scope.of_series} "
            "AND min_step >= ? AND max_step <= ? ORDER BY run_no, key_id, overview_no",
            scope.params,
        )
        for run_no, key_id, number, data in rows:
            if (run_no, key_id) in wide:
                covered[run_no, key_id].append(number)
                pieces[run_no, key_id].append(decode_buckets(bytes(data)))
    return covered


def _uncovered(overviews: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of chunks that overviews leave, each with its first and the one after its last."""
    first = 0
    for number in overviews:
        if number * OVERVIEW_CHUNKS > first:
            yield first, number * OVERVIEW_CHUNKS
        first = (number + 1) * OVERVIEW_CHUNKS
    yield first, _EVER[1]


def _add_chunks(
    c: Connection,
    scope: _Scope,
    ranges: Sequence[tuple[int, int, int, int]],
    coarse: set[_Series],
    pieces: _Pieces,
) -> None:
    """Add the chunks in some ranges, by their bucket summaries where these will do."""
    from runstone.store.series.codec import decode_buckets

    wanted = ", ".join(["(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))"] * len(ranges))
    rows = c.query(
        f"WITH wanted (run_no, key_id, first, beyond) AS (VALUES {wanted}) "
        "SELECT c.run_no, c.key_id, c.chunk_no, c.sealed, c.min_step, c.max_step, c.buckets, "
        "CASE WHEN c.buckets IS NULL THEN c.data END FROM wanted w JOIN chunks c ON c.run_no = w.run_no "
        "AND c.key_id = w.key_id AND c.chunk_no >= w.first AND c.chunk_no < w.beyond "
        "WHERE c.max_step >= ? AND c.min_step <= ? ORDER BY c.run_no, c.key_id, c.chunk_no",
        (*(number for one in ranges for number in one), scope.lo, scope.hi),
    )
    for run_no, key_id, number, sealed, min_step, max_step, buckets, data in rows:
        series = (run_no, key_id)
        inside = scope.lo <= min_step and max_step <= scope.hi
        if buckets is not None and inside and series in coarse:
            pieces[series].append(decode_buckets(bytes(buckets)))
            continue
        if data is None:
            [(data,)] = c.query(
                "SELECT data FROM chunks WHERE run_no = ? AND key_id = ? AND chunk_no = ?", (run_no, key_id, number)
            )
        pieces[series].append(decode_chunk(c, run_no, key_id, sealed, data))
