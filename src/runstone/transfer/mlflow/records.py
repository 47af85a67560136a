"""What a source gives, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from runstone.core.entities import DatasetInput, LoggedModel, Status
from runstone.transfer.layout import AliasRow, RegisteredModelRow, VersionRow
from runstone.transfer.mlflow.artifacts import Artifacts


class ExperimentRecord(Struct, frozen=True, kw_only=True):
    """An experiment."""

    experiment_id: str
    name: str
    lifecycle_stage: str = "active"
    creation_time: int | None = None
    artifact_location: str = ""
    tags: dict[str, str] = {}


class RunRecord(Struct, frozen=True, kw_only=True):
    """A run but for its points and files."""

    run_id: str
    experiment_id: str
    name: str
    user_id: str = ""
    status: Status = "FINISHED"
    start_time: int = 0
    end_time: int | None = None
    lifecycle_stage: str = "active"
    artifact_uri: str = ""
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    datasets: tuple[DatasetInput, ...] = ()
    model_inputs: tuple[str, ...] = ()
    model_outputs: tuple[tuple[str, int], ...] = ()


class SeriesRecord(NamedTuple):
    """Points of a metric, in any order."""

    key: str
    steps: npt.NDArray[np.int64]
    timestamps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


class MlflowSource(Protocol):
    """MLflow's history, wherever it is kept.

    Attributes:
        place: Where, for people.
        artifacts: How its files are reached.
        notes: What of it could not be read, in words.
    """

    place: str
    artifacts: Artifacts
    notes: list[str]

    def experiments(self) -> Iterator[ExperimentRecord]:
        """Yield all experiments, deleted ones too."""

    def runs(self, experiment_id: str) -> Iterator[RunRecord]:
        """Yield the runs of an experiment, deleted ones too."""

    def series(self, run_id: str) -> Iterator[SeriesRecord]:
        """Yield the metrics of a run; a metric comes once."""

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Yield the logged models of an experiment."""

    def registered_models(self) -> Iterator[RegisteredModelRow]:
        """Yield the registered models, prompts among them."""

    def versions(self) -> Iterator[VersionRow]:
        """Yield the versions of registered models, those of a model in the order of their numbers."""

    def aliases(self) -> Iterator[AliasRow]:
        """Yield the aliases of registered models."""

    def close(self) -> None:
        """Let go of it."""


def series_of(key: str, rows: list[tuple[int, int, float]]) -> SeriesRecord:
    """Return the points of a metric from rows of step, timestamp and value."""
    steps, timestamps, values = zip(*rows, strict=True) if rows else ((), (), ())
    return SeriesRecord(key, np.array(steps, np.int64), np.array(timestamps, np.int64), np.array(values, np.float64))
