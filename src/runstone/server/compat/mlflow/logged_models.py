"""Logged models: models as things of their own."""

from __future__ import annotations

import json

from msgspec import field

from runstone.core.entities import LoggedModel, LoggedModelStatus
from runstone.core.errors import InvalidArgument
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.artifacts import FileMessage, ListArtifactsAnswer, files_in
from runstone.server.compat.mlflow.run_message import MetricMessage
from runstone.server.compat.mlflow.wire import (
    Empty,
    Message,
    Route,
    Tag,
    TagMessage,
    artifact_uri,
    dict_of,
    number,
    tags_of,
)
from runstone.store.protocol.models import LoggedModelOrder

_STATUSES: dict[LoggedModelStatus, str] = {
    "PENDING": "LOGGED_MODEL_PENDING",
    "READY": "LOGGED_MODEL_READY",
    "FAILED": "LOGGED_MODEL_UPLOAD_FAILED",
}
"""In the order of MLflow's enumeration, which counts from 1."""

_USUAL_RESULTS = 100


class RegistrationMessage(Message, frozen=True):
    """A registered version that points at a model."""

    name: str
    version: str


class ModelInfoMessage(Message, frozen=True):
    """What a model is."""

    model_id: str
    experiment_id: str
    name: str
    creation_timestamp_ms: int
    last_updated_timestamp_ms: int
    artifact_uri: str
    status: str
    model_type: str | None = None
    source_run_id: str | None = None
    status_message: str | None = None
    tags: tuple[TagMessage, ...] = ()
    registrations: tuple[RegistrationMessage, ...] = ()


class ModelDataMessage(Message, frozen=True):
    """What was logged of a model."""

    params: tuple[TagMessage, ...] = ()
    metrics: tuple[MetricMessage, ...] = ()


class ModelMessage(Message, frozen=True):
    """A model."""

    info: ModelInfoMessage
    data: ModelDataMessage


class ModelAnswer(Message, frozen=True):
    """One model."""

    model: ModelMessage


class CreateLoggedModel(Message, frozen=True):
    """Make a model."""

    experiment_id: str
    name: str | None = None
    model_type: str | None = None
    source_run_id: str | None = None
    params: tuple[Tag, ...] = ()
    tags: tuple[Tag, ...] = ()


class ModelId(Message, frozen=True):
    """Names a model."""

    model_id: str


class GetLoggedModel(ModelId, frozen=True, kw_only=True):
    """Read a model."""

    allow_deleted: bool = False


class FinalizeLoggedModel(ModelId, frozen=True, kw_only=True):
    """Set the state of a model."""

    status: str | int


class DatasetFilter(Message, frozen=True):
    """Narrows conditions on metrics to a dataset."""

    dataset_name: str
    dataset_digest: str | None = None


class Order(Message, frozen=True):
    """An order of a search."""

    field_name: str
    ascending: bool = True
    dataset_name: str | None = None
    dataset_digest: str | None = None


class SearchLoggedModels(Message, frozen=True):
    """Find models."""

    experiment_ids: tuple[str, ...]
    filter: str = ""
    datasets: tuple[DatasetFilter, ...] = ()
    max_results: int = 50
    order_by: tuple[Order, ...] = ()
    page_token: str | None = None


class ModelsAnswer(Message, frozen=True):
    """A page of models."""

    models: tuple[ModelMessage, ...] = ()
    next_page_token: str | None = None


class SetLoggedModelTags(ModelId, frozen=True, kw_only=True):
    """Set tags."""

    tags: tuple[Tag, ...] = ()


class DeleteLoggedModelTag(ModelId, frozen=True, kw_only=True):
    """Remove a tag."""

    tag_key: str


class LogParams(ModelId, frozen=True, kw_only=True):
    """Add params."""

    params: tuple[Tag, ...] = ()


class ListModelArtifacts(ModelId, frozen=True, kw_only=True):
    """List the files of a model, or of a folder among them."""

    path: str = field(name="artifact_directory_path", default="")


VERSIONS_TAG = "mlflow.modelVersions"


