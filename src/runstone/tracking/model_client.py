"""The half of Client that speaks of models: logged ones and the registry."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runstone.core.clock import now_ms
from runstone.core.entities import (
    ArtifactEntry,
    FileInfo,
    LoggedModel,
    ModelVersion,
    RegisteredModel,
)
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.page import Page
from runstone.core.paths import check_artifact_path, walk_files
from runstone.tracking.capture.source import user

if TYPE_CHECKING:
    from runstone.store.protocol import Store
    from runstone.tracking.session import Session


class ModelClient:
    """Logged models and the registry, by explicit ids and names."""

    _session: Session

    @property
    def _models(self) -> Store:
        return self._session.store

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        """Make a logged model in state PENDING.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        return self._models.create_logged_model(
            experiment_id,
            name=name,
            model_type=model_type,
            source_run_id=source_run_id,
            params=params,
            tags=tags,
        )

    def finalize_logged_model(self, model_id: str, status: str) -> LoggedModel:
        """Set a logged model's state to READY or FAILED.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.finalize_logged_model(model_id, status)  # type: ignore[arg-type]  # the store checks it

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """Return a logged model.

        Raises:
            NotFound.
        """
        return self._models.get_logged_model(model_id)

    def delete_logged_model(self, model_id: str) -> None:
        """Mark a logged model deleted.

        Raises:
            NotFound.
        """
        self._models.delete_logged_model(model_id)

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, Any]) -> None:
        """Set tags on a logged model.

        Raises:
            NotFound, InvalidArgument.
        """
        self._models.set_logged_model_tags(model_id, {key: str(value) for key, value in tags.items()})

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag from a logged model.

        Raises:
            NotFound.
        """
        self._models.delete_logged_model_tag(model_id, key)

    def log_model_params(self, model_id: str, params: Mapping[str, Any]) -> None:
        """Add params to a logged model.

        Raises:
            NotFound, ImmutableParam, InvalidArgument.
        """
        self._models.log_logged_model_params(model_id, {key: str(value) for key, value in params.items()})

    def log_model_artifact(
        self, model_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None
    ) -> None:
        """Record a local file in a folder of a logged model's artifacts.

        Raises:
            NotFound, InvalidArgument.
        """
        path = Path(local_path)
        if not path.is_file():
            raise NotFound(f"there is no file {path}")
        target = check_artifact_path(f"{artifact_path}/{path.name}" if artifact_path else path.name)
        self._put_model_files(model_id, [(path, target)])

    def log_model_artifacts(
        self, model_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None
    ) -> None:
        """Record everything below a local folder in a folder of a logged model's artifacts.

        Raises:
            NotFound, InvalidArgument.
        """
        prefix = f"{artifact_path}/" if artifact_path else ""
        found = [(path, check_artifact_path(prefix + relative)) for path, relative in walk_files(Path(local_dir))]
        self._put_model_files(model_id, found)

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """Return the direct children of a folder of a logged model's artifacts.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.list_artifacts(model_id, path or "")

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[Mapping[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: Sequence[Mapping[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> Page[LoggedModel]:
        """Return a page of logged models.

        Args:
            datasets: Dicts of ``dataset_name`` and perhaps ``dataset_digest`` that narrow metric conditions.
            order_by: Dicts of ``field_name``, and perhaps ``ascending``, ``dataset_name``, ``dataset_digest``.

        Raises:
            InvalidArgument.
        """
        from runstone.store.protocol.models import LoggedModelOrder

        try:
            scopes = [(dataset["dataset_name"], dataset.get("dataset_digest")) for dataset in datasets or ()]
            orders = [LoggedModelOrder(**order) for order in order_by or ()]
        except (KeyError, TypeError) as error:
            raise InvalidArgument(f"datasets need 'dataset_name' and order_by needs 'field_name': {error}") from error
        return self._models.search_logged_models(
            experiment_ids,
            filter=filter_string or "",
            datasets=scopes,
            order_by=orders,
            max_results=max_results or 100,
            page_token=page_token,
        )

    def create_registered_model(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Make a name for versions of a model.

        Args:
            deployment_job_id: Accepted for MLflow's sake and ignored.

        Raises:
            InvalidArgument, AlreadyExists.
        """
        return self._models.create_registered_model(name, tags=_texts(tags), description=description)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give a registered model another name.

        Raises:
            NotFound, AlreadyExists, InvalidArgument.
        """
        return self._models.rename_registered_model(name, new_name)

    def update_registered_model(
        self, name: str, description: str | None = None, deployment_job_id: str | None = None
    ) -> RegisteredModel:
        """Set a registered model's description.

        Args:
            deployment_job_id: Accepted for MLflow's sake and ignored.

        Raises:
            NotFound.
        """
        return self._models.update_registered_model(name, description=description)

    def delete_registered_model(self, name: str) -> None:
        """Remove a registered model with all its versions.

        Raises:
            NotFound.
        """
        self._models.delete_registered_model(name)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """Return a registered model.

        Raises:
            NotFound.
        """
        return self._models.get_registered_model(name)

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        """Return a page of registered models.

        Raises:
            InvalidArgument.
        """
        return self._models.search_registered_models(
            filter=filter_string or "",
            order_by=order_by or (),
            max_results=max_results,
            page_token=page_token,
        )

    def get_latest_versions(self, name: str, stages: Sequence[str] | None = None) -> list[ModelVersion]:
        """Return the highest version of each stage.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.get_latest_versions(name, stages or ())

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        """Set a tag on a registered model.

        Raises:
            NotFound, InvalidArgument.
        """
        self._models.set_registered_model_tag(name, key, str(value))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a tag from a registered model.

        Raises:
            NotFound.
        """
        self._models.delete_registered_model_tag(name, key)

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Point an alias at a version.

        Raises:
            NotFound, InvalidArgument.
        """
        self._models.set_registered_model_alias(name, alias, str(version), user_id=user())

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias.

        Raises:
            NotFound.
        """
        self._models.delete_registered_model_alias(name, alias, user_id=user())

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Return the version an alias points at.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.get_model_version_by_alias(name, alias)

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = 300,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Add the next version of a registered model.

        Args:
            await_creation_for: Accepted for MLflow's sake; a version is ready at once.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.create_model_version(
            name,
            source,
            run_id=run_id,
            run_link=run_link,
            tags=_texts(tags),
            description=description,
            model_id=model_id,
        )

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """Add a version to another registered model that has the same source as ``models:/<name>/<version>``.

        Raises:
            NotFound, InvalidArgument.
        """
        name, _, version = src_model_uri.removeprefix("models:/").rpartition("/")
        if not src_model_uri.startswith("models:/") or not name:
            raise InvalidArgument(f"Unsupported source model URI: {src_model_uri!r}; expected models:/<name>/<version>")
        original = self._models.get_model_version(name, version)
        self.ensure_registered_model(dst_name)
        return self._models.create_model_version(
            dst_name,
            f"models:/{name}/{version}",
            run_id=original.run_id,
            run_link=original.run_link,
            tags=original.tags,
            description=original.description,
            model_id=original.model_id,
        )

    def ensure_registered_model(self, name: str) -> RegisteredModel:
        """Return a registered model, making it if there is none.

        Raises:
            InvalidArgument.
        """
        try:
            return self._models.get_registered_model(name)
        except NotFound:
            return self._models.create_registered_model(name)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """Return a version.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.get_model_version(name, str(version))

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Return where a version's files are.

        Raises:
            NotFound.
        """
        return self._models.get_model_version_download_uri(name, str(version))

    def get_model_version_stages(self, name: str, version: str) -> list[str]:
        """Return the stages there are, for old programs."""
        return ["None", "Staging", "Production", "Archived"]

    def update_model_version(self, name: str, version: str, description: str | None = None) -> ModelVersion:
        """Set a version's description.

        Raises:
            NotFound.
        """
        return self._models.update_model_version(name, str(version), description=description)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage, for old programs; aliases do this better.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._models.transition_model_version_stage(
            name, str(version), stage, archive_existing_versions=archive_existing_versions
        )

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version.

        Raises:
            NotFound.
        """
        self._models.delete_model_version(name, str(version))

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10_000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        """Return a page of versions.

        Raises:
            InvalidArgument.
        """
        return self._models.search_model_versions(
            filter=filter_string or "",
            order_by=order_by or (),
            max_results=max_results,
            page_token=page_token,
        )

    def set_model_version_tag(
        self,
        name: str,
        version: str | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None:
        """Set a tag on a version, or on the highest one of a stage.

        Raises:
            NotFound, InvalidArgument.
        """
        self._models.set_model_version_tag(name, self._version(name, version, stage), key or "", str(value))

    def delete_model_version_tag(
        self, name: str, version: str | None = None, key: str | None = None, stage: str | None = None
    ) -> None:
        """Remove a tag from a version, or from the highest one of a stage.

        Raises:
            NotFound, InvalidArgument.
        """
        self._models.delete_model_version_tag(name, self._version(name, version, stage), key or "")

    def _version(self, name: str, version: str | None, stage: str | None) -> str:
        if (version is None) == (stage is None):
            raise InvalidArgument("give either version or stage, and not both", field="version")
        if version is not None:
            return str(version)
        latest = self._models.get_latest_versions(name, [stage or ""])
        if not latest:
            raise NotFound(f"Could not find any model version for {stage} stage")
        return latest[0].version

    def _put_model_files(self, model_id: str, files: Sequence[tuple[Path, str]]) -> None:
        stored = self._session.blobs.put_files([path for path, _ in files])
        entries = [
            ArtifactEntry(path=target, digest=blob.digest, size_bytes=blob.size_bytes, created_ms=now_ms())
            for (_, target), blob in zip(files, stored, strict=True)
        ]
        self._models.put_artifacts(model_id, entries)


def _texts(tags: Mapping[str, Any] | None) -> dict[str, str] | None:
    return None if tags is None else {key: str(value) for key, value in tags.items()}
