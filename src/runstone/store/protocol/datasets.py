"""Datasets over runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runstone.core.entities import DatasetRecord, DatasetSummary


class DatasetStore(Protocol):
    """Versions of data that runs used."""

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        """Return the datasets used in these experiments, each once a context."""

    def get_dataset(self, name: str, digest: str) -> DatasetRecord:
        """Return a dataset version.

        Raises:
            NotFound: No run logged it.
        """
