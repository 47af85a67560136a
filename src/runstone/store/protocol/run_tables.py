"""Runs as the rows of a table that is looked at in places, however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runstone.core.entities import ExperimentRuns, RunKeys, RunSummary, ViewType


class RunTableStore(Protocol):
    """Which runs stand where, and what stands in their rows."""

    def count_experiment_runs(self, experiment_ids: Sequence[str] | None = None) -> list[ExperimentRuns]:
        """Return how many active runs experiments have, and when the newest began; those without any are left out.

        Args:
            experiment_ids: Only these; all if None.

        Raises:
            InvalidArgument: One of them is no id.
        """

    def search_run_ids(
        self,
        experiment_ids: Sequence[str] | None,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1_000_000,
    ) -> list[str]:
        """Return the ids of all runs that ``search_runs`` would find, in its order.

        Raises:
            InvalidArgument: As ``search_runs``.
        """

    def read_runs(
        self,
        run_ids: Sequence[str],
        *,
        params: Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> list[RunSummary]:
        """Return some runs, at most 1,000, in the order given, deleted ones too; an id that no run has is left out.

        Args:
            params: Only these; all if None, as with ``metrics`` and ``tags``.

        Raises:
            InvalidArgument: There are too many.
        """

    def count_run_keys(self, run_ids: Sequence[str]) -> RunKeys:
        """Return which params, metrics and tags some runs have, at most 1,000, and how many of them have each.

        Raises:
            InvalidArgument: There are too many.
        """
