"""Runs from an export: each is replayed as a journal, so that the store takes every part of it exactly once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from runstone.blobs.protocol import BlobStore
from runstone.core.entities import (
    DatasetInput,
    DatasetRecord,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    NewRun,
    ParamValue,
    Run,
)
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.events import (
    ArtifactLogged,
    ConsoleWritten,
    Event,
    InputLogged,
    KeyDefined,
    ParamLogged,
    RunStarted,
    SeriesLogged,
    StatusChanged,
    TagSet,
)
from runstone.store import rules
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Progress
from runstone.transfer.layout import (
    RUN_FILES,
    ArtifactRow,
    ConsoleRow,
    DatasetRow,
    InputRow,
    ParamRow,
    RunModelRow,
    RunRow,
    TagRow,
)
from runstone.transfer.replay import Outbox, Replay, events_taken
from runstone.transfer.source import Source

_INPUTS_AT_ONCE = 500


class RunImport:
    """Takes the runs of an export into a store.

    Attributes:
        taken: Runs that came or were completed, ``there`` those that had come before, ``skipped`` those that the
            store has from elsewhere.
    """

    def __init__(
        self, store: Store, blobs: BlobStore, source: Source, experiment_ids: Mapping[str, str], notes: list[str]
    ) -> None:
        self.taken = self.there = self.skipped = 0
        self.points = self.artifacts = self.artifact_bytes = 0
        self._store = store
        self._blobs = blobs
        self._source = source
        self._experiment_ids = experiment_ids
        self._notes = notes
        self._outbox = Outbox(store, notes)
        self._params = source.grouped(ParamRow)
        self._tags = source.grouped(TagRow)
        self._inputs = source.grouped(InputRow)
        self._models = source.grouped(RunModelRow)
        self._console = source.grouped(ConsoleRow)
        self._artifacts = source.grouped(ArtifactRow)
        self._series = source.points()
        self._datasets = {(row.experiment_id, row.name, row.digest): row for row in source.rows(DatasetRow)}
        self._seen: set[str] = set()
        self._deleted: list[str] = []
        self._linked: list[tuple[str, list[RunModelRow]]] = []

    def take_all(self, progress: Progress | None) -> None:
        """Bring in every run.

        Raises:
            InvalidArgument: Something of a run cannot be; the message names the file.
        """
        total = self._source.count(RunRow)
        for done, row in enumerate(self._source.rows(RunRow), 1):
            with self._source.naming(RunRow):
                self._take(row)
            if progress is not None:
                progress("runs", done, total)
        with self._source.naming(RunRow):
            self._outbox.flush()
        for table in (self._params, self._tags, self._inputs, self._models, self._console, self._artifacts):
            table.finish()
        self._series.finish()

    def finish(self) -> None:
        """Record which models the runs used and made, and mark deleted the runs that are so in the export."""
        for run_id, rows in self._linked:
            self._link(run_id, rows)
        for run_id in self._deleted:
            self._store.delete_run(run_id)

    def _take(self, row: RunRow) -> None:
        if row.run_id in self._seen:
            raise InvalidArgument(f"run {row.run_id} is listed twice", field="source")
        self._seen.add(row.run_id)
        there = self._find(row.run_id)
        taken = 0 if there is None else events_taken(self._store, row.run_id, self._source.writer_id)
        experiment_id = self._experiment_ids.get(row.experiment_id) if there is None else there.info.experiment_id
        if experiment_id is None:
            self._notes.append(f"run {row.run_id} was left out: its experiment is deleted in this store")
        if experiment_id is None or (there is not None and not taken):
            self.skipped += there is not None
            self._pass_over(row.run_id)
            return
        replay = Replay(self._outbox, row.run_id, self._source.writer_id, taken)
        points, artifacts = self.points, self.artifacts
        for event in self._events(row, experiment_id, replay):
            replay.add(event)
        if replay.finish():
            self.taken += 1
        else:
            self.there += 1
            self.points, self.artifacts = points, artifacts
        linked = list(self._models.take(row.run_id))
        if linked:
            self._linked.append((row.run_id, linked))
        if row.lifecycle_stage == "deleted":
            self._deleted.append(row.run_id)

    def _find(self, run_id: str) -> Run | None:
        try:
            return self._store.get_run(run_id)
        except NotFound:
            return None

    def _pass_over(self, run_id: str) -> None:
        for rows in (
            self._params.take(run_id),
            self._tags.take(run_id),
            self._inputs.take(run_id),
            self._models.take(run_id),
            self._console.take(run_id),
            self._artifacts.take(run_id),
            self._series.take(run_id),
        ):
            for _ in rows:
                pass

    def _events(self, row: RunRow, experiment_id: str, replay: Replay) -> Iterator[Event]:
        """Yield a run as what its journal would hold; the same bytes at each repeat."""
        run_id = row.run_id
        yield RunStarted(
            NewRun(
                run_id=run_id,
                run_name=row.run_name,
                start_time=row.start_time_ms,
                experiment_id=experiment_id,
                user_id=row.user_id,
                parent_run_id=row.parent_run_id,
            )
        )
        for param in self._params.take(run_id):
            yield ParamLogged(param.key, _param_value(param))
        for tag in self._tags.take(run_id):
            yield TagSet(tag.key, tag.value)
        for number, used in enumerate(self._inputs.take(run_id), 1):
            yield InputLogged(self._dataset_input(row.experiment_id, used))
            if number % _INPUTS_AT_ONCE == 0:
                replay.cut()
        for piece in self._console.take(run_id):
            yield ConsoleWritten(piece.stream, piece.timestamp_ms, piece.text)
        yield from self._artifact_events(run_id, replay)
        yield from self._series_events(run_id)
        yield StatusChanged(row.status, row.end_time_ms, row.status_reason)

    def _artifact_events(self, run_id: str, replay: Replay) -> Iterator[Event]:
        for row in self._artifacts.take(run_id):
            event = ArtifactLogged(row.path, row.digest, row.size_bytes, row.created_ms)
            if not replay.has(event):
                self._source.put_blob(self._blobs, RUN_FILES, run_id, row)
                self.artifact_bytes += row.size_bytes
            self.artifacts += 1
            yield event

    def _series_events(self, run_id: str) -> Iterator[Event]:
        ids: dict[str, int] = {}
        for segment in self._series.take(run_id):
            if segment.key not in ids:
                ids[segment.key] = len(ids) + 1
                yield KeyDefined(ids[segment.key], segment.key)
            self.points += len(segment.values) // 8
            yield SeriesLogged(ids[segment.key], segment.steps, segment.timestamps, segment.values)

    def _dataset_input(self, experiment_id: str, used: InputRow) -> DatasetInput:
        row = self._datasets.get((experiment_id, used.dataset_name, used.dataset_digest))
        if row is None:
            raise InvalidArgument(
                f"inputs.parquet: run {used.run_id} used dataset {rules.shown(used.dataset_name)}, which is not in "
                "datasets.parquet",
                field="source",
            )
        return DatasetInput(
            dataset=DatasetRecord(
                name=row.name,
                digest=row.digest,
                source_type=row.source_type,
                source=row.source,
                schema=row.schema,
                profile=row.profile,
            ),
            tags=tuple(InputTag(key, value) for key, value in used.tags.items()),
        )

    def _link(self, run_id: str, rows: list[RunModelRow]) -> None:
        run = self._store.get_run(run_id)
        if run.info.lifecycle_stage != "active":
            return
        inputs = [LoggedModelInput(row.model_id) for row in rows if row.role == "input"]
        outputs = [LoggedModelOutput(row.model_id, row.step) for row in rows if row.role == "output"]
        inputs = [used for used in inputs if used not in run.inputs.model_inputs]
        outputs = [made for made in outputs if made not in run.outputs.model_outputs]
        if inputs:
            self._store.log_inputs(run_id, models=inputs)
        if outputs:
            self._store.log_outputs(run_id, models=outputs)


def _param_value(row: ParamRow) -> ParamValue:
    """Return the value that a row stands for.

    Raises:
        InvalidArgument: Its text is no value of its type.
    """
    try:
        match row.type:
            case "null":
                return None
            case "bool":
                return {"True": True, "False": False}[row.text]
            case "int":
                return int(row.text)
            case "float":
                return float(row.text)
            case "str":
                return row.text
            case "list":
                values = json.loads(row.text)
                if isinstance(values, list):
                    return values
    except (ValueError, KeyError, RecursionError):
        pass
    raise InvalidArgument(
        f"params.parquet: param {rules.shown(row.key)} of run {row.run_id} is {rules.shown(row.text)}, which is no "
        f"{row.type}",
        field="source",
    )
