"""Metrics: single points, and the summary of a whole series."""

from __future__ import annotations

import math

from msgspec import Struct

from runstone.core.entities.pairs import Pairs


class Metric(Pairs, frozen=True):
    """One point of a series.

    Attributes:
        timestamp: Unix milliseconds.
        step: Any int64, negative ones included.
        model_id: Logged model this point describes, if any.
    """

    key: str
    value: float
    timestamp: int = 0
    step: int = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None


class MetricSummary(Struct, array_like=True, gc=False):
    """What search and tables see of a series.

    ``last`` is the point greatest by (step, timestamp, value) and ``first`` the least; a NaN is a possible
    ``last`` or ``first``.  ``min``, ``max`` and ``mean`` leave NaN out and are NaN themselves when nothing is
    left.  ``count`` counts every point.
    """

    last: float
    last_step: int
    last_timestamp: int
    first: float
    first_step: int
    first_timestamp: int
    min: float
    max: float
    total: float
    count: int
    nan_count: int = 0

    @property
    def mean(self) -> float:
        """Arithmetic mean of the points that are numbers."""
        numbers = self.count - self.nan_count
        return self.total / numbers if numbers else math.nan
