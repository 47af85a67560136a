"""Logged models: a model that a run made, before and beside the registry."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from runstone.core.entities.metrics import Metric
from runstone.core.entities.pairs import Pairs

LoggedModelStatus = Literal["PENDING", "READY", "FAILED"]


class ModelRegistration(Struct, frozen=True):
    """A registered version that points at a logged model."""

    name: str
    version: str


class LoggedModel(Struct, frozen=True, kw_only=True):
    """A model as a thing of its own, with params, metrics and tags.

    Attributes:
        model_id: ``m-`` and 32 hex digits.
        creation_timestamp: Unix milliseconds, as is ``last_updated_timestamp``.
    """

    model_id: str
    experiment_id: str
    name: str
    artifact_location: str = ""
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0
    model_type: str | None = None
    source_run_id: str | None = None
    status: LoggedModelStatus = "PENDING"
    status_message: str | None = None
    lifecycle_stage: Literal["active", "deleted"] = "active"
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    registrations: tuple[ModelRegistration, ...] = ()

    @property
    def model_uri(self) -> str:
        """The URI under which this model is loaded."""
        return f"models:/{self.model_id}"


class LoggedModelInput(Pairs, frozen=True):
    """A logged model used by a run."""

    model_id: str


class LoggedModelOutput(Pairs, frozen=True):
    """A logged model made by a run at a step."""

    model_id: str
    step: int = 0
