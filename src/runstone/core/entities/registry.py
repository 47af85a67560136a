"""The registry: names for models, their numbered versions, movable aliases."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from runstone.core.entities.pairs import Pairs

ModelVersionStatus = Literal["PENDING_REGISTRATION", "FAILED_REGISTRATION", "READY"]


class RegisteredModelTag(Struct, frozen=True):
    """A mutable text on a registered model."""

    key: str
    value: str


class ModelVersionTag(Struct, frozen=True):
    """A mutable text on a model version."""

    key: str
    value: str


class RegisteredModelAlias(Struct, frozen=True):
    """A movable pointer to one version."""

    alias: str
    version: str


class ModelVersion(Pairs, frozen=True, kw_only=True):
    """One numbered version of a registered model.

    Attributes:
        version: A positive decimal number as text; never given twice under one name.
        registry_stage: Stage, for old clients only; ``current_stage`` is the same under MLflow's name.
        creation_timestamp: Unix milliseconds, as is ``last_updated_timestamp``.
    """

    name: str
    version: str
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0
    description: str = ""
    user_id: str = ""
    registry_stage: str = "None"
    source: str = ""
    storage_location: str | None = None
    run_id: str | None = None
    run_link: str = ""
    model_id: str | None = None
    status: ModelVersionStatus = "READY"
    status_message: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @property
    def current_stage(self) -> str:
        """The stage under MLflow's name."""
        return self.registry_stage


class RegisteredModel(Pairs, frozen=True, kw_only=True):
    """A name under which versions of a model are kept.

    Attributes:
        latest_versions: The highest version of each stage.
        aliases: Version by alias.
    """

    name: str
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    latest_versions: tuple[ModelVersion, ...] = ()


class AliasMove(Struct, frozen=True, kw_only=True):
    """An alias that was pointed at a version.

    Attributes:
        version: None where the alias was removed, or the version that it pointed at.
        user_id: Who did it, where that is known.
    """

    alias: str
    version: str | None
    moved_ms: int
    user_id: str = ""
