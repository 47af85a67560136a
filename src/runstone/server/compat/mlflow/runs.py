"""Runs: their life, what goes into them and comes out, and finding them."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from runstone.core.clock import now_ms
from runstone.core.entities import (
    DatasetInput,
    DatasetRecord,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    NewRun,
    Run,
    RunInfo,
    Status,
    param_text,
)
from runstone.core.errors import InvalidArgument
from runstone.core.ids import new_run_id, new_run_name
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.wire import (
    Empty,
    Message,
    Pair,
    Route,
    Tag,
    artifact_uri,
    dict_of,
    missing,
    number,
    tags_of,
    view_of,
)

_STATUSES: tuple[Status, ...] = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
"""In the order of MLflow's enumeration, which counts from 1."""

_HISTORY = "mlflow.log-model.history"
_IN_A_MODEL = ("artifact_path", "flavors", "utc_time_created", "run_id")


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
    params: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()


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
    tags: tuple[Pair, ...] = ()


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


class RunAnswer(Message, frozen=True):
    """One run."""

    run: RunMessage


class CreateRun(Message, frozen=True):
    """Make a run."""

    experiment_id: str = "0"
    user_id: str = ""
    run_name: str = ""
    start_time: int | None = None
    tags: tuple[Tag, ...] = ()


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


class UpdateRun(RunId, frozen=True, kw_only=True):
    """Change what is given of a run."""

    status: str | int | None = None
    end_time: int | None = None
    run_name: str | None = None


class UpdateRunAnswer(Message, frozen=True):
    """The run as it is now."""

    run_info: RunInfoMessage


class SearchRuns(Message, frozen=True):
    """Find runs."""

    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    run_view_type: str | int | None = None
    max_results: int = 1000
    order_by: tuple[str, ...] = ()
    page_token: str | None = None


class SearchRunsAnswer(Message, frozen=True):
    """A page of runs."""

    runs: tuple[RunMessage, ...] = ()
    next_page_token: str | None = None


class SetTag(RunId, frozen=True, kw_only=True):
    """Set a tag."""

    key: str
    value: str = ""


class DeleteTag(RunId, frozen=True, kw_only=True):
    """Remove a tag."""

    key: str


class LogModel(RunId, frozen=True, kw_only=True):
    """Note that a model was logged, as older clients do."""

    model_json: str


class LogInputs(RunId, frozen=True, kw_only=True):
    """Record what went into a run."""

    datasets: tuple[DatasetInputMessage, ...] = ()
    models: tuple[ModelInputMessage, ...] = ()


class LogOutputs(RunId, frozen=True, kw_only=True):
    """Record what came out of a run."""

    models: tuple[ModelOutputMessage, ...] = ()


class SearchDatasets(Message, frozen=True):
    """List the datasets of some experiments."""

    experiment_ids: tuple[str, ...] = ()


def run_message(run: Run) -> RunMessage:
    """Return a run as it travels."""
    data = RunDataMessage(
        metrics=tuple(
            MetricMessage(key=key, value=number(summary.last), timestamp=summary.last_timestamp, step=summary.last_step)
            for key, summary in run.metrics.items()
        ),
        params=tuple(Pair(key=key, value=param_text(value)) for key, value in run.params.items()),
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
    return RunMessage(info=_info_message(run.info), data=data, inputs=inputs, outputs=outputs)


def _info_message(info: RunInfo) -> RunInfoMessage:
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
        tags=tuple(Pair(key=tag.key, value=tag.value) for tag in given.tags),
        dataset=DatasetMessage(
            name=dataset.name,
            digest=dataset.digest,
            source_type=dataset.source_type,
            source=dataset.source,
            schema=dataset.schema,
            profile=dataset.profile,
        ),
    )


def _create(backend: Backend, request: CreateRun) -> RunAnswer:
    tags = dict_of(request.tags)
    made = backend.store.create_run(
        NewRun(
            run_id=new_run_id(),
            run_name=request.run_name or tags.get("mlflow.runName") or new_run_name(),
            start_time=now_ms() if request.start_time is None else request.start_time,
            experiment_id=request.experiment_id,
            user_id=request.user_id,
            tags=tags,
        )
    )
    return RunAnswer(run=msgspec.structs.replace(run_message(made), outputs=None))


def _get(backend: Backend, request: RunId) -> RunAnswer:
    return RunAnswer(run=run_message(backend.store.get_run(request.named)))


def _update(backend: Backend, request: UpdateRun) -> UpdateRunAnswer:
    info = backend.store.update_run(
        request.named, status=_status(request.status), end_time=request.end_time, name=request.run_name or None
    )
    return UpdateRunAnswer(run_info=_info_message(info))


