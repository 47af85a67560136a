"""Taking an export back in, once, however often it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from runstone.core.entities import Experiment
from runstone.store.model_uris import local_path
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Progress
from runstone.tracking.session import Session
from runstone.transfer.experiment_ids import make_experiment
from runstone.transfer.import_models import ModelImport
from runstone.transfer.import_registry import import_registry
from runstone.transfer.import_runs import RunImport
from runstone.transfer.layout import ExperimentRow
from runstone.transfer.parquet import require_pyarrow, require_text
from runstone.transfer.source import Source

_TO_DELETE = "runstone.import.to_delete"
"""Tag of an experiment that is active only until all of the import that made it is there."""


class ImportReport(Struct, frozen=True, kw_only=True):
    """What an import brought.

    Attributes:
        experiments: How many were made.
        runs: How many runs came, or were completed; ``runs_there`` had come with this export before, and
            ``runs_skipped`` were in the store from elsewhere and were left as they are.
        notes: What could not be kept, in words.
    """

    source: str
    experiments: int = 0
    runs: int = 0
    runs_there: int = 0
    runs_skipped: int = 0
    points: int = 0
    artifacts: int = 0
    artifact_bytes: int = 0
    logged_models: int = 0
    model_versions: int = 0
    notes: tuple[str, ...] = ()


def import_store(session: Session, source: str | os.PathLike[str], *, progress: Progress | None = None) -> ImportReport:
    """Bring what an export holds into the store.

    Runs and logged models keep their ids, experiments and registered models their names.  What is in the store
    already is left as it is, so that a repeat changes nothing, and one after an interruption completes what is missing.

    Args:
        source: A folder that ``export_store`` wrote.
        progress: Called with what is being read.

    Raises:
        NotFound: There is no such folder.
        InvalidArgument: It is no export, or something in it is missing, changed or cannot be; the message names it.
            What came before that is in the store.
        MissingExtra: pyarrow is not installed.
        StorageFull, PermissionDenied, Unavailable.
    """
    require_pyarrow("Importing Parquet")
    folder = Path(source).expanduser().absolute()
    require_text(folder)
    found = Source(folder)
    found.check(progress)
    store = session.store
    notes: list[str] = []
    experiments = _Experiments(store, found.writer_id, notes)
    for row in found.rows(ExperimentRow):
        with found.naming(ExperimentRow):
            experiments.ensure(row)

    runs = RunImport(store, session.blobs, found, experiments.ids, notes)
    runs.take_all(progress)
    models = ModelImport(store, session.blobs, found, experiments.ids, notes)
    models.take_all()
    versions = import_registry(store, found, notes)
    models.finish()
    runs.finish()
    experiments.finish()
    return ImportReport(
        source=str(found.folder),
        experiments=experiments.made,
        runs=runs.taken,
        runs_there=runs.there,
        runs_skipped=runs.skipped,
        points=runs.points,
        artifacts=runs.artifacts + models.artifacts,
        artifact_bytes=runs.artifact_bytes + models.artifact_bytes,
        logged_models=models.taken,
        model_versions=versions,
        notes=tuple(dict.fromkeys(notes)),
    )


class _Experiments:
    """The experiments of an export, found by name or made.

    Attributes:
        ids: The id in the store by that in the export; those that are deleted in the store are left out.
    """

    def __init__(self, store: Store, writer_id: str, notes: list[str]) -> None:
        self.ids: dict[str, str] = {}
        self.made = 0
        self._store = store
        self._writer_id = writer_id
        self._notes = notes
        self._to_delete: list[str] = []

    def ensure(self, row: ExperimentRow) -> None:
        """Find the experiment of a row or make it."""
        there = self._store.find_experiment(row.name) or self._make(row)
        if there.lifecycle_stage == "deleted":
            if row.lifecycle_stage == "active":
                self._notes.append(f"experiment {row.name!r} is deleted in this store, so new runs of it were left out")
            return
        self._complete_tags(there, row.tags)
        self.ids[row.experiment_id] = there.experiment_id
        if row.lifecycle_stage == "active":
            return
        if there.tags.get(_TO_DELETE) == self._writer_id:
            self._to_delete.append(there.experiment_id)
        else:
            self._notes.append(f"experiment {row.name!r} is deleted in the export and was left active in this store")

    def finish(self) -> None:
        """Mark deleted what was made and is so in the export; what was there before stays."""
        for experiment_id in self._to_delete:
            self._store.delete_experiment_tag(experiment_id, _TO_DELETE)
            self._store.delete_experiment(experiment_id)

    def _make(self, row: ExperimentRow) -> Experiment:
        marks = {_TO_DELETE: self._writer_id} if row.lifecycle_stage == "deleted" else {}
        self.made += 1
        return make_experiment(
            self._store,
            self._notes,
            row.experiment_id,
            row.name,
            artifact_location=self._location(row),
            tags={**row.tags, **marks},
            creation_time=row.creation_time_ms,
        )

    def _complete_tags(self, there: Experiment, tags: Mapping[str, str]) -> None:
        missing = {key: value for key, value in tags.items() if key not in there.tags}
        if missing:
            self._store.set_experiment_tags(there.experiment_id, missing)

    def _location(self, row: ExperimentRow) -> str | None:
        """Return where the user keeps the files; None for where the store does by itself."""
        location = row.artifact_location
        if location in ("", f"runstone-artifacts:/{row.experiment_id}"):
            return None
        if local_path(location) is not None:
            self._notes.append(
                f"the artifact location {location!r} of experiment {row.name!r} was not kept: it is local"
            )
            return None
        return location
