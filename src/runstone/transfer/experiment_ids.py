"""Experiments that keep the ids they had elsewhere, since programs, notebooks and addresses name them by these."""

from __future__ import annotations

from typing import Any

from runstone.core.entities import Experiment
from runstone.core.errors import AlreadyExists, InvalidArgument
from runstone.store.protocol import Store


def make_experiment(store: Store, notes: list[str], experiment_id: str, name: str, **given: Any) -> Experiment:
    """Make an experiment with the id that it had, or another one where that cannot be, which is noted.

    Args:
        given: As ``Store.create_experiment``.

    Raises:
        InvalidArgument, AlreadyExists: As ``Store.create_experiment``, of the name.
    """
    try:
        return store.create_experiment(name, experiment_id=experiment_id, **given)
    except (AlreadyExists, InvalidArgument):
        # Of the id, unless it is raised again.
        made = store.create_experiment(name, **given)
    notes.append(
        f"experiment {name!r} had the id {experiment_id}, which is taken or none: here it is {made.experiment_id}"
    )
    return made
