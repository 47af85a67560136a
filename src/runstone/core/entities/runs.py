"""Runs: one execution each, and MLflow's view of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from msgspec import Struct, field

from runstone.core.entities.datasets import DatasetInput
from runstone.core.entities.experiments import LifecycleStage
from runstone.core.entities.metrics import MetricSummary
from runstone.core.entities.models import LoggedModelInput, LoggedModelOutput
from runstone.core.entities.pairs import Pairs
from runstone.core.entities.params import ParamValue, param_text
from runstone.core.errors import InvalidArgument

Status = Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]

__all__ = [
    "ExperimentRuns",
    "LifecycleStage",
    "NewRun",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunKeys",
    "RunOutputs",
    "RunStatus",
    "RunSummary",
    "RunTag",
    "Status",
]


class RunStatus:
    """The states of a run, under the names scripts use them by."""

    RUNNING: Status = "RUNNING"
    SCHEDULED: Status = "SCHEDULED"
    FINISHED: Status = "FINISHED"
    FAILED: Status = "FAILED"
    KILLED: Status = "KILLED"

    @staticmethod
    def to_string(status: Status) -> str:
        """Return the status as text (it is text already)."""
        return status

    @staticmethod
    def from_string(status: str) -> Status:
        """Return the status that a text names.

        Raises:
            InvalidArgument: There is no such status.
        """
        known = get_args(Status)
        if status not in known:
            raise InvalidArgument(f"no such run status: {status!r}; there are {', '.join(known)}", field="status")
        return status  # type: ignore[return-value]  # it is among them

    @staticmethod
    def is_terminated(status: str) -> bool:
        """Say whether a run in this state has ended."""
        return status in ("FINISHED", "FAILED", "KILLED")


class RunTag(Struct, frozen=True):
    """A mutable text on a run."""

    key: str
    value: str


class NewRun(Struct, frozen=True, kw_only=True):
    """All that is needed to make a run, with its id chosen by the caller so that a retry makes no second one.

    Attributes:
        experiment_id: Where it belongs; when None, ``experiment_name`` is used and made if absent.
        start_time: Unix milliseconds.
    """

    run_id: str
    run_name: str
    start_time: int
    experiment_id: str | None = None
    experiment_name: str | None = None
    user_id: str = ""
    parent_run_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


class RunInfo(Pairs, frozen=True, kw_only=True):
    """What a run is, apart from what it logged.

    Attributes:
        status_reason: Why the run is in this state, when somebody would ask: the exception's last line, the
            signal, or that its process was lost.
        start_time: Unix milliseconds, as is ``end_time``.
    """

    run_id: str
    run_name: str
    experiment_id: str
    user_id: str = ""
    status: Status = "RUNNING"
    status_reason: str | None = None
    start_time: int
    end_time: int | None = None
    artifact_uri: str = ""
    lifecycle_stage: LifecycleStage = "active"
    parent_run_id: str | None = None

    @property
    def run_uuid(self) -> str:
        """The run's id under its old MLflow name."""
        return self.run_id


class RunData(Pairs, frozen=True, kw_only=True):
    """MLflow's view of what a run logged: params as text, metrics as their last values."""

    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]


class RunInputs(Pairs, frozen=True, kw_only=True):
    """What went into a run."""

    dataset_inputs: tuple[DatasetInput, ...] = ()
    model_inputs: tuple[LoggedModelInput, ...] = ()

    def to_dictionary(self) -> dict[str, object]:
        """Return the inputs as dicts."""
        return {
            "dataset_inputs": [given.to_dictionary() for given in self.dataset_inputs],
            "model_inputs": [dict(given) for given in self.model_inputs],
        }


class RunOutputs(Pairs, frozen=True, kw_only=True):
    """What came out of a run besides artifacts."""

    model_outputs: tuple[LoggedModelOutput, ...] = ()

    def to_dictionary(self) -> dict[str, object]:
        """Return the outputs as dicts."""
        return {"model_outputs": [dict(made) for made in self.model_outputs]}


class Run(Struct, frozen=True, kw_only=True):
    """One execution and everything recorded of it but series, files and console.

    Attributes:
        params: Typed settings.
        metrics: Summary of each series, by key.
    """

    info: RunInfo
    params: dict[str, ParamValue] = field(default_factory=dict)
    metrics: dict[str, MetricSummary] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    inputs: RunInputs = RunInputs()
    outputs: RunOutputs = RunOutputs()

    @property
    def data(self) -> RunData:
        """MLflow's view of params, metrics and tags."""
        return RunData(
            params={key: param_text(value) for key, value in self.params.items()},
            metrics={key: summary.last for key, summary in self.metrics.items()},
            tags=self.tags,
        )

    def __iter__(self) -> Iterator[tuple[str, object]]:
        return ((name, getattr(self, name)) for name in ("info", "data", "inputs", "outputs"))

    def to_dictionary(self) -> dict[str, dict[str, object]]:
        """Return MLflow's view of the run as dicts."""
        return {
            "info": dict(self.info),
            "data": dict(self.data),
            "inputs": self.inputs.to_dictionary(),
            "outputs": self.outputs.to_dictionary(),
        }

    def __repr__(self) -> str:
        from runstone.core.entities.shown import as_line

        return as_line(self)

    def __str__(self) -> str:
        from runstone.core.entities.shown import as_card

        return as_card(self)

    def _repr_html_(self) -> str:
        from runstone.core.entities.shown import as_html

        return as_html(self)


class RunSummary(Struct, frozen=True, kw_only=True):
    """What a table shows of a run: what it is, and those params, metrics and tags that were asked for."""

    info: RunInfo
    params: dict[str, ParamValue] = field(default_factory=dict)
    metrics: dict[str, MetricSummary] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class ExperimentRuns(Struct, frozen=True, kw_only=True):
    """What happened in an experiment.

    Attributes:
        runs: Active ones; ``running`` are those that run.
        last_start_time: When the newest of them began, Unix milliseconds.
    """

    experiment_id: str
    runs: int
    running: int
    last_start_time: int


class RunKeys(Struct, frozen=True, kw_only=True):
    """What some runs have: for each key, how many of them have it."""

    params: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
