"""Choosing, making and finding experiments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.core.entities import (
    Experiment,
    ViewType,
)
from runstone.core.errors import InvalidArgument, InvalidState
from runstone.core.page import iter_pages
from runstone.store import rules
from runstone.tracking import active
from runstone.tracking.arguments import items_of
from runstone.tracking.client import Client
from runstone.tracking.fluent.search import _up_to
from runstone.tracking.fluent.target import chosen_experiment_id
from runstone.tracking.session import (
    STORE_TROUBLE,
    session_at,
)


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Choose the experiment of runs to come, making it if its name is new.  Names nest by ``/``.

    Where the store cannot be reached, the name is kept and the experiment returned has no id yet.

    Raises:
        InvalidArgument: Not exactly one of name and id, or a name that breaks a rule.
        InvalidState: The experiment is deleted.
        NotFound: No experiment has the id.
    """
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidArgument("Must specify exactly one of: `experiment_id` or `experiment_name`.")
    session = session_at()
    if experiment_id is not None:
        experiment = session.store.get_experiment(str(experiment_id))
    else:
        name = rules.check_experiment_name(experiment_name)
        try:
            found = session.store.find_experiment(name)
            experiment = session.store.create_experiment(name) if found is None else found
        except STORE_TROUBLE as error:
            active.report_trouble(session, error)
            active.choose_experiment(name, None)
            return Experiment(experiment_id="", name=name, artifact_location="")
    if experiment.lifecycle_stage != "active":
        raise InvalidState(
            f"Cannot set a deleted experiment {experiment.name!r} as the active experiment. You can restore it, or "
            "remove it for good with `runstone gc` and create a new one."
        )
    active.choose_experiment(None, experiment.experiment_id)
    return experiment


def create_experiment(name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None) -> str:
    """Make an experiment and return its id.

    Raises:
        InvalidArgument, AlreadyExists.
    """
    return Client().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """Return an experiment.

    Raises:
        NotFound.
    """
    return Client().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """Return the experiment of this name, deleted ones included, or None."""
    return Client().get_experiment_by_name(name)


def delete_experiment(experiment_id: str) -> None:
    """Mark an experiment and its runs deleted; ``restore_experiment`` undoes it.

    Raises:
        NotFound.
    """
    Client().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Undo ``delete_experiment``.

    Raises:
        NotFound.
    """
    Client().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag on the active experiment.

    Raises:
        InvalidArgument.
    """
    Client().set_experiment_tag(chosen_experiment_id(), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set tags on the active experiment.

    Raises:
        InvalidArgument.
    """
    for key, value in items_of(tags, "set_experiment_tags").items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag from the active experiment.

    Raises:
        NotFound.
    """
    Client().delete_experiment_tag(chosen_experiment_id(), key)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Return experiments that match a filter, all of them if ``max_results`` is None.

    Raises:
        InvalidArgument: The filter or an order cannot be read.
    """
    client = Client()
    pages = iter_pages(
        lambda token: client.search_experiments(
            view_type, min(max_results or 1000, 1000), filter_string, order_by, token
        )
    )
    return _up_to(pages, max_results)
