"""Reading metrics back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from runstone.core.entities import Metric
from runstone.core.page import Page

if TYPE_CHECKING:
    from runstone.store.series.columns import Columns


class SeriesStore(Protocol):
    """Series of points."""

    def read_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        max_points: int | None = None,
        start_step: int | None = None,
        end_step: int | None = None,
    ) -> dict[tuple[str, str], Columns]:
        """Return the series of these runs and keys, sorted by (step, timestamp), by ``(run_id, key)``.

        They come in the order of ``run_ids``, those of a run in the order of ``keys``; a pair that has no points is
        left out.  With ``max_points``, each is down-sampled: extremes, first and last points are kept, and a series no
        longer than that comes exact.

        Args:
            max_points: At most this many points a series; at least 8.
            start_step: First step to read, inclusive; ``end_step`` is the last, inclusive.

        Raises:
            NotFound: A run does not exist.
            StoreCorrupt: A chunk cannot be decoded.
        """

    def get_metric_history(
        self, run_id: str, key: str, *, max_results: int | None = None, page_token: str | None = None
    ) -> Page[Metric]:
        """Return points as entities, ordered by (timestamp, step, value).

        Raises:
            NotFound, InvalidArgument.
        """
