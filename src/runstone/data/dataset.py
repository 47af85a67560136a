"""A version of data, as a program holds it before it is logged to a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from runstone.core import limits
from runstone.core.entities import DatasetRecord
from runstone.data.schema import Column, fit_json, schema_json
from runstone.data.source import DatasetSource


class Dataset:
    """A version of data: its digest, source, schema and profile.  Made by the ``from_…`` functions.

    Attributes:
        name: What people call it.
        digest: Tells versions apart: the same for the same rows in any order.
        source: Where it came from.
        schema: Its columns, or arrays.
        row_count: How many rows it has; None if it is no table.
        df: The data as it was given; of a path the table as pyarrow reads it, or None.
        targets: Name of the target column, or the target arrays.
        predictions: Name of the column of predictions.
    """

    def __init__(
        self,
        *,
        name: str,
        digest: str,
        source: DatasetSource,
        schema: tuple[Column, ...],
        row_count: int | None,
        profiler: Callable[[], Mapping[str, Any]],
        df: Any = None,
        features: Callable[[], Any] = lambda: None,
        targets: Any = None,
        predictions: str | None = None,
    ) -> None:
        self.name = name
        self.digest = digest
        self.source = source
        self.schema = schema
        self.row_count = row_count
        self.df = df
        self.targets = targets
        self.predictions = predictions
        self._profiler = profiler
        self._features = features

    @property
    def source_type(self) -> str:
        """The kind of source: ``local``, ``http``, ``code``, ``hugging_face`` …"""
        return self.source.source_type

    @property
    def features(self) -> Any:
        """The data without targets and predictions."""
        return self._features()

    @cached_property
    def profile(self) -> dict[str, Any]:
        """Counts, and a summary of each column under ``columns``; worked out when first asked for."""
        return dict(self._profiler())

    def to_record(self) -> DatasetRecord:
        """Return what a store keeps of it."""
        return DatasetRecord(
            name=self.name,
            digest=self.digest,
            source_type=self.source_type,
            source=self.source.to_json(),
            schema=schema_json(self.schema, limits.MAX_DATASET_SCHEMA_LENGTH),
            profile=self._profile_json(),
        )

    def to_dict(self) -> dict[str, str | None]:
        """Return the same as a dict of texts, as MLflow does."""
        record = self.to_record()
        return {field: getattr(record, field) for field in record.__struct_fields__}

    def _profile_json(self) -> str:
        profile = self.profile
        columns = profile.get("columns", [])

        def shortened(count: int) -> dict[str, Any]:
            return profile if count == len(columns) else {**profile, "columns": columns[:count], "is_cut": True}

        return fit_json(shortened, len(columns), limits.MAX_DATASET_PROFILE_LENGTH)

    def __repr__(self) -> str:
        rows = "" if self.row_count is None else f", {self.row_count:,} rows"
        return f"Dataset({self.name!r}, {self.digest!r}{rows})"
