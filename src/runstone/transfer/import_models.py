"""Logged models from an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from runstone.blobs.protocol import BlobStore
from runstone.core import limits
from runstone.core.entities import ArtifactEntry, LoggedModel, Metric
from runstone.core.errors import InvalidState, NotFound
from runstone.store.protocol import Store
from runstone.transfer.layout import MODEL_FILES, ModelArtifactRow, ModelMetricRow, ModelRow
from runstone.transfer.source import Source

_TO_DELETE = "runstone.import.to_delete"
"""Tag of a model that is active only until all of the import that made it is there."""


class ModelImport:
    """Takes the logged models of an export into a store.

    Attributes:
        taken: How many were made.
    """

    def __init__(
        self, store: Store, blobs: BlobStore, source: Source, experiment_ids: Mapping[str, str], notes: list[str]
    ) -> None:
        self.taken = self.artifacts = self.artifact_bytes = 0
        self._store = store
        self._blobs = blobs
        self._source = source
        self._experiment_ids = experiment_ids
        self._notes = notes
        self._to_delete: list[str] = []

    def take_all(self) -> None:
        """Bring in every model.

        Raises:
            InvalidArgument: Something of a model cannot be; the message names the file.
        """
        metrics = self._source.grouped(ModelMetricRow, "model_id")
        artifacts = self._source.grouped(ModelArtifactRow, "model_id")
        for row in self._source.rows(ModelRow):
            rows, files = list(metrics.take(row.model_id)), list(artifacts.take(row.model_id))
            with self._source.naming(ModelRow):
                self._take(row, rows, files)
        metrics.finish()
        artifacts.finish()

    def finish(self) -> None:
        """Mark deleted what was made and is so in the export; what was there before stays."""
        for model_id in self._to_delete:
            self._store.delete_logged_model_tag(model_id, _TO_DELETE)
            self._store.delete_logged_model(model_id)

    def _take(self, row: ModelRow, metrics: list[ModelMetricRow], artifacts: list[ModelArtifactRow]) -> None:
        model = self._ensure(row)
        if model is not None:
            if row.lifecycle_stage == "deleted" and model.tags.get(_TO_DELETE) == self._source.writer_id:
                self._to_delete.append(row.model_id)
            self._put_metrics(model, metrics)
            self._put_artifacts(model, artifacts)
            if model.status == "PENDING" and row.status != "PENDING":
                self._store.finalize_logged_model(row.model_id, row.status)

    def _ensure(self, row: ModelRow) -> LoggedModel | None:
        """Return the model in the store, made if absent; None if it is deleted or cannot be there."""
        try:
            there = self._store.get_logged_model(row.model_id, allow_deleted=True)
            return there if there.lifecycle_stage == "active" else None
        except NotFound:
            pass
        experiment_id = self._experiment_ids.get(row.experiment_id)
        if experiment_id is None:
            self._notes.append(f"logged model {row.model_id} was left out: its experiment is deleted in this store")
            return None
        if row.status_message:
            self._notes.append(f"the status message of logged model {row.model_id} was not kept")
        self.taken += 1
        marks = {_TO_DELETE: self._source.writer_id} if row.lifecycle_stage == "deleted" else {}
        return self._store.create_logged_model(
            experiment_id,
            name=row.name,
            model_id=row.model_id,
            model_type=row.model_type,
            source_run_id=row.source_run_id,
            params=row.params,
            tags={**row.tags, **marks},
            creation_time=row.creation_time_ms,
        )

    def _put_metrics(self, model: LoggedModel, rows: list[ModelMetricRow]) -> None:
        there = {
            (metric.run_id, metric.key, metric.timestamp, metric.step, metric.dataset_name, metric.dataset_digest)
            for metric in model.metrics
        }
        by_run: dict[str, list[Metric]] = defaultdict(list)
        for row in rows:
            point = (row.run_id, row.key, row.timestamp_ms, row.step, row.dataset_name, row.dataset_digest)
            if point in there:
                continue
            by_run[row.run_id or ""].append(
                Metric(
                    key=row.key,
                    value=row.value,
                    timestamp=row.timestamp_ms,
                    step=row.step,
                    model_id=row.model_id,
                    dataset_name=row.dataset_name,
                    dataset_digest=row.dataset_digest,
                )
            )
        for run_id, metrics in by_run.items():
            try:
                if not run_id:
                    raise NotFound("they are of no run")
                for start in range(0, len(metrics), limits.MAX_METRICS_PER_BATCH):
                    self._store.log_batch(run_id, metrics=metrics[start : start + limits.MAX_METRICS_PER_BATCH])
            except (NotFound, InvalidState) as error:
                self._notes.append(f"{len(metrics)} metrics of logged model {model.model_id} were left out: {error}")

    def _put_artifacts(self, model: LoggedModel, rows: list[ModelArtifactRow]) -> None:
        there = {entry.path for entry in self._store.iter_artifacts(model.model_id)} if rows else set()
        entries = []
        for row in rows:
            if row.path not in there:
                self._source.put_blob(self._blobs, MODEL_FILES, row.model_id, row)
                self.artifact_bytes += row.size_bytes
                entries.append(
                    ArtifactEntry(
                        path=row.path, digest=row.digest, size_bytes=row.size_bytes, created_ms=row.created_ms
                    )
                )
        if entries:
            self._store.put_artifacts(model.model_id, entries)
        self.artifacts += len(entries)
