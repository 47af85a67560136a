"""Points as NumPy columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from runstone.core.entities.metrics import MetricSummary
from runstone.core.errors import InvalidArgument
from runstone.store.series.points import check_raw_size
from runstone.store.series.summary import greatest, least

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Columns(NamedTuple):
    """Points of one series; the columns have one length.

    Attributes:
        timestamps: Unix milliseconds.
    """

    steps: Ints
    timestamps: Ints
    values: Floats

    def __repr__(self) -> str:
        if not self.size:
            return "Columns(no points)"
        steps, values = self.steps, self.values
        return f"Columns({self.size} points, steps {steps[0]} … {steps[-1]}, values {values[0]:.6g} … {values[-1]:.6g})"

    @property
    def size(self) -> int:
        """How many points there are (``len`` is that of the tuple)."""
        return len(self.steps)

    def part(self, start: int, stop: int) -> Columns:
        """Return the points from one position up to another, without copying."""
        return Columns(self.steps[start:stop], self.timestamps[start:stop], self.values[start:stop])

    def pick(self, positions: npt.NDArray[np.intp]) -> Columns:
        """Return the points at these positions."""
        return Columns(self.steps[positions], self.timestamps[positions], self.values[positions])

    def extent(self) -> tuple[int, int, int, int]:
        """Return the least and greatest step, the least and greatest timestamp.

        Raises:
            InvalidArgument: There are no points.
        """
        if not self.size:
            raise InvalidArgument("a series without points has no extent", field="columns")
        steps, timestamps = self.steps, self.timestamps
        return int(steps.min()), int(steps.max()), int(timestamps.min()), int(timestamps.max())

    def in_order(self) -> Columns:
        """Return the points sorted by (step, timestamp); those that share both stay as they were."""
        steps, timestamps = self.steps, self.timestamps
        rising = steps[1:] > steps[:-1]
        if rising.all() or (rising | ((steps[1:] == steps[:-1]) & (timestamps[1:] >= timestamps[:-1]))).all():
            return self
        return self.pick(np.lexsort((timestamps, steps)))

    def to_raw(self) -> bytes:
        """Return the points as raw records (see ``store.series.points``)."""
        rows = np.empty((self.size, 3), "<i8")
        rows[:, 0] = self.steps
        rows[:, 1] = self.timestamps
        rows[:, 2] = self.values.view(np.int64)
        return rows.tobytes()


def from_raw(raw: bytes) -> Columns:
    """Return the points of raw records, in their order.

    Raises:
        StoreCorrupt: The last record is cut.
    """
    check_raw_size(len(raw))
    rows = np.frombuffer(raw, "<i8").reshape(-1, 3)
    steps, timestamps, bits = (rows[:, i].astype(np.int64) for i in range(3))
    return Columns(steps, timestamps, bits.view(np.float64))


def concat(pieces: Sequence[Columns]) -> Columns:
    """Return the points of all pieces, in the order given."""
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        return from_raw(b"")
    return Columns(
        np.concatenate([piece.steps for piece in pieces]),
        np.concatenate([piece.timestamps for piece in pieces]),
        np.concatenate([piece.values for piece in pieces]),
    )


def summarise_columns(columns: Columns) -> MetricSummary:
    """Return the summary of points in any order; it means what ``store.series.summary.summarise`` means.

    Raises:
        InvalidArgument: There are no points.
    """
    min_step, max_step, _, _ = columns.extent()
    values = columns.values
    missing = np.isnan(values)
    nan_count = int(np.count_nonzero(missing))
    numbers = values[~missing] if nan_count else values
    first_timestamp, first = _end_of(columns, min_step, last=False)
    last_timestamp, last = _end_of(columns, max_step, last=True)
    with np.errstate(invalid="ignore", over="ignore"):
        total = float(numbers.sum())
    return MetricSummary(
        last=last,
        last_step=max_step,
        last_timestamp=last_timestamp,
        first=first,
        first_step=min_step,
        first_timestamp=first_timestamp,
        min=_least(numbers),
        max=_greatest(numbers),
        total=total,
        count=columns.size,
        nan_count=nan_count,
    )


def _end_of(columns: Columns, step: int, *, last: bool) -> tuple[int, float]:
    """Return timestamp and value of the first or last of the points that have this step."""
    at = np.flatnonzero(columns.steps == step)
    timestamps, values = columns.timestamps[at], columns.values[at]
    timestamp = timestamps.max() if last else timestamps.min()
    values = values[timestamps == timestamp]
    missing = np.isnan(values)
    if missing.all() or (last and missing.any()):
        return int(timestamp), float("nan")
    numbers = values[~missing]
    return int(timestamp), _greatest(numbers) if last else _least(numbers)


def _least(numbers: Floats) -> float:
    found = float(numbers.min()) if len(numbers) else float("nan")
    return found if found else least(numbers[numbers == 0].tolist())


def _greatest(numbers: Floats) -> float:
    found = float(numbers.max()) if len(numbers) else float("nan")
    return found if found else greatest(numbers[numbers == 0].tolist())
