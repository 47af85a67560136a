"""Logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from runstone.core.entities import LoggedModel, LoggedModelStatus, ViewType
from runstone.core.page import Page


class LoggedModelOrder(Struct, frozen=True):
    """One order of a search: an attribute or ``metrics.<key>``, for metrics perhaps on one dataset."""

    field_name: str
    ascending: bool = True
    dataset_name: str | None = None
    dataset_digest: str | None = None


class LoggedModelStore(Protocol):
    """Models as things of their own."""

    def create_logged_model(
        self,
        experiment_id: str,
        *,
        name: str | None = None,
        model_id: str | None = None,
        model_type: str | None = None,
        source_run_id: str | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        creation_time: int | None = None,
    ) -> LoggedModel:
        """Make a model in state PENDING; a random name is given when there is none.

        Args:
            creation_time: When it was made elsewhere, Unix milliseconds; now if None.

        Raises:
            NotFound, InvalidState, InvalidArgument, AlreadyExists.
        """

    def get_logged_model(self, model_id: str, *, allow_deleted: bool = False) -> LoggedModel:
        """Return one model.

        Raises:
            NotFound: No (active) model has this id.
        """

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Set a model's state.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_logged_model(self, model_id: str) -> None:
        """Mark a model deleted.

        Raises:
            NotFound: No active model has this id.
        """

    def log_logged_model_params(self, model_id: str, params: Mapping[str, str]) -> None:
        """Add params; one that has another value already is refused.

        Raises:
            NotFound, ImmutableParam, InvalidArgument.
        """

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, str]) -> None:
        """Set tags.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag.

        Raises:
            NotFound: No such model or tag.
        """

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        *,
        filter: str = "",
        datasets: Sequence[tuple[str, str | None]] = (),
        order_by: Sequence[LoggedModelOrder] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """Return a page of models, newest first unless told otherwise.

        Args:
            datasets: Names and digests that narrow the metric conditions of the filter to those datasets.
            view: Whether deleted ones are among them.

        Raises:
            InvalidArgument: The filter, an order or the page token cannot be read.
        """
