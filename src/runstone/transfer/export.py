"""Writing a store, or a part of it, as Parquet and plain files that other tools read."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from runstone.blobs.disk import writing
from runstone.core.clock import now_ms
from runstone.core.entities import Experiment, Run, ViewType
from runstone.core.errors import AlreadyExists, NotFound
from runstone.core.page import iter_pages
from runstone.core.version import __version__
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Progress
from runstone.tracking.session import Session
from runstone.transfer.export_models import write_models, write_registry
from runstone.transfer.export_runs import RunExport
from runstone.transfer.layout import FORMAT_FILE, FORMAT_VERSION, POINTS_FOLDER, ExperimentRow, Format
from runstone.transfer.parquet import require_pyarrow, require_text
from runstone.transfer.sink import WAY_OUT, Sink


class ExportReport(Struct, frozen=True, kw_only=True):
    """What an export wrote.

    Attributes:
        redacted: How many texts and files lost a secret.
        notes: What of the store is not in the export, in words.
    """

    destination: str
    experiments: int
    runs: int
    points: int
    artifacts: int
    artifact_bytes: int
    logged_models: int
    model_versions: int
    redacted: int
    notes: tuple[str, ...] = ()


def export_store(
    session: Session,
    destination: str | os.PathLike[str],
    *,
    experiments: Sequence[str] | None = None,
    runs: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the store, or some of its experiments and runs, to a new folder.

    Args:
        destination: A folder that does not exist or is empty.
        experiments: Ids or names of experiments; a name that is no id also stands for the experiments below it
            (``team`` for ``team/x``).
        runs: Ids of runs, besides those of ``experiments``.
        progress: Called with what is being written.

    Raises:
        AlreadyExists: There is something at the destination.
        NotFound: No experiment or run is called so.
        InvalidArgument: The destination's path is no UTF-8.
        MissingExtra: pyarrow is not installed.
        StorageFull, PermissionDenied, Unavailable: The destination cannot be written; nothing is left there.
    """
    require_pyarrow("Exporting as Parquet")
    target = Path(destination).expanduser().absolute()
    require_text(target)
    _refuse_taken(target)
    has_all = session.flush()
    store = session.store
    is_whole_store = experiments is None and runs is None
    chosen = _chosen_experiments(store, experiments, is_whole_store)
    extra = _chosen_runs(store, runs or (), {experiment.experiment_id for experiment in chosen})
    homes = {run.info.experiment_id for run in extra} - {experiment.experiment_id for experiment in chosen}
    written = sorted(
        [*chosen, *(store.get_experiment(experiment_id) for experiment_id in homes)],
        key=_number,
    )

    partial = target.parent / f".{target.name}.partial-{os.getpid()}-{time.time_ns()}"
    with writing(target, way_out=WAY_OUT):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
    try:
        sink = Sink(partial, session.blobs)
        if not has_all:
            sink.notes.append("what this process logged last has not reached the store yet")
        try:
            _write_experiments(sink, written)
            total = len(extra) + sum(
                store.count_runs([experiment.experiment_id], view=ViewType.ALL) for experiment in chosen
            )
            run_export = RunExport(store, sink)
            for run in _runs_of(store, chosen, extra):
                run_export.write(run)
                if progress is not None:
                    progress("runs", run_export.count, total)
            ids = [experiment.experiment_id for experiment in chosen]
            others = {run.info.run_id for run in extra}
            models = write_models(store, sink, ids, others, [experiment.experiment_id for experiment in written])
            write_registry(store, sink, None if is_whole_store else (run_export.ids, models))
            files = sink.close()
        except BaseException:
            sink.abandon()
            raise
        facts = Format(
            format=FORMAT_VERSION,
            runstone_version=__version__,
            created_ms=now_ms(),
            is_whole_store=is_whole_store,
            redacted=sink.redaction.count,
            notes=sink.notes,
            files=files,
        )
        with writing(target, way_out=WAY_OUT):
            text = msgspec.json.format(msgspec.json.encode(facts), indent=2)
            (partial / FORMAT_FILE).write_bytes(text + b"\n")
        _put_in_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    rows = {name: file.rows for name, file in files.items()}
    return ExportReport(
        destination=str(target),
        experiments=rows["experiments.parquet"],
        runs=rows["runs.parquet"],
        points=sum(count for name, count in rows.items() if name.startswith(POINTS_FOLDER)),
        artifacts=rows["artifacts.parquet"] + rows["logged_model_artifacts.parquet"],
        artifact_bytes=sink.artifact_bytes,
        logged_models=rows["logged_models.parquet"],
        model_versions=rows["model_versions.parquet"],
        redacted=sink.redaction.count,
        notes=tuple(sink.notes),
    )


def _refuse_taken(target: Path) -> None:
    is_free = not os.path.lexists(target) or (target.is_dir() and not target.is_symlink() and not any(target.iterdir()))
    if not is_free:
        raise AlreadyExists(f"{target} is there already and not an empty folder; export to another place or remove it")


def _put_in_place(partial: Path, target: Path) -> None:
    """Give the finished folder its name, also where an empty folder has that."""
    with writing(target, way_out=WAY_OUT):
        if target.is_dir():
            try:
                target.rmdir()
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    raise AlreadyExists(f"{target} was filled meanwhile; export to another place") from error
                raise
        partial.rename(target)


def _chosen_experiments(store: Store, names: Sequence[str] | None, is_whole_store: bool) -> list[Experiment]:
    if names is None and not is_whole_store:
        return []
    everything = list(iter_pages(lambda token: store.search_experiments(view=ViewType.ALL, page_token=token)))
    if names is None:
        return sorted(everything, key=_number)
    chosen: dict[str, Experiment] = {}
    for name in names:
        stem = name.rstrip("/")
        found = [experiment for experiment in everything if experiment.experiment_id == name] or [
            experiment
            for experiment in everything
            if experiment.name in (name, stem) or experiment.name.startswith(f"{stem}/")
        ]
        if not found:
            raise NotFound(f"no experiment is called {name!r} or stands below it; `runstone experiments list` has all")
        chosen.update((experiment.experiment_id, experiment) for experiment in found)
    return sorted(chosen.values(), key=_number)


def _number(experiment: Experiment) -> int:
    return int(experiment.experiment_id)


def _chosen_runs(store: Store, run_ids: Sequence[str], experiment_ids: set[str]) -> list[Run]:
    """Return the runs asked for one by one that do not come with their experiment."""
    found = [store.get_run(run_id) for run_id in dict.fromkeys(run_ids)]
    return [run for run in found if run.info.experiment_id not in experiment_ids]


def _runs_of(store: Store, experiments: Sequence[Experiment], extra: Sequence[Run]) -> Iterator[Run]:
    for experiment in experiments:
        ids = [experiment.experiment_id]
        yield from iter_pages(
            lambda token, ids=ids: store.search_runs(  # type: ignore[misc]  # the default binds the loop's value
                ids, order_by=["attributes.start_time ASC"], view=ViewType.ALL, max_results=200, page_token=token
            )
        )
    yield from extra


def _write_experiments(sink: Sink, experiments: Sequence[Experiment]) -> None:
    for experiment in experiments:
        sink.add(
            ExperimentRow(
                experiment_id=experiment.experiment_id,
                name=experiment.name,
                artifact_location=sink.redaction.text(experiment.artifact_location),
                lifecycle_stage=experiment.lifecycle_stage,
                creation_time_ms=experiment.creation_time,
                last_update_time_ms=experiment.last_update_time,
                tags=sink.redaction.tags(experiment.tags),
            )
        )
