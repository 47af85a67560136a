"""A run as it travels, and how requests name one."""

from __future__ import annotations

from runstone.core.entities import DatasetInput, Run, RunInfo, param_text
from runstone.server.compat.mlflow.wire import Message, TagMessage, artifact_uri, missing, number, tags_of


class RunId(Message, frozen=True):
    """Names a run."""

    run_id: str | None = None
    run_uuid: str | None = None

    @property
    def named(self) -> str:
        """The id under whichever of its names it was given.

        Raises:
            InvalidArgument: It was given under none.
        """
        found = self.run_id or self.run_uuid
        if not found:
            raise missing("run_id")
        return found


class RunInfoMessage(Message, frozen=True):
    """What a run is."""

    run_id: str
    run_uuid: str
    run_name: str
    experiment_id: str
    user_id: str
    status: str
    start_time: int
    artifact_uri: str
    lifecycle_stage: str
    end_time: int | None = None


class MetricMessage(Message, frozen=True):
    """A point; its value as ``wire.number`` makes it."""

    key: str
    value: float | str
    timestamp: int
    step: int
    run_id: str | None = None
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class RunDataMessage(Message, frozen=True):
    """What a run logged."""

    metrics: tuple[MetricMessage, ...] = ()
    params: tuple[TagMessage, ...] = ()
    tags: tuple[TagMessage, ...] = ()


class DatasetMessage(Message, frozen=True):
    """A version of data."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


class DatasetInputMessage(Message, frozen=True):
    """A dataset, as what it was used."""

    dataset: DatasetMessage
    tags: tuple[TagMessage, ...] = ()


class ModelInputMessage(Message, frozen=True):
    """A logged model that was used."""

    model_id: str


class ModelOutputMessage(Message, frozen=True):
    """A logged model that was made."""

    model_id: str
    step: int | None = None


class RunInputsMessage(Message, frozen=True):
    """What went into a run."""

    dataset_inputs: tuple[DatasetInputMessage, ...] = ()
    model_inputs: tuple[ModelInputMessage, ...] = ()


class RunOutputsMessage(Message, frozen=True):
    """What came out of a run."""

    model_outputs: tuple[ModelOutputMessage, ...] = ()


class RunMessage(Message, frozen=True):
    """A run."""

    info: RunInfoMessage
    data: RunDataMessage
    inputs: RunInputsMessage
    outputs: RunOutputsMessage | None = None


def run_message(run: Run) -> RunMessage:
    """Return a run as it travels."""
    data = RunDataMessage(
        metrics=tuple(
            MetricMessage(key=key, value=number(summary.last), timestamp=summary.last_timestamp, step=summary.last_step)
            for key, summary in run.metrics.items()
        ),
        params=tuple(TagMessage(key=key, value=param_text(value)) for key, value in run.params.items()),
        tags=tags_of(run.tags),
    )
    inputs = RunInputsMessage(
        dataset_inputs=tuple(map(_dataset_input_message, run.inputs.dataset_inputs)),
        model_inputs=tuple(ModelInputMessage(model_id=given.model_id) for given in run.inputs.model_inputs),
    )
    outputs = RunOutputsMessage(
        model_outputs=tuple(
            ModelOutputMessage(model_id=made.model_id, step=made.step) for made in run.outputs.model_outputs
        )
    )
    return RunMessage(info=info_message(run.info), data=data, inputs=inputs, outputs=outputs)


def info_message(info: RunInfo) -> RunInfoMessage:
    """Return what a run is as it travels."""
    return RunInfoMessage(
        run_id=info.run_id,
        run_uuid=info.run_id,
        run_name=info.run_name,
        experiment_id=info.experiment_id,
        user_id=info.user_id,
        status=info.status,
        start_time=info.start_time,
        end_time=info.end_time,
        artifact_uri=artifact_uri(info.artifact_uri),
        lifecycle_stage=info.lifecycle_stage,
    )


def _dataset_input_message(given: DatasetInput) -> DatasetInputMessage:
    dataset = given.dataset
    return DatasetInputMessage(
        tags=tuple(TagMessage(key=tag.key, value=tag.value) for tag in given.tags),
        dataset=DatasetMessage(
            name=dataset.name,
            digest=dataset.digest,
            source_type=dataset.source_type,
            source=dataset.source,
            schema=dataset.schema,
            profile=dataset.profile,
        ),
    )
