"""Datasets as they are recorded, and as inputs of runs."""

from __future__ import annotations

from msgspec import Struct

from runstone.core.entities.pairs import Pairs


class DatasetRecord(Pairs, frozen=True, kw_only=True):
    """A version of data: what the store keeps of it.

    Attributes:
        name: What people call it.
        digest: Digest of its content; equal content has an equal digest.
        source_type: Kind of source (``local``, ``huggingface``, ``code`` …).
        source: Where it came from, as JSON or plain text.
        schema: Column names and types, as JSON.
        profile: Row counts and summary statistics, as JSON.
    """

    name: str
    digest: str
    source_type: str = "local"
    source: str = ""
    schema: str | None = None
    profile: str | None = None


class InputTag(Struct, frozen=True):
    """A tag on the use of a dataset by a run."""

    key: str
    value: str


class DatasetInput(Pairs, frozen=True, kw_only=True):
    """A dataset used by a run, with the tags of that use (``mlflow.data.context`` says as what)."""

    dataset: DatasetRecord
    tags: tuple[InputTag, ...] = ()

    @property
    def context(self) -> str | None:
        """The role of this input: train, eval …"""
        return next((tag.value for tag in self.tags if tag.key == "mlflow.data.context"), None)

    def to_dictionary(self) -> dict[str, object]:
        """Return it as dicts, tags by key."""
        return {"dataset": dict(self.dataset), "tags": {tag.key: tag.value for tag in self.tags}}


class DatasetSummary(Struct, frozen=True, kw_only=True):
    """A dataset as a listing over experiments shows it."""

    experiment_id: str
    name: str
    digest: str
    context: str | None = None
