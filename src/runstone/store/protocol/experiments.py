"""Experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from runstone.core.entities import Experiment, ViewType
from runstone.core.page import Page


class ExperimentStore(Protocol):
    """Named groups of runs."""

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
        creation_time: int | None = None,
        experiment_id: str | None = None,
    ) -> Experiment:
        """Make an experiment.

        Args:
            creation_time: When it was made elsewhere, Unix milliseconds; now if None.
            experiment_id: The id that it had elsewhere, a whole number; the next one if None.

        Raises:
            InvalidArgument: The name breaks a rule, or the id is no whole number.
            AlreadyExists: An experiment has this name or id, perhaps a deleted one.
        """

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return one experiment, deleted ones included.

        Raises:
            NotFound: No experiment has this id.
        """

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of this name, deleted ones included, or None."""

    def search_experiments(
        self,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """Return a page of experiments; by default the newest first.

        Raises:
            InvalidArgument: The filter, an order or the page token cannot be read.
        """

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        """Give an active experiment another name.

        Raises:
            NotFound, InvalidState, AlreadyExists, InvalidArgument.
        """

    def delete_experiment(self, experiment_id: str) -> None:
        """Mark an active experiment and all its runs deleted.

        Raises:
            NotFound: No active experiment has this id.
        """

    def restore_experiment(self, experiment_id: str) -> None:
        """Undo ``delete_experiment``, for its runs too.

        Raises:
            NotFound: No deleted experiment has this id.
        """

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str]) -> None:
        """Set tags on an active experiment.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag.

        Raises:
            NotFound: No such experiment or tag.
        """
