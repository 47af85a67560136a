"""Registered models, their versions and aliases."""

from __future__ import annotations

import msgspec

from runstone.core.entities import ModelVersion, RegisteredModel
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.wire import Empty, Message, Pair, Route, Tag, artifact_uri, dict_of, tags_of


class AliasMessage(Message, frozen=True):
    """An alias and the version that it points at."""

    alias: str
    version: str


class VersionMessage(Message, frozen=True):
    """A version."""

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int
    current_stage: str
    source: str
    status: str
    description: str
    run_link: str
    user_id: str = ""
    run_id: str | None = None
    status_message: str = ""
    tags: tuple[Pair, ...] = ()
    aliases: tuple[str, ...] = ()
    model_id: str | None = None


class RegisteredModelMessage(Message, frozen=True):
    """A registered model."""

    name: str
    creation_timestamp: int
    last_updated_timestamp: int
    description: str = ""
    latest_versions: tuple[VersionMessage, ...] = ()
    tags: tuple[Pair, ...] = ()
    aliases: tuple[AliasMessage, ...] = ()


class RegisteredModelAnswer(Message, frozen=True):
    """One registered model."""

    registered_model: RegisteredModelMessage


class RegisteredModelsAnswer(Message, frozen=True):
    """A page of registered models."""

    registered_models: tuple[RegisteredModelMessage, ...] = ()
    next_page_token: str | None = None


class VersionAnswer(Message, frozen=True):
    """One version."""

    model_version: VersionMessage


class VersionsAnswer(Message, frozen=True):
    """A page of versions."""

    model_versions: tuple[VersionMessage, ...] = ()
    next_page_token: str | None = None


class Name(Message, frozen=True):
    """Names a registered model."""

    name: str


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


class Search(Message, frozen=True):
    """Find registered models or versions."""

    filter: str = ""
    max_results: int | None = None
    order_by: tuple[str, ...] = ()
    page_token: str | None = None


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


class CreateVersion(Name, frozen=True, kw_only=True):
    """Add a version."""

    source: str
    run_id: str | None = None
    tags: tuple[Tag, ...] = ()
    run_link: str | None = None
    description: str | None = None
    model_id: str | None = None


class Version(Name, frozen=True, kw_only=True):
    """Names a version."""

    version: str


class UpdateVersion(Version, frozen=True, kw_only=True):
    """Describe a version."""

    description: str | None = None


class TransitionStage(Version, frozen=True, kw_only=True):
    """Move a version to a stage."""

    stage: str
    archive_existing_versions: bool = False


class SetVersionTag(Version, frozen=True, kw_only=True):
    """Set a tag."""

    key: str
    value: str = ""


class DeleteVersionTag(Version, frozen=True, kw_only=True):
    """Remove a tag."""

    key: str


def _model_message(model: RegisteredModel) -> RegisteredModelMessage:
    return RegisteredModelMessage(
        name=model.name,
        creation_timestamp=model.creation_timestamp,
        last_updated_timestamp=model.last_updated_timestamp,
        description=model.description,
        # MLflow leaves their aliases to the model's own.
        latest_versions=tuple(
            msgspec.structs.replace(_version_message(one), aliases=()) for one in model.latest_versions
        ),
        tags=tags_of(model.tags),
        aliases=tuple(AliasMessage(alias=alias, version=version) for alias, version in model.aliases.items()),
    )


def _version_message(version: ModelVersion) -> VersionMessage:
    return VersionMessage(
        name=version.name,
        version=version.version,
        creation_timestamp=version.creation_timestamp,
        last_updated_timestamp=version.last_updated_timestamp,
        current_stage=version.current_stage,
        source=artifact_uri(version.source),
        status=version.status,
        user_id=version.user_id,
        description=version.description,
        run_id=version.run_id,
        run_link=version.run_link,
        status_message=version.status_message,
        tags=tags_of(version.tags),
        aliases=version.aliases,
        model_id=version.model_id,
    )


def _model(model: RegisteredModel) -> RegisteredModelAnswer:
    return RegisteredModelAnswer(registered_model=_model_message(model))


def _version(version: ModelVersion) -> VersionAnswer:
    return VersionAnswer(model_version=_version_message(version))


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
    return VersionsAnswer(model_versions=tuple(map(_version_message, found)))


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
    return _version(backend.store.get_model_version_by_alias(request.name, request.alias))


def _create_version(backend: Backend, request: CreateVersion) -> VersionAnswer:
    made = backend.store.create_model_version(
        request.name,
        request.source,
        run_id=request.run_id or None,
        run_link=request.run_link,
        tags=dict_of(request.tags),
        description=request.description,
        model_id=request.model_id or None,
    )
    return _version(made)


def _update_version(backend: Backend, request: UpdateVersion) -> VersionAnswer:
    return _version(backend.store.update_model_version(request.name, request.version, description=request.description))


def _transition(backend: Backend, request: TransitionStage) -> VersionAnswer:
    moved = backend.store.transition_model_version_stage(
        request.name,
        request.version,
        request.stage,
        archive_existing_versions=request.archive_existing_versions,
    )
    return _version(moved)


def _delete_version(backend: Backend, request: Version) -> Empty:
    backend.store.delete_model_version(request.name, request.version)
    return Empty()


def _get_version(backend: Backend, request: Version) -> VersionAnswer:
    return _version(backend.store.get_model_version(request.name, request.version))


def _search_versions(backend: Backend, request: Search) -> VersionsAnswer:
    page = backend.store.search_model_versions(
        filter=request.filter,
        order_by=request.order_by,
        max_results=10_000 if request.max_results is None else request.max_results,
        page_token=request.page_token or None,
    )
    return VersionsAnswer(model_versions=tuple(map(_version_message, page)), next_page_token=page.token)


def _download_uri(backend: Backend, request: Version) -> dict[str, str]:
    uri = backend.store.get_model_version_download_uri(request.name, request.version)
    return {"artifact_uri": artifact_uri(uri)}


def _set_version_tag(backend: Backend, request: SetVersionTag) -> Empty:
    backend.store.set_model_version_tag(request.name, request.version, request.key, request.value)
    return Empty()


def _delete_version_tag(backend: Backend, request: DeleteVersionTag) -> Empty:
    backend.store.delete_model_version_tag(request.name, request.version, request.key)
    return Empty()


_MODELS = "/2.0/mlflow/registered-models"
_VERSIONS = "/2.0/mlflow/model-versions"

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
    Route("POST", f"{_VERSIONS}/create", CreateVersion, _create_version),
    Route("PATCH", f"{_VERSIONS}/update", UpdateVersion, _update_version),
    Route("POST", f"{_VERSIONS}/transition-stage", TransitionStage, _transition),
    Route("DELETE", f"{_VERSIONS}/delete", Version, _delete_version),
    Route("GET", f"{_VERSIONS}/get", Version, _get_version),
    Route("GET", f"{_VERSIONS}/search", Search, _search_versions),
    Route("GET", f"{_VERSIONS}/get-download-uri", Version, _download_uri),
    Route("POST", f"{_VERSIONS}/set-tag", SetVersionTag, _set_version_tag),
    Route("DELETE", f"{_VERSIONS}/delete-tag", DeleteVersionTag, _delete_version_tag),
)
