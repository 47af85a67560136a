"""Runs: their life, what is set on them at once, and finding them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from runstone.core.entities import (
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    NewRun,
    ParamValue,
    Run,
    RunInfo,
    Status,
    ViewType,
)
from runstone.core.page import Page


class RunStore(Protocol):
    """Single executions."""

    def create_run(self, new: NewRun) -> Run:
        """Make a run; one that exists already under this id is returned unchanged.

        Raises:
            NotFound: No experiment has the id given.
            InvalidState: The experiment is deleted.
            InvalidArgument: An id, name or tag breaks a rule.
        """

    def get_run(self, run_id: str) -> Run:
        """Return one run with everything but series, files and console; deleted ones too.

        Raises:
            NotFound: No run has this id.
        """

    def update_run(
        self,
        run_id: str,
        *,
        status: Status | None = None,
        end_time: int | None = None,
        name: str | None = None,
        reason: str | None = None,
    ) -> RunInfo:
        """Change what is given of an active run.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """

    def delete_run(self, run_id: str) -> None:
        """Mark a run deleted; again is no error.

        Raises:
            NotFound: No run has this id.
        """

    def restore_run(self, run_id: str) -> None:
        """Undo ``delete_run``; again is no error.

        Raises:
            NotFound: No run has this id.
        """

    def log_batch(
        self,
        run_id: str,
        *,
        metrics: Sequence[Metric] = (),
        params: Mapping[str, ParamValue] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Record points, params and tags of an active run in one transaction.

        A point equal to one recorded before (key, step, timestamp, value) is dropped, so that a client may retry.

        Raises:
            NotFound, InvalidState: The run is absent, or deleted.
            ImmutableParam: A param has another value already; nothing of the batch was written.
            InvalidArgument: A key or value breaks a rule; nothing of the batch was written.
        """

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag from an active run.

        Raises:
            NotFound: No such run or tag.
            InvalidState: The run is deleted.
        """

    def log_inputs(
        self, run_id: str, *, datasets: Sequence[DatasetInput] = (), models: Sequence[LoggedModelInput] = ()
    ) -> None:
        """Record what went into a run.  The same dataset again adds nothing.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """

    def log_outputs(self, run_id: str, *, models: Sequence[LoggedModelOutput]) -> None:
        """Record which logged models came out of a run.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        page_token: str | None = None,
    ) -> Page[Run]:
        """Return a page of runs; None for all experiments.

        Default order, and last tie-break of every other: latest start first, then run id.  Runs lacking the key
        of an order come last, after those whose value is NaN.

        Raises:
            InvalidArgument: The filter, an order or the page token cannot be read; ``position`` says where.
        """

    def count_runs(
        self, experiment_ids: Sequence[str] | None, *, filter: str = "", view: ViewType = ViewType.ACTIVE_ONLY
    ) -> int:
        """Return how many runs match.

        Raises:
            InvalidArgument: As ``search_runs``.
        """