def _message(model: LoggedModel) -> ModelMessage:
    info = ModelInfoMessage(
        model_id=model.model_id,
        experiment_id=model.experiment_id,
        name=model.name,
        creation_timestamp_ms=model.creation_timestamp,
        last_updated_timestamp_ms=model.last_updated_timestamp,
        artifact_uri=artifact_uri(model.artifact_location),
        status=_STATUSES[model.status],
        model_type=model.model_type,
        source_run_id=model.source_run_id,
        status_message=model.status_message,
        tags=tags_of({**model.tags, **_versions_tag(model)}),
        registrations=tuple(RegistrationMessage(name=one.name, version=one.version) for one in model.registrations),
    )
    metrics = tuple(
        MetricMessage(
            key=metric.key,
            value=number(metric.value),
            timestamp=metric.timestamp,
            step=metric.step,
            run_id=metric.run_id,
            model_id=metric.model_id,
            dataset_name=metric.dataset_name,
            dataset_digest=metric.dataset_digest,
        )
        for metric in model.metrics
    )
    return ModelMessage(info=info, data=ModelDataMessage(params=tags_of(model.params), metrics=metrics))


def _versions_tag(model: LoggedModel) -> dict[str, str]:
    """Return the tag in which MLflow's clients find the versions that were made of a model."""
    versions = [{"name": one.name, "version": int(one.version)} for one in model.registrations]
    return {VERSIONS_TAG: json.dumps(versions)} if versions else {}


def _answer(model: LoggedModel) -> ModelAnswer:
    return ModelAnswer(model=_message(model))


def _create(backend: Backend, request: CreateLoggedModel) -> ModelAnswer:
    made = backend.store.create_logged_model(
        request.experiment_id,
        name=request.name or None,
        model_type=request.model_type or None,
        source_run_id=request.source_run_id or None,
        params=dict_of(request.params),
        tags=dict_of(request.tags),
    )
    return _answer(made)


def _get(backend: Backend, request: GetLoggedModel) -> ModelAnswer:
    return _answer(backend.store.get_logged_model(request.model_id, allow_deleted=request.allow_deleted))


def _finalize(backend: Backend, request: FinalizeLoggedModel) -> ModelAnswer:
    return _answer(backend.store.finalize_logged_model(request.model_id, _status(request.status)))


def _status(given: str | int) -> LoggedModelStatus:
    for number_, (status, name) in enumerate(_STATUSES.items(), 1):
        if given in (name, number_):
            return status
    raise InvalidArgument(f"Invalid value {given!r} for parameter 'status' supplied.", field="status")


def _delete(backend: Backend, request: ModelId) -> Empty:
    backend.store.delete_logged_model(request.model_id)
    return Empty()


def _search(backend: Backend, request: SearchLoggedModels) -> ModelsAnswer:
    page = backend.store.search_logged_models(
        request.experiment_ids,
        filter=request.filter,
        datasets=[(dataset.dataset_name, dataset.dataset_digest) for dataset in request.datasets],
        order_by=[
            LoggedModelOrder(order.field_name, order.ascending, order.dataset_name, order.dataset_digest)
            for order in request.order_by
        ],
        max_results=request.max_results or _USUAL_RESULTS,
        page_token=request.page_token or None,
    )
    return ModelsAnswer(models=tuple(map(_message, page)), next_page_token=page.token)


def _set_tags(backend: Backend, request: SetLoggedModelTags) -> Empty:
    backend.store.set_logged_model_tags(request.model_id, dict_of(request.tags))
    return Empty()


def _delete_tag(backend: Backend, request: DeleteLoggedModelTag) -> Empty:
    backend.store.delete_logged_model_tag(request.model_id, request.tag_key)
    return Empty()


def _log_params(backend: Backend, request: LogParams) -> Empty:
    backend.store.log_logged_model_params(request.model_id, dict_of(request.params))
    return Empty()


def _list_artifacts(backend: Backend, request: ListModelArtifacts) -> ListArtifactsAnswer:
    root = artifact_uri(backend.store.get_logged_model(request.model_id).artifact_location)
    files: tuple[FileMessage, ...] = files_in(backend, request.model_id, request.path)
    return ListArtifactsAnswer(root_uri=root, files=files)


_ALL = "/2.0/mlflow/logged-models"
_ONE = _ALL + "/{model_id}"

ROUTES = (
    Route("POST", _ALL, CreateLoggedModel, _create),
    Route("POST", f"{_ALL}/search", SearchLoggedModels, _search),
    Route("GET", _ONE, GetLoggedModel, _get),
    Route("PATCH", _ONE, FinalizeLoggedModel, _finalize),
    Route("DELETE", _ONE, ModelId, _delete),
    Route("PATCH", f"{_ONE}/tags", SetLoggedModelTags, _set_tags),
    Route("DELETE", _ONE + "/tags/{tag_key:path}", DeleteLoggedModelTag, _delete_tag),
    Route("POST", f"{_ONE}/params", LogParams, _log_params),
    Route("GET", f"{_ONE}/artifacts/directories", ListModelArtifacts, _list_artifacts),
)
