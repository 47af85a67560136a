"""Fewer points: for charts with every extreme kept, or evenly thinned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runstone.core.errors import InvalidArgument
from runstone.store.series.buckets import POINTS_A_BUCKET, Buckets, Positions, even_starts, kept
from runstone.store.series.columns import Columns, Ints, concat

MIN_POINTS = 8
"""Fewest points that a series can be down-sampled to."""


def check_max_points(max_points: int) -> int:
    """Return ``max_points`` if a series can be down-sampled to so few.

    Raises:
        InvalidArgument: It cannot.
    """
    if max_points < MIN_POINTS:
        raise InvalidArgument(f"max_points must be at least {MIN_POINTS}, not {max_points}", field="max_points")
    return max_points


def downsample(columns: Columns, max_points: int, *, lo: int | None = None, hi: int | None = None) -> Columns:
    """Return at most ``max_points`` of the points, sorted by (step, timestamp).

    The range of steps is cut into buckets, of which each keeps its first, least, greatest and last point, and a
    NaN if it has one; so the first and the last point and every extreme are there.  Nothing is made up or random,
    and a series no longer than ``max_points`` comes whole.

    Args:
        lo: First step wanted, inclusive; ``hi`` is the last, inclusive.

    Raises:
        InvalidArgument: ``max_points`` is less than 8.
    """
    check_max_points(max_points)
    wanted = _between(columns.in_order(), lo, hi)
    if wanted.size <= max_points:
        return wanted
    per_bucket = POINTS_A_BUCKET if np.isnan(wanted.values).any() else POINTS_A_BUCKET - 1
    return wanted.pick(kept(wanted.values, _starts(wanted.steps, max_points // per_bucket)))


def downsample_chunks(
    pieces: Sequence[Columns | Buckets],
    max_points: int | None,
    *,
    lo: int | None = None,
    hi: int | None = None,
) -> Columns:
    """Return at most ``max_points`` points of a series that is given in pieces, as ``downsample`` does.

    Of a piece given as buckets only the points that these kept can be chosen; the extremes are exact even so.

    Args:
        pieces: In any order; one that ``lo`` or ``hi`` cuts must come as columns.
        max_points: None for all points; then every piece must come as columns.

    Raises:
        InvalidArgument: ``max_points`` is less than 8, or None although some piece is buckets.
    """
    if max_points is None and any(isinstance(piece, Buckets) for piece in pieces):
        raise InvalidArgument("bucket summaries cannot stand for all points of a series", field="max_points")
    columns = concat([piece.points if isinstance(piece, Buckets) else piece for piece in pieces])
    if max_points is None:
        return _between(columns.in_order(), lo, hi)
    return downsample(columns, max_points, lo=lo, hi=hi)


def thin(columns: Columns, max_results: int) -> Columns:
    """Return at most ``max_results`` points at even distances, sorted by (step, timestamp).

    The first and the last are among them; a single one is the last.

    Raises:
        InvalidArgument: ``max_results`` is less than 1.
    """
    if max_results < 1:
        raise InvalidArgument(f"max_results must be at least 1, not {max_results}", field="max_results")
    ordered = columns.in_order()
    count = ordered.size
    if count <= max_results:
        return ordered
    if max_results == 1:
        return ordered.part(count - 1, count)
    return ordered.pick(np.arange(max_results, dtype=np.intp) * (count - 1) // (max_results - 1))


def _between(ordered: Columns, lo: int | None, hi: int | None) -> Columns:
    """Return the points whose steps are from ``lo`` to ``hi``."""
    start = 0 if lo is None else int(np.searchsorted(ordered.steps, np.int64(lo), side="left"))
    stop = ordered.size if hi is None else int(np.searchsorted(ordered.steps, np.int64(hi), side="right"))
    return ordered.part(start, max(start, stop))


def _starts(steps: Ints, buckets: int) -> Positions:
    """Return where each bucket begins, in points sorted by step."""
    first, last = int(steps[0]), int(steps[-1])
    span = last - first + 1
    edges = np.array([first + span * i // buckets for i in range(buckets)], np.int64)
    starts = np.unique(np.searchsorted(steps, edges))
    # One far outlier, or one step for all, would leave most buckets empty and the chart without detail.
    if len(starts) * 2 < buckets:
        return even_starts(len(steps), buckets)
    return starts
