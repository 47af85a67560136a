"""A few points that stand for many: each stretch keeps its first, least, greatest and last, and a NaN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from runstone.store.series.columns import Columns, Floats, Ints, concat

BUCKETS = 64
"""Buckets that a full chunk is summarised in."""

OVERVIEW_BUCKETS = 256
"""Buckets that the summaries of some chunks are joined in."""

POINTS_A_BUCKET = 5
"""Most points that one bucket keeps; 4 where there is no NaN."""

Positions = npt.NDArray[np.intp]


class Buckets(NamedTuple):
    """The summary of a chunk in buckets of consecutive points, for charts.

    Attributes:
        points: What the buckets kept, in order; every extreme of the chunk is among them.
        counts: Of how many points each bucket is made.
        nan_counts: How many of these are NaN.
    """

    points: Columns
    counts: Ints
    nan_counts: Ints


def bucketed(columns: Columns, buckets: int = BUCKETS) -> Buckets:
    """Return the summary of points in any order; the buckets have about as many points each."""
    ordered = columns.in_order()
    starts = even_starts(ordered.size, buckets)
    missing = np.isnan(ordered.values)
    nan_counts = np.add.reduceat(missing, starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64)
    counts = np.diff(starts, append=ordered.size).astype(np.int64)
    return Buckets(ordered.pick(kept(ordered.values, starts)), counts, nan_counts)


def joined(pieces: Sequence[Buckets]) -> Buckets:
    """Return one summary of the points that the summaries of some chunks kept."""
    return bucketed(concat([piece.points for piece in pieces]), OVERVIEW_BUCKETS)


def even_starts(count: int, buckets: int) -> Positions:
    """Return where each of at most ``buckets`` buckets begins, in ``count`` points shared evenly."""
    buckets = min(count, buckets)
    return np.arange(buckets, dtype=np.intp) * count // max(1, buckets)


def kept(values: Floats, starts: Positions) -> Positions:
    """Return the positions of the points that buckets keep, rising.

    Args:
        starts: Where each bucket begins; rising strictly from 0.
    """
    if not len(starts):
        return np.zeros(0, np.intp)
    keep = np.zeros(len(values), np.bool_)
    keep[starts] = True
    keep[starts[1:] - 1] = True
    keep[-1] = True
    missing = np.isnan(values)
    low, high = values, values
    if missing.any():
        at = np.flatnonzero(missing)
        # The first NaN of each bucket that has one.
        bucket = np.searchsorted(starts, at, side="right")
        keep[at[np.flatnonzero(np.diff(bucket, prepend=0))]] = True
        low, high = np.where(missing, np.inf, values), np.where(missing, -np.inf, values)
    lengths = np.diff(starts, append=len(values))
    for bound, column in ((np.minimum, low), (np.maximum, high)):
        extremes = np.repeat(bound.reduceat(column, starts), lengths)
        hits = np.flatnonzero(column == extremes)
        keep[hits[np.searchsorted(hits, starts)]] = True
    return np.flatnonzero(keep)
