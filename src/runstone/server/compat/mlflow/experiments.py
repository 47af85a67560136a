"""Experiments."""

from __future__ import annotations

from runstone.core.entities import Experiment
from runstone.core.errors import NotFound
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.wire import (
    Empty,
    Message,
    Route,
    Tag,
    TagMessage,
    artifact_uri,
    dict_of,
    missing,
    tags_of,
    view_of,
)

_WORKSPACE = "default"
"""There is one, under the name that MLflow gives it."""


class ExperimentMessage(Message, frozen=True):
    """An experiment."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    creation_time: int
    last_update_time: int
    workspace: str
    tags: tuple[TagMessage, ...] = ()


class ExperimentAnswer(Message, frozen=True):
    """One experiment."""

    experiment: ExperimentMessage


class CreateExperiment(Message, frozen=True):
    """Make an experiment."""

    name: str
    artifact_location: str | None = None
    tags: tuple[Tag, ...] = ()


class ExperimentId(Message, frozen=True):
    """Names an experiment by its id."""

    experiment_id: str


class GetExperimentByName(Message, frozen=True):
    """Names an experiment by its name."""

    experiment_name: str


class UpdateExperiment(Message, frozen=True):
    """Rename an experiment."""

    experiment_id: str
    new_name: str | None = None


class SearchExperiments(Message, frozen=True):
    """Find experiments."""

    max_results: int
    page_token: str | None = None
    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: str | int | None = None


class SearchExperimentsAnswer(Message, frozen=True):
    """A page of experiments."""

    experiments: tuple[ExperimentMessage, ...] = ()
    next_page_token: str | None = None


class SetExperimentTag(Message, frozen=True):
    """Set a tag."""

    experiment_id: str
    key: str
    value: str = ""


class DeleteExperimentTag(Message, frozen=True):
    """Remove a tag."""

    experiment_id: str
    key: str


def experiment_message(experiment: Experiment) -> ExperimentMessage:
    """Return an experiment as it travels."""
    return ExperimentMessage(
        experiment_id=experiment.experiment_id,
        name=experiment.name,
        artifact_location=artifact_uri(experiment.artifact_location),
        lifecycle_stage=experiment.lifecycle_stage,
        creation_time=experiment.creation_time,
        last_update_time=experiment.last_update_time,
        workspace=_WORKSPACE,
        tags=tags_of(experiment.tags),
    )


def _create(backend: Backend, request: CreateExperiment) -> dict[str, str]:
    made = backend.store.create_experiment(
        request.name, artifact_location=request.artifact_location or None, tags=dict_of(request.tags)
    )
    return {"experiment_id": made.experiment_id}


def _get(backend: Backend, request: ExperimentId) -> ExperimentAnswer:
    return ExperimentAnswer(experiment=experiment_message(backend.store.get_experiment(request.experiment_id)))


def _get_by_name(backend: Backend, request: GetExperimentByName) -> ExperimentAnswer:
    found = backend.store.find_experiment(request.experiment_name)
    if found is None:
        raise NotFound(f"Could not find experiment with name '{request.experiment_name}'")
    return ExperimentAnswer(experiment=experiment_message(found))


def _search(backend: Backend, request: SearchExperiments) -> SearchExperimentsAnswer:
    page = backend.store.search_experiments(
        filter=request.filter,
        order_by=request.order_by,
        view=view_of(request.view_type),
        max_results=request.max_results,
        page_token=request.page_token or None,
    )
    return SearchExperimentsAnswer(experiments=tuple(map(experiment_message, page)), next_page_token=page.token)


def _update(backend: Backend, request: UpdateExperiment) -> Empty:
    if not request.new_name:
        raise missing("new_name")
    backend.store.rename_experiment(request.experiment_id, request.new_name)
    return Empty()


def _delete(backend: Backend, request: ExperimentId) -> Empty:
    backend.store.delete_experiment(request.experiment_id)
    return Empty()


def _restore(backend: Backend, request: ExperimentId) -> Empty:
    backend.store.restore_experiment(request.experiment_id)
    return Empty()


def _set_tag(backend: Backend, request: SetExperimentTag) -> Empty:
    backend.store.set_experiment_tags(request.experiment_id, {request.key: request.value})
    return Empty()


def _delete_tag(backend: Backend, request: DeleteExperimentTag) -> Empty:
    backend.store.delete_experiment_tag(request.experiment_id, request.key)
    return Empty()


ROUTES = (
    Route("POST", "/2.0/mlflow/experiments/create", CreateExperiment, _create),
    Route("GET", "/2.0/mlflow/experiments/get", ExperimentId, _get),
    Route("GET", "/2.0/mlflow/experiments/get-by-name", GetExperimentByName, _get_by_name),
    Route("POST", "/2.0/mlflow/experiments/search", SearchExperiments, _search),
    Route("GET", "/2.0/mlflow/experiments/search", SearchExperiments, _search),
    Route("POST", "/2.0/mlflow/experiments/update", UpdateExperiment, _update),
    Route("POST", "/2.0/mlflow/experiments/delete", ExperimentId, _delete),
    Route("POST", "/2.0/mlflow/experiments/restore", ExperimentId, _restore),
    Route("POST", "/2.0/mlflow/experiments/set-experiment-tag", SetExperimentTag, _set_tag),
    Route("POST", "/2.0/mlflow/experiments/delete-experiment-tag", DeleteExperimentTag, _delete_tag),
)
