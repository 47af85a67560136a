"""Beginning, ending and looking up runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runstone.core.entities import (
    Run,
    RunStatus,
)
from runstone.store import rules
from runstone.tracking import active
from runstone.tracking.active import ActiveRun
from runstone.tracking.client import Client


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
    *,
    experiment: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> ActiveRun:
    """Begin a run, or go on with one, and make it the active one; as a context manager it ends by itself.

    Args:
        run_id: Go on with this run.  One that another process is running is joined, not taken over: leaving it
            does not end it.
        experiment_id: Experiment of a new run; ``experiment`` is the same by name and makes it if it is new.
        run_name: A name; a random one if None.
        nested: Allow a run within the active one, as its child.
        parent_run_id: Parent of a new run; the active one if ``nested``.
        tags: Tags to set.
        description: Text kept as the tag ``mlflow.note.content``.
        log_system_metrics: Sample use of CPU, memory, disk, network and GPU; the settings decide if None.
        params: Params to record; nested dicts flatten by ``.``.

    Raises:
        InvalidState: A run is active and ``nested`` was not asked for, or the run or experiment is deleted.
        NotFound: No run or experiment has the id.
        InvalidArgument: A name, tag or param breaks a rule.
    """
    return active.begin(
        run_id=run_id,
        experiment_id=experiment_id,
        experiment=experiment,
        run_name=run_name,
        nested=nested,
        parent_run_id=parent_run_id,
        tags=tags,
        params=params,
        description=description,
        log_system_metrics=log_system_metrics,
    )


def end_run(status: str = RunStatus.FINISHED) -> None:
    """End the active run.

    Raises:
        InvalidArgument: There is no such status.
    """
    run = active.current()
    if run is not None:
        active.end(run, rules.check_status(status))


def active_run() -> ActiveRun | None:
    """Return the run that this thread or task logs to, or None."""
    return active.current()


def last_active_run() -> Run | None:
    """Return the run that is active, or the one that was last, or None."""
    run = active.last()
    return None if run is None else Client(session=run.session).get_run(run.run_id)


def get_run(run_id: str) -> Run:
    """Return a run.

    Raises:
        NotFound.
    """
    return Client().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """Return the parent of a run, or None.

    Raises:
        NotFound.
    """
    return Client().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Mark a run deleted; ``restore_run`` undoes it.

    Raises:
        NotFound.
    """
    Client().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Undo ``delete_run``.

    Raises:
        NotFound.
    """
    Client().restore_run(run_id)


def set_seed(seed: int, **options: Any) -> dict[str, Any]:
    """Do what ``seed_everything`` does."""
    return seed_everything(seed, **options)


def seed_everything(seed: int, *, deterministic: bool = False) -> dict[str, Any]:
    """Seed Python, NumPy, PyTorch and TensorFlow (as far as they are imported), and record it.

    It stands on the active run, and on those that this process begins later.

    Args:
        seed: A whole number from 0 to 2**32 - 1.
        deterministic: Ask PyTorch for deterministic algorithms, too.

    Returns:
        What was seeded, with which value.

    Raises:
        InvalidArgument: The seed is out of range.
    """
    from runstone.tracking.capture import seeds

    seeded = seeds.seed_everything(seed, deterministic=deterministic)
    active.note_seed({"runstone.seed": str(seed), "runstone.seeded": ", ".join(seeded)})
    return seeded
