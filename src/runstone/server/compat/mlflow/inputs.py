"""What goes into runs and comes out of them: datasets and logged models."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from runstone.core.entities import DatasetInput, DatasetRecord, InputTag, LoggedModelInput, LoggedModelOutput
from runstone.core.errors import InvalidArgument
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.run_message import DatasetMessage, ModelInputMessage, ModelOutputMessage, RunId
from runstone.server.compat.mlflow.wire import Empty, Message, Route, Tag

_HISTORY = "mlflow.log-model.history"
_IN_A_MODEL = ("artifact_path", "flavors", "utc_time_created", "run_id")
_MOST_EXPERIMENTS = 20


class NewInput(Message, frozen=True):
    """A dataset, and as what it was used."""

    dataset: DatasetMessage
    tags: tuple[Tag, ...] = ()


class LogModel(RunId, frozen=True, kw_only=True):
    """Note that a model was logged, as older clients do."""

    model_json: str


class LogInputs(RunId, frozen=True, kw_only=True):
    """Record what went into a run."""

    datasets: tuple[NewInput, ...] = ()
    models: tuple[ModelInputMessage, ...] = ()


class LogOutputs(RunId, frozen=True, kw_only=True):
    """Record what came out of a run."""

    models: tuple[ModelOutputMessage, ...]


class SearchDatasets(Message, frozen=True):
    """List the datasets of some experiments."""

    experiment_ids: tuple[str, ...] = ()


class SummaryMessage(Message, frozen=True):
    """A version of data, and as what some run used it."""

    experiment_id: str
    name: str
    digest: str
    context: str | None = None


class SearchDatasetsAnswer(Message, frozen=True):
    """The datasets of some experiments."""

    dataset_summaries: tuple[SummaryMessage, ...] = ()


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


def _search_datasets(backend: Backend, request: SearchDatasets) -> SearchDatasetsAnswer:
    if not request.experiment_ids:
        raise InvalidArgument("SearchDatasets request must specify at least one experiment_id.")
    if len(request.experiment_ids) > _MOST_EXPERIMENTS:
        raise InvalidArgument(f"SearchDatasets request cannot specify more than {_MOST_EXPERIMENTS} experiment_ids.")
    found = backend.store.search_datasets(request.experiment_ids)
    summaries = (
        SummaryMessage(
            experiment_id=summary.experiment_id, name=summary.name, digest=summary.digest, context=summary.context
        )
        for summary in found
    )
    return SearchDatasetsAnswer(dataset_summaries=tuple(summaries))


ROUTES = (
    Route("POST", "/2.0/mlflow/runs/log-model", LogModel, _log_model),
    Route("POST", "/2.0/mlflow/runs/log-inputs", LogInputs, _log_inputs),
    Route("POST", "/2.0/mlflow/runs/outputs", LogOutputs, _log_outputs),
    Route("POST", "/2.0/mlflow/experiments/search-datasets", SearchDatasets, _search_datasets),
)
