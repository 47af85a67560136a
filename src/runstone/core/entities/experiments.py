"""Experiments: named groups of runs, whose names nest by ``/``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from runstone.core.entities.pairs import Pairs

LifecycleStage = Literal["active", "deleted"]


class ExperimentTag(Struct, frozen=True):
    """A mutable text on an experiment."""

    key: str
    value: str


class Experiment(Pairs, frozen=True, kw_only=True):
    """A named group of runs.

    Attributes:
        experiment_id: A decimal number as text; ``"0"`` is ``Default``.
        creation_time: Unix milliseconds, as is ``last_update_time``.
    """

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: LifecycleStage = "active"
    creation_time: int = 0
    last_update_time: int = 0
    tags: dict[str, str] = field(default_factory=dict)