def _status(given: str | int | None) -> Status | None:
    if isinstance(given, int):
        if not 1 <= given <= len(_STATUSES):
            raise InvalidArgument(f"Invalid value {given} for parameter 'status' supplied.", field="status")
        return _STATUSES[given - 1]
    # The store refuses a name that is none.
    return given  # type: ignore[return-value]


def _delete(backend: Backend, request: RunId) -> Empty:
    backend.store.delete_run(request.named)
    return Empty()


def _restore(backend: Backend, request: RunId) -> Empty:
    backend.store.restore_run(request.named)
    return Empty()


def _search(backend: Backend, request: SearchRuns) -> SearchRunsAnswer:
    page = backend.store.search_runs(
        request.experiment_ids,
        filter=request.filter,
        order_by=request.order_by,
        view=view_of(request.run_view_type),
        max_results=request.max_results,
        page_token=request.page_token or None,
    )
    return SearchRunsAnswer(runs=tuple(map(run_message, page)), next_page_token=page.token)


def _set_tag(backend: Backend, request: SetTag) -> Empty:
    backend.store.log_batch(request.named, tags={request.key: request.value})
    return Empty()


def _delete_tag(backend: Backend, request: DeleteTag) -> Empty:
    backend.store.delete_tag(request.named, request.key)
    return Empty()


def _log_model(backend: Backend, request: LogModel) -> Empty:
    try:
        model = msgspec.json.decode(request.model_json, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidArgument(f"Malformed model info. \n {error}", field="model_json") from error
    if absent := [name for name in _IN_A_MODEL if name not in model]:
        raise InvalidArgument(f"Model json is missing mandatory fields: {absent}", field="model_json")
    run = backend.store.get_run(request.named)
    history = [*json.loads(run.tags.get(_HISTORY, "[]")), model]
    backend.store.log_batch(request.named, tags={_HISTORY: json.dumps(history)})
    return Empty()


def _log_inputs(backend: Backend, request: LogInputs) -> Empty:
    datasets = [
        DatasetInput(
            dataset=DatasetRecord(
                name=given.dataset.name,
                digest=given.dataset.digest,
                source_type=given.dataset.source_type,
                source=given.dataset.source,
                schema=given.dataset.schema,
                profile=given.dataset.profile,
            ),
            tags=tuple(InputTag(tag.key, tag.value) for tag in given.tags),
        )
        for given in request.datasets
    ]
    models = [LoggedModelInput(given.model_id) for given in request.models]
    backend.store.log_inputs(request.named, datasets=datasets, models=models)
    return Empty()


def _log_outputs(backend: Backend, request: LogOutputs) -> Empty:
    made = [LoggedModelOutput(model.model_id, model.step or 0) for model in request.models]
    backend.store.log_outputs(request.named, models=made)
    return Empty()


def _search_datasets(backend: Backend, request: SearchDatasets) -> dict[str, Any]:
    if len(request.experiment_ids) > 20:
        raise InvalidArgument("SearchDatasets request cannot specify more than 20 experiment_ids.")
    found = backend.store.search_datasets(request.experiment_ids)
    summaries = [
        {
            name: value
            for name, value in {
                "experiment_id": summary.experiment_id,
                "name": summary.name,
                "digest": summary.digest,
                "context": summary.context,
            }.items()
            if value is not None
        }
        for summary in found
    ]
    return {"dataset_summaries": summaries} if summaries else {}


ROUTES = (
    Route("POST", "/2.0/mlflow/runs/create", CreateRun, _create),
    Route("GET", "/2.0/mlflow/runs/get", RunId, _get),
    Route("POST", "/2.0/mlflow/runs/update", UpdateRun, _update),
    Route("POST", "/2.0/mlflow/runs/delete", RunId, _delete),
    Route("POST", "/2.0/mlflow/runs/restore", RunId, _restore),
    Route("POST", "/2.0/mlflow/runs/search", SearchRuns, _search),
    Route("POST", "/2.0/mlflow/runs/set-tag", SetTag, _set_tag),
    Route("POST", "/2.0/mlflow/runs/delete-tag", DeleteTag, _delete_tag),
    Route("POST", "/2.0/mlflow/runs/log-model", LogModel, _log_model),
    Route("POST", "/2.0/mlflow/runs/log-inputs", LogInputs, _log_inputs),
    Route("POST", "/2.0/mlflow/runs/outputs", LogOutputs, _log_outputs),
    Route("POST", "/2.0/mlflow/experiments/search-datasets", SearchDatasets, _search_datasets),
)
