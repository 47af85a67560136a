"""What a call is about: the active run, or the one that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runstone.core.errors import NotFound
from runstone.tracking import active
from runstone.tracking.client import Client
from runstone.tracking.session import session_at

if TYPE_CHECKING:
    from runstone.tracking.run_writer import RunWriter


def writer_of(run_id: str | None) -> RunWriter:
    """Return the writer of a run, of the active one if none is named."""
    return active.current_or_new().writer if run_id is None else session_at().writer(run_id)


def target_of(run_id: str | None) -> tuple[Client, str]:
    """Return a client and the run to call it for, the active one if none is named."""
    if run_id is not None:
        return Client(), run_id
    run = active.current_or_new()
    return Client(session=run.session), run.run_id


def chosen_experiment_id() -> str:
    """Return the experiment of the active run, or the one that new runs go to."""
    run = active.current()
    if run is not None:
        return run.info.experiment_id
    session = session_at()
    name, experiment_id = active.chosen_experiment(session)
    if experiment_id is not None:
        return experiment_id
    if name is None:
        return "0"
    experiment = session.store.find_experiment(name)
    if experiment is None:
        raise NotFound(f"there is no experiment {name!r}")
    return experiment.experiment_id
