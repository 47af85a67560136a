"""Grouping many points by metric, in NumPy: the large half of ingest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from runstone.core.events import SeriesLogged
from runstone.store.series.columns import from_raw, summarise_columns
from runstone.store.sql.series import Batch

Rows = np.ndarray[tuple[int, int], np.dtype[np.int64]]


def many(points: bytes, bulk: Sequence[SeriesLogged]) -> dict[int, Batch]:
    """Return the points of a slice by the journal's metric number, each metric's in order of arrival."""
    parts: dict[int, list[Rows]] = defaultdict(list)
    for key_id, rows in _grouped(points):
        parts[key_id].append(rows)
    for logged in bulk:
        parts[logged.key_id].append(_interleaved(logged))
    return {key_id: _batch(rows) for key_id, rows in parts.items()}


def _grouped(points: bytes) -> Iterator[tuple[int, Rows]]:
    """Yield step, timestamp and value bits of each metric as rows of int64.

    A record is four int64 words: checksum and metric number in the first, then the three columns.
    """
    if not points:
        return
    words = np.frombuffer(points, "<i8").reshape(-1, 4)
    ids = (words[:, 0].view("<u8") >> 32).astype(np.uint32)
    first = int(ids[0])
    if (ids == first).all():
        yield first, words[:, 1:]
        return
    narrow = ids.astype(np.uint16) if int(ids.max()) < 65536 else ids
    order = np.argsort(narrow, kind="stable")
    sorted_ids = ids[order]
    cuts = np.flatnonzero(np.diff(sorted_ids)) + 1
    for chosen in np.split(order, cuts):
        yield int(ids[chosen[0]]), words[chosen, 1:]


def _interleaved(logged: SeriesLogged) -> Rows:
    count = len(logged.values) // 8
    rows = np.empty((count, 3), "<i8")
    rows[:, 0] = np.frombuffer(logged.steps, "<i8")
    rows[:, 1] = np.frombuffer(logged.timestamps, "<i8")
    rows[:, 2] = np.frombuffer(logged.values, "<i8")
    return rows


def _batch(rows: Sequence[Rows]) -> Batch:
    raw = np.ascontiguousarray(rows[0] if len(rows) == 1 else np.concatenate(rows)).tobytes()
    columns = from_raw(raw)
    return Batch(raw, summarise_columns(columns), columns.extent())
