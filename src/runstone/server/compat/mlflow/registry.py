"""Registered models and their aliases."""

from __future__ import annotations

import msgspec

from runstone.core.entities import RegisteredModel
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.versions import (
    Name,
    Search,
    VersionAnswer,
    VersionMessage,
    VersionsAnswer,
    version_answer,
    version_message,
)
from runstone.server.compat.mlflow.wire import Empty, Message, Route, Tag, TagMessage, dict_of, tags_of


class AliasMessage(Message, frozen=True):
    """An alias and the version that it points at."""

    alias: str
    version: str


class RegisteredModelMessage(Message, frozen=True):
    """A registered model."""

    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    description: str = ""
    latest_versions: tuple[VersionMessage, ...] = ()
    tags: tuple[TagMessage, ...] = ()
    aliases: tuple[AliasMessage, ...] = ()


class RegisteredModelAnswer(Message, frozen=True):
    """One registered model."""

    registered_model: RegisteredModelMessage


class RegisteredModelsAnswer(Message, frozen=True):
    """A page of registered models."""

    registered_models: tuple[RegisteredModelMessage, ...] = ()
    next_page_token: str | None = None


class CreateModel(Name, frozen=True, kw_only=True):
    """Make a registered model."""

    tags: tuple[Tag, ...] = ()
    description: str | None = None


class RenameModel(Name, frozen=True, kw_only=True):
    """Give a registered model another name."""

    new_name: str


class UpdateModel(Name, frozen=True, kw_only=True):
    """Describe a registered model."""

    description: str | None = None


class LatestVersions(Name, frozen=True, kw_only=True):
    """Ask for the highest version of each stage."""

    stages: tuple[str, ...] = ()


class SetModelTag(Name, frozen=True, kw_only=True):
    """Set a tag."""

    key: str
    value: str = ""


class DeleteModelTag(Name, frozen=True, kw_only=True):
    """Remove a tag."""

    key: str


class Alias(Name, frozen=True, kw_only=True):
    """Names an alias."""

    alias: str


class SetAlias(Alias, frozen=True, kw_only=True):
    """Point an alias at a version."""

    version: str


def _model_message(model: RegisteredModel) -> RegisteredModelMessage:
    return RegisteredModelMessage(
        name=model.name,
        creation_timestamp=model.creation_timestamp,
        last_updated_timestamp=model.last_updated_timestamp,
        description=model.description,
        # Without their aliases: these stand below, all together.
        latest_versions=tuple(
            msgspec.structs.replace(version_message(version), aliases=()) for version in model.latest_versions
        ),
        tags=tags_of(model.tags),
        aliases=tuple(AliasMessage(alias=alias, version=version) for alias, version in model.aliases.items()),
    )


def _model(model: RegisteredModel) -> RegisteredModelAnswer:
    return RegisteredModelAnswer(registered_model=_model_message(model))


def _create(backend: Backend, request: CreateModel) -> RegisteredModelAnswer:
    made = backend.store.create_registered_model(
        request.name, tags=dict_of(request.tags), description=request.description
    )
    return _model(made)


def _rename(backend: Backend, request: RenameModel) -> RegisteredModelAnswer:
    return _model(backend.store.rename_registered_model(request.name, request.new_name))


def _update(backend: Backend, request: UpdateModel) -> RegisteredModelAnswer:
    return _model(backend.store.update_registered_model(request.name, description=request.description))


def _delete(backend: Backend, request: Name) -> Empty:
    backend.store.delete_registered_model(request.name)
    return Empty()


def _get(backend: Backend, request: Name) -> RegisteredModelAnswer:
    return _model(backend.store.get_registered_model(request.name))


def _search(backend: Backend, request: Search) -> RegisteredModelsAnswer:
    page = backend.store.search_registered_models(
        filter=request.filter,
        order_by=request.order_by,
        max_results=100 if request.max_results is None else request.max_results,
        page_token=request.page_token or None,
    )
    return RegisteredModelsAnswer(registered_models=tuple(map(_model_message, page)), next_page_token=page.token)


def _latest_versions(backend: Backend, request: LatestVersions) -> VersionsAnswer:
    found = backend.store.get_latest_versions(request.name, request.stages)
    return VersionsAnswer(model_versions=tuple(map(version_message, found)))


def _set_tag(backend: Backend, request: SetModelTag) -> Empty:
    backend.store.set_registered_model_tag(request.name, request.key, request.value)
    return Empty()


def _delete_tag(backend: Backend, request: DeleteModelTag) -> Empty:
    backend.store.delete_registered_model_tag(request.name, request.key)
    return Empty()


def _set_alias(backend: Backend, request: SetAlias) -> Empty:
    backend.store.set_registered_model_alias(request.name, request.alias, request.version)
    return Empty()


def _delete_alias(backend: Backend, request: Alias) -> Empty:
    backend.store.delete_registered_model_alias(request.name, request.alias)
    return Empty()


def _get_by_alias(backend: Backend, request: Alias) -> VersionAnswer:
    return version_answer(backend.store.get_model_version_by_alias(request.name, request.alias))


_MODELS = "/2.0/mlflow/registered-models"

ROUTES = (
    Route("POST", f"{_MODELS}/create", CreateModel, _create),
    Route("POST", f"{_MODELS}/rename", RenameModel, _rename),
    Route("PATCH", f"{_MODELS}/update", UpdateModel, _update),
    Route("DELETE", f"{_MODELS}/delete", Name, _delete),
    Route("GET", f"{_MODELS}/get", Name, _get),
    Route("GET", f"{_MODELS}/search", Search, _search),
    Route("POST", f"{_MODELS}/get-latest-versions", LatestVersions, _latest_versions),
    Route("GET", f"{_MODELS}/get-latest-versions", LatestVersions, _latest_versions),
    Route("POST", f"{_MODELS}/set-tag", SetModelTag, _set_tag),
    Route("DELETE", f"{_MODELS}/delete-tag", DeleteModelTag, _delete_tag),
    Route("POST", f"{_MODELS}/alias", SetAlias, _set_alias),
    Route("DELETE", f"{_MODELS}/alias", Alias, _delete_alias),
    Route("GET", f"{_MODELS}/alias", Alias, _get_by_alias),
)
