"""The model registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from runstone.core.entities import AliasMove, ModelVersion, RegisteredModel
from runstone.core.page import Page


class RegistryStore(Protocol):
    """Registered models, their versions and aliases."""

    def create_registered_model(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        creation_time: int | None = None,
    ) -> RegisteredModel:
        """Make a name for versions.

        Args:
            creation_time: When it was made elsewhere, Unix milliseconds; now if None.

        Raises:
            InvalidArgument, AlreadyExists.
        """

    def get_registered_model(self, name: str) -> RegisteredModel:
        """Return one model with its aliases and the highest version of each stage.

        Raises:
            NotFound: No model has this name.
        """

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give a model another name; versions, tags and aliases follow.

        Raises:
            NotFound, AlreadyExists, InvalidArgument.
        """

    def update_registered_model(self, name: str, *, description: str | None) -> RegisteredModel:
        """Set the description.

        Raises:
            NotFound.
        """

    def delete_registered_model(self, name: str) -> None:
        """Remove a model with all its versions, tags and aliases.

        Raises:
            NotFound.
        """

    def search_registered_models(
        self,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        """Return a page of models, by name unless told otherwise.

        Raises:
            InvalidArgument.
        """

    def get_latest_versions(self, name: str, stages: Sequence[str] = ()) -> list[ModelVersion]:
        """Return the highest version of each stage.

        Raises:
            NotFound, InvalidArgument.
        """

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        """Set a tag on a model.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a tag from a model; an absent one is no error.

        Raises:
            NotFound: No model has this name.
        """

    def set_registered_model_alias(self, name: str, alias: str, version: str, *, user_id: str = "") -> None:
        """Point an alias at a version, moving it if it pointed elsewhere.

        Args:
            user_id: Who does it; a server whose users log in says it itself.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_registered_model_alias(self, name: str, alias: str, *, user_id: str = "") -> None:
        """Remove an alias; an absent one is no error.

        Args:
            user_id: Who does it; a server whose users log in says it itself.

        Raises:
            NotFound: No model has this name.
        """

    def list_alias_moves(self, name: str, *, max_results: int = 100) -> list[AliasMove]:
        """Return where a model's aliases were pointed, the newest first.

        Raises:
            NotFound: No model has this name.
        """

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Return the version an alias points at; ``latest`` is the highest one.

        Raises:
            NotFound: No model has this name.
            InvalidArgument: The model has no such alias (MLflow's choice).
        """

    def create_model_version(
        self,
        name: str,
        source: str,
        *,
        run_id: str | None = None,
        run_link: str | None = None,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        model_id: str | None = None,
        user_id: str = "",
        creation_time: int | None = None,
    ) -> ModelVersion:
        """Add the next version; numbers of deleted versions are not given again.

        Args:
            creation_time: When it was made elsewhere, Unix milliseconds; now if None.

        Raises:
            NotFound, InvalidArgument.
        """

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """Return one version with its aliases.

        Raises:
            NotFound, InvalidArgument.
        """

    def update_model_version(self, name: str, version: str, *, description: str | None) -> ModelVersion:
        """Set the description.

        Raises:
            NotFound.
        """

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, *, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage, for old clients.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version, its tags and the aliases that point at it; its number stays taken.

        Raises:
            NotFound.
        """

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Return where the version's files are.

        Raises:
            NotFound.
        """

    def search_model_versions(
        self,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        max_results: int = 10_000,
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        """Return a page of versions, last changed first unless told otherwise.

        Raises:
            InvalidArgument.
        """

    def set_model_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Set a tag on a version.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """Remove a tag from a version; an absent one is no error.

        Raises:
            NotFound: No such version.
        """
