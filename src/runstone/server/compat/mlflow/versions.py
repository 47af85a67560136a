"""Versions of registered models."""

from __future__ import annotations

from runstone.core.entities import ModelVersion
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.wire import Empty, Message, Route, Tag, TagMessage, artifact_uri, dict_of, tags_of


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
    run_id: str
    run_link: str
    user_id: str = ""
    status_message: str = ""
    tags: tuple[TagMessage, ...] = ()
    aliases: tuple[str, ...] = ()
    model_id: str | None = None


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


class Search(Message, frozen=True):
    """Find registered models or versions."""

    filter: str = ""
    max_results: int | None = None
    order_by: tuple[str, ...] = ()
    page_token: str | None = None


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


def version_message(version: ModelVersion) -> VersionMessage:
    """Return a version as it travels."""
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
        run_id=version.run_id or "",
        run_link=version.run_link,
        status_message=version.status_message,
        tags=tags_of(version.tags),
        aliases=version.aliases,
        model_id=version.model_id,
    )


def version_answer(version: ModelVersion) -> VersionAnswer:
    """Return a version as an answer."""
    return VersionAnswer(model_version=version_message(version))


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
    return version_answer(made)


def _update_version(backend: Backend, request: UpdateVersion) -> VersionAnswer:
    return version_answer(
        backend.store.update_model_version(request.name, request.version, description=request.description)
    )


def _transition(backend: Backend, request: TransitionStage) -> VersionAnswer:
    moved = backend.store.transition_model_version_stage(
        request.name,
        request.version,
        request.stage,
        archive_existing_versions=request.archive_existing_versions,
    )
    return version_answer(moved)


def _delete_version(backend: Backend, request: Version) -> Empty:
    backend.store.delete_model_version(request.name, request.version)
    return Empty()


def _get_version(backend: Backend, request: Version) -> VersionAnswer:
    return version_answer(backend.store.get_model_version(request.name, request.version))


def _search_versions(backend: Backend, request: Search) -> VersionsAnswer:
    page = backend.store.search_model_versions(
        filter=request.filter,
        order_by=request.order_by,
        max_results=10_000 if request.max_results is None else request.max_results,
        page_token=request.page_token or None,
    )
    return VersionsAnswer(model_versions=tuple(map(version_message, page)), next_page_token=page.token)


def _download_uri(backend: Backend, request: Version) -> dict[str, str]:
    uri = backend.store.get_model_version_download_uri(request.name, request.version)
    return {"artifact_uri": artifact_uri(uri)}


def _set_version_tag(backend: Backend, request: SetVersionTag) -> Empty:
    backend.store.set_model_version_tag(request.name, request.version, request.key, request.value)
    return Empty()


def _delete_version_tag(backend: Backend, request: DeleteVersionTag) -> Empty:
    backend.store.delete_model_version_tag(request.name, request.version, request.key)
    return Empty()


_VERSIONS = "/2.0/mlflow/model-versions"

ROUTES = (
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
