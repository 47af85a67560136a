"""Runs in an export: their rows in every table, their points and their files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from runstone.core.entities import MetricSummary, ParamValue, Run, param_number, param_text
from runstone.store.protocol import Store
from runstone.tracking.printed import iter_console
from runstone.transfer.layout import (
    RUN_FILES,
    ArtifactRow,
    ConsoleRow,
    DatasetRow,
    InputRow,
    ParamRow,
    ParamType,
    RunModelRow,
    RunRow,
    SummaryRow,
    TagRow,
)
from runstone.transfer.sink import Sink

_POINTS_AT_ONCE = 1 << 19
"""Longer series are read in ranges of steps, shorter ones several at a time."""

_TYPES: dict[type[Any], ParamType] = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    list: "list",
}


class RunExport:
    """Writes runs, one after another.

    Args:
        store: Where they are read.
        sink: Where they are written.
    """

    def __init__(self, store: Store, sink: Sink) -> None:
        self.ids: set[str] = set()
        self._store = store
        self._sink = sink
        self._datasets: set[tuple[str, str, str]] = set()

    @property
    def count(self) -> int:
        """How many runs were written."""
        return len(self.ids)

    def write(self, run: Run) -> None:
        """Write a run with everything of it; one that was written already is passed over."""
        run_id, redaction = run.info.run_id, self._sink.redaction
        if run_id in self.ids:
            return
        self.ids.add(run_id)
        self._write_info(run)
        for key, value in run.params.items():
            self._sink.add(_param_row(run_id, key, redaction.text(value) if isinstance(value, str) else value))
        for key, text in redaction.tags(run.tags).items():
            self._sink.add(TagRow(run_id, key, text))
        self._write_inputs(run)
        for key, summary in run.metrics.items():
            self._sink.add(_summary_row(run_id, key, summary))
        self._write_points(run)
        self._write_console(run_id)
        for entry in self._store.iter_artifacts(run_id):
            written = self._sink.put_file(RUN_FILES, run_id, entry)
            if written is not None:
                self._sink.add(
                    ArtifactRow(run_id, written.path, written.digest, written.size_bytes, written.created_ms)
                )

    def _write_info(self, run: Run) -> None:
        info, redaction = run.info, self._sink.redaction
        self._sink.add(
            RunRow(
                run_id=info.run_id,
                experiment_id=info.experiment_id,
                run_name=redaction.text(info.run_name),
                user_id=info.user_id,
                status=info.status,
                status_reason=redaction.optional(info.status_reason),
                start_time_ms=info.start_time,
                end_time_ms=info.end_time,
                lifecycle_stage=info.lifecycle_stage,
                parent_run_id=info.parent_run_id,
            )
        )

    def _write_inputs(self, run: Run) -> None:
        run_id, redaction = run.info.run_id, self._sink.redaction
        for used in run.inputs.dataset_inputs:
            dataset = used.dataset
            tags = redaction.tags({tag.key: tag.value for tag in used.tags})
            self._sink.add(InputRow(run_id, dataset.name, dataset.digest, used.context, tags))
            identity = (run.info.experiment_id, dataset.name, dataset.digest)
            if identity not in self._datasets:
                self._datasets.add(identity)
                source = redaction.text(dataset.source)
                self._sink.add(DatasetRow(*identity, dataset.source_type, source, dataset.schema, dataset.profile))
        for used_model in run.inputs.model_inputs:
            self._sink.add(RunModelRow(run_id, "input", used_model.model_id, 0))
        for made in run.outputs.model_outputs:
            self._sink.add(RunModelRow(run_id, "output", made.model_id, made.step))

    def _write_points(self, run: Run) -> None:
        run_id = run.info.run_id
        for keys, window in _portions(run.metrics):
            start, end = window or (None, None)
            found = self._store.read_series([run_id], keys, start_step=start, end_step=end)
            for key in keys:
                columns = found.get((run_id, key))
                if columns is not None:
                    self._sink.points.add(run_id, key, columns)

    def _write_console(self, run_id: str) -> None:
        for _, piece in iter_console(self._store, run_id):
            text = self._sink.redaction.text(piece.text)
            self._sink.add(ConsoleRow(run_id, piece.stream, piece.timestamp_ms, text))


def _portions(metrics: dict[str, MetricSummary]) -> Iterator[tuple[list[str], tuple[int, int] | None]]:
    """Yield keys, with a range of steps where it is one long series, so that each can be read at once."""
    keys: list[str] = []
    held = 0
    for key, summary in metrics.items():
        if keys and held + summary.count > _POINTS_AT_ONCE:
            yield keys, None
            keys, held = [], 0
        if summary.count <= _POINTS_AT_ONCE:
            keys.append(key)
            held += summary.count
            continue
        width = (summary.last_step - summary.first_step) // (summary.count // _POINTS_AT_ONCE + 1) + 1
        for start in range(summary.first_step, summary.last_step + 1, width):
            yield [key], (start, min(start + width - 1, summary.last_step))
    if keys:
        yield keys, None


def _param_row(run_id: str, key: str, value: ParamValue) -> ParamRow:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else param_text(value)
    return ParamRow(run_id, key, _TYPES[type(value)], text, param_number(value))


def _summary_row(run_id: str, key: str, summary: MetricSummary) -> SummaryRow:
    return SummaryRow(
        run_id=run_id,
        key=key,
        last=summary.last,
        last_step=summary.last_step,
        last_timestamp_ms=summary.last_timestamp,
        first=summary.first,
        first_step=summary.first_step,
        first_timestamp_ms=summary.first_timestamp,
        min=summary.min,
        max=summary.max,
        mean=summary.mean,
        count=summary.count,
        nan_count=summary.nan_count,
    )
