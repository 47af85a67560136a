"""Client: everything by id, on one store.

Names, arguments and return values follow MLflow's ``MlflowClient``.  What is logged goes through the journal, as on
the active run; a read first brings to the store what this process logged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, overload

from runstone.core.clock import now_ms
from runstone.core.entities import (
    DatasetInput,
    Experiment,
    FileInfo,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    NewRun,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.ids import new_run_id, new_run_name
from runstone.core.page import Page
from runstone.store import rules
from runstone.tracking import artifacts
from runstone.tracking.arguments import check_point
from runstone.tracking.model_client import ModelClient
from runstone.tracking.operations import RunOperations
from runstone.tracking.run_writer import RunWriter
from runstone.tracking.session import Session, session_at

if TYPE_CHECKING:
    import pandas

    from runstone.store.protocol import Store
    from runstone.store.series.columns import Columns
    from runstone.tracking.media.encoded import Encoded

SeriesFormat = Literal["numpy", "pandas", "polars", "arrow"]


class Client(ModelClient):
    """A store, by explicit ids.

    Args:
        tracking_uri: Which store; the chosen or found one if None.
        registry_uri: Accepted for MLflow's sake; the registry is in the same store.
    """

    def __init__(
        self,
        tracking_uri: str | os.PathLike[str] | None = None,
        registry_uri: str | None = None,
        *,
        session: Session | None = None,
    ) -> None:
        self._session = session or session_at(tracking_uri)

    @property
    def tracking_uri(self) -> str:
        """Where the store is."""
        return self._session.location.uri

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        """Make an experiment and return its id.

        Raises:
            InvalidArgument, AlreadyExists.
        """
        texts = None if tags is None else {key: str(value) for key, value in tags.items()}
        return self._store.create_experiment(name, artifact_location=artifact_location, tags=texts).experiment_id

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return an experiment.

        Raises:
            NotFound.
        """
        return self._store.get_experiment(experiment_id)

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """Return the experiment of this name, deleted ones included, or None."""
        return self._store.find_experiment(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int | None = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """Return a page of experiments.

        Raises:
            InvalidArgument: The filter or an order cannot be read.
        """
        return self._store.search_experiments(
            filter=filter_string or "",
            order_by=[order_by] if isinstance(order_by, str) else order_by or (),
            view=ViewType(view_type),
            max_results=1000 if max_results is None else max_results,
            page_token=page_token,
        )

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an experiment another name.

        Raises:
            NotFound, InvalidState, AlreadyExists, InvalidArgument.
        """
        self._store.rename_experiment(experiment_id, new_name)

    def delete_experiment(self, experiment_id: str) -> None:
        """Mark an experiment and its runs deleted.

        Raises:
            NotFound.
        """
        self._store.delete_experiment(experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        """Undo ``delete_experiment``.

        Raises:
            NotFound.
        """
        self._store.restore_experiment(experiment_id)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        """Set a tag on an experiment.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._store.set_experiment_tags(experiment_id, {key: str(value)})

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag from an experiment.

        Raises:
            NotFound.
        """
        self._store.delete_experiment_tag(experiment_id, key)

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Make a run; unlike ``start_run``, nothing is captured and it ends when ``set_terminated`` says so.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        texts = {key: str(value) for key, value in (tags or {}).items()}
        new = NewRun(
            run_id=new_run_id(),
            run_name=run_name or texts.get("mlflow.runName") or new_run_name(),
            start_time=now_ms() if start_time is None else start_time,
            experiment_id=str(experiment_id),
            user_id=texts.get("mlflow.user", ""),
            tags=texts,
        )
        return self._store.create_run(new)

    def get_run(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            NotFound.
            Unavailable, PermissionDenied, StoreCorrupt: Nor has the store the run yet, while it is in trouble.
        """
        try:
            return self._fresh.get_run(run_id)
        except NotFound as error:
            raise self._session.drain.trouble or error from None

    def get_parent_run(self, run_id: str) -> Run | None:
        """Return the parent of a run, or None.

        Raises:
            NotFound.
        """
        parent = self.get_run(run_id).info.parent_run_id
        return None if parent is None else self.get_run(parent)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change a run's status or name.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._fresh.update_run(run_id, status=status, name=name)  # type: ignore[arg-type]  # the store checks it

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """End a run.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._fresh.update_run(
            run_id,
            status=status or RunStatus.FINISHED,  # type: ignore[arg-type]  # the store checks it
            end_time=now_ms() if end_time is None else end_time,
        )
        self._session.close_writer(run_id)

    def delete_run(self, run_id: str) -> None:
        """Mark a run deleted.

        Raises:
            NotFound.
        """
        self._session.close_writer(run_id)
        self._store.delete_run(run_id)

    def restore_run(self, run_id: str) -> None:
        """Undo ``delete_run``.

        Raises:
            NotFound.
        """
        self._store.restore_run(run_id)

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Run]:
        """Return a page of runs; ``experiment_ids=None`` searches all experiments.

        Raises:
            InvalidArgument: The filter or an order cannot be read; ``position`` says where.
        """
        ids = [experiment_ids] if isinstance(experiment_ids, (str, int)) else experiment_ids
        return self._fresh.search_runs(
            None if ids is None else [str(experiment_id) for experiment_id in ids],
            filter=filter_string or "",
            order_by=[order_by] if isinstance(order_by, str) else order_by or (),
            view=ViewType(run_view_type),
            max_results=max_results,
            page_token=page_token,
        )

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None:
        """Append a point to a metric of a run.

        Args:
            timestamp: Unix milliseconds; now if None.
            model_id: A logged model that this point describes, on the dataset given.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._writer(run_id).log_metric(key, value, 0 if step is None else step, timestamp)
        if model_id is not None:
            point = Metric(
                key,
                float(value),
                now_ms() if timestamp is None else timestamp,
                step or 0,
                model_id=model_id,
                dataset_name=dataset_name,
                dataset_digest=dataset_digest,
            )
            self._fresh.log_batch(run_id, metrics=[point])
        return self._operations(synchronous)

    def log_series(self, run_id: str, key: str, values: Any, steps: Any = None, timestamps: Any = None) -> None:
        """Append many points of one metric at once.

        Args:
            values: Numbers, shape (n,).
            steps: Integers, shape (n,); 0 … n-1 if None.
            timestamps: Unix milliseconds, shape (n,) or one for all; now if None.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._writer(run_id).log_series(key, values, steps, timestamps)

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Record a param and return its value.

        Raises:
            NotFound, InvalidState, InvalidArgument, ImmutableParam.
        """
        self._writer(run_id).log_param(key, value)
        return value if synchronous is not False else self._operations(synchronous)

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
        """Set a tag on a run.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._writer(run_id).set_tags({key: value})
        return self._operations(synchronous)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag from a run.

        Raises:
            NotFound: No such run or tag.
        """
        self._fresh.delete_tag(run_id, key)

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Record points, params and tags of a run.

        Raises:
            NotFound, InvalidState, InvalidArgument, ImmutableParam: Then nothing is recorded.
        """
        writer = self._writer(run_id)
        settings = {param.key: param.value for param in params}
        if len(settings) < len(params):
            raise InvalidArgument(
                "Duplicate parameter keys have been submitted: a batch names each once", field="params"
            )
        for metric in metrics:
            check_point(metric.key, metric.value, metric.step, metric.timestamp)
        rules.check_run_tags({tag.key: tag.value for tag in tags})
        if settings:
            writer.log_params(settings)
        for metric in metrics:
            self.log_metric(
                run_id,
                metric.key,
                metric.value,
                metric.timestamp,
                metric.step,
                dataset_name=metric.dataset_name,
                dataset_digest=metric.dataset_digest,
                model_id=metric.model_id,
            )
        if tags:
            writer.set_tags({tag.key: tag.value for tag in tags})
        return self._operations(synchronous)

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[LoggedModelInput] | None = None,
    ) -> None:
        """Record what went into a run.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        for dataset_input in datasets or ():
            self._writer(run_id).log_input(dataset_input)
        if models:
            self._fresh.log_inputs(run_id, models=models)

    def log_outputs(self, run_id: str, models: Sequence[LoggedModelOutput]) -> None:
        """Record which logged models came out of a run.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        self._fresh.log_outputs(run_id, models=models)

    def log_artifact(self, run_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Record a local file (or folder) in a folder of the run's artifacts.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        artifacts.log_file(self._session, self._writer(run_id), local_path, artifact_path)

    def log_artifacts(self, run_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Record everything below a local folder in a folder of the run's artifacts.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        artifacts.log_folder(self._session, self._writer(run_id), local_dir, artifact_path)

    def log_bytes(self, run_id: str, data: bytes, artifact_file: str) -> None:
        """Record some bytes as a file of the run's artifacts.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        artifacts.log_bytes(self._session, self._writer(run_id), data, artifact_file)

    def log_stream(self, run_id: str, stream: BinaryIO, artifact_file: str) -> None:
        """Record what a binary stream gives as a file of the run's artifacts.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        artifacts.log_stream(self._session, self._writer(run_id), stream, artifact_file)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Record a text as a file of the run's artifacts.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        from runstone.tracking.media.text import encode_text

        self.log_bytes(run_id, encode_text(text), artifact_file)

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Record a dict or list as JSON, or as YAML if the file's name says so.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        from runstone.tracking.media.dicts import encode_dict

        self.log_bytes(run_id, encode_dict(dictionary, artifact_file), artifact_file)

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
    ) -> None:
        """Record a matplotlib or plotly figure in the format that the file's name says.

        Raises:
            NotFound, InvalidState, InvalidArgument, MissingExtra.
        """
        from runstone.tracking.media.figure import encode_figure

        self.log_bytes(run_id, encode_figure(figure, artifact_file, save_kwargs=save_kwargs), artifact_file)

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Record an image: a path, a PIL image or an array, as one file or as a step of a series of images.

        Args:
            artifact_file: Where a single image goes.
            key: Name of the series a stepped image belongs to.
            step: Its step; 0 if None.
            timestamp: Unix milliseconds; now if None.

        Raises:
            NotFound, InvalidState, InvalidArgument, MissingExtra.
        """
        from runstone.tracking.media.image import encode_image, encode_step_image

        if _one_of(artifact_file, key) is not None:
            self.log_bytes(run_id, encode_image(image, str(artifact_file)), str(artifact_file))
            return
        self._log_step(run_id, "images", encode_step_image(image), str(key), step, timestamp)
        self._writer(run_id).set_tags({"mlflow.loggedImages": "True"})

    def log_audio(
        self,
        run_id: str,
        audio: Any,
        artifact_file: str | None = None,
        *,
        sample_rate: int | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
    ) -> None:
        """Record a sound: a path, bytes, or samples of shape (n,) or (n, channels), as a file or a step of a series.

        Args:
            sample_rate: Samples a second; needed for samples.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        from runstone.tracking.media.audio import encode_audio, encode_step_audio

        if _one_of(artifact_file, key) is not None:
            self.log_bytes(run_id, encode_audio(audio, str(artifact_file), sample_rate), str(artifact_file))
            return
        self._log_step(run_id, "audio", encode_step_audio(audio, sample_rate), str(key), step, timestamp)

    def log_histogram(
        self,
        run_id: str,
        key: str,
        values: Any = None,
        *,
        step: int | None = None,
        bins: int = 64,
        np_histogram: tuple[Any, Any] | None = None,
        timestamp: int | None = None,
    ) -> None:
        """Record how values are distributed at a step.

        Args:
            values: Anything array-like; NaN and infinities are counted apart.
            np_histogram: Counts and edges as NumPy returns them, instead of values.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
        from runstone.tracking.media.encoded import Encoded
        from runstone.tracking.media.histogram import encode_histogram, histogram

        counted = histogram(values, bins, np_histogram=np_histogram)
        self._log_step(run_id, "histograms", Encoded(encode_histogram(counted), ".json"), key, step, timestamp)

    def log_table(self, run_id: str, data: Any, artifact_file: str) -> None:
        """Append rows to a table at a path of the run's artifacts: a pandas DataFrame, or a dict of columns.

        Raises:
            NotFound, InvalidState, InvalidArgument, MissingExtra.
        """
        from runstone.tracking import tables
        from runstone.tracking.media.table import encode_table

        writer = self._writer(run_id)
        self._session.flush()
        existing = artifacts.find_bytes(self._session, run_id, artifact_file)
        self.log_bytes(run_id, encode_table(data, existing, artifact_file), artifact_file)
        tables.note_table(self._session, writer, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pandas.DataFrame:
        """Return the tables at a path of the runs of an experiment, one below the other.

        Args:
            run_ids: Only these runs.
            extra_columns: Facts of the run to add as columns, such as ``run_id``.

        Raises:
            NotFound: No run has a table there.
        """
        from runstone.tracking.tables import load_tables

        return load_tables(self, experiment_id, artifact_file, run_ids, extra_columns or ())

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """Return the direct children of a folder of a run's artifacts.

        Raises:
            NotFound, InvalidArgument.
        """
        return self._fresh.list_artifacts(run_id, path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | os.PathLike[str] | None = None) -> str:
        """Copy a file or folder of a run's artifacts to a local folder, and return where it is.

        Raises:
            NotFound, InvalidArgument, StoreCorrupt.
        """
        self._session.flush()
        return artifacts.download(self._session, run_id, path, dst_path)

    def read_artifact(self, run_id: str, path: str) -> bytes:
        """Return the bytes of a file of a run's artifacts.

        Raises:
            NotFound, InvalidArgument, StoreCorrupt.
        """
        self._session.flush()
        return artifacts.get_bytes(self._session, run_id, path)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """Return every point of a metric, ordered by timestamp; ``read_series`` is far quicker for long ones.

        Raises:
            NotFound.
        """
        return list(self._fresh.get_metric_history(run_id, key))

    @overload
    def read_series(
        self,
        run_ids: str | Sequence[str],
        keys: str | Sequence[str],
        *,
        max_points: int | None = None,
        start_step: int | None = None,
        end_step: int | None = None,
        output_format: Literal["numpy"] = "numpy",
    ) -> dict[tuple[str, str], Columns]: ...
    @overload
    def read_series(
        self,
        run_ids: str | Sequence[str],
        keys: str | Sequence[str],
        *,
        max_points: int | None = None,
        start_step: int | None = None,
        end_step: int | None = None,
        output_format: Literal["pandas"],
    ) -> pandas.DataFrame: ...
    @overload
    def read_series(
        self,
        run_ids: str | Sequence[str],
        keys: str | Sequence[str],
        *,
        max_points: int | None = None,
        start_step: int | None = None,
        end_step: int | None = None,
        output_format: SeriesFormat,
    ) -> Any: ...
    def read_series(
        self,
        run_ids: str | Sequence[str],
        keys: str | Sequence[str],
        *,
        max_points: int | None = None,
        start_step: int | None = None,
        end_step: int | None = None,
        output_format: SeriesFormat = "numpy",
    ) -> Any:
        """Return whole series, many runs and keys in one call.

        Args:
            max_points: Down-sample longer series to this many points; extremes, first and last are kept.
            start_step: First step to read, inclusive; ``end_step`` is the last.
            output_format: NumPy columns by ``(run_id, key)``; or one table with a row for each point (columns
                ``run_id``, ``key``, ``step``, ``timestamp``, ``value``) as pandas, polars or Arrow.

        Raises:
            NotFound, StoreCorrupt.
            MissingExtra: The output format needs a package that is not installed.
        """
        from runstone.tracking import series_results

        convert = series_results.converter(output_format)
        return convert(
            self._fresh.read_series(
                [run_ids] if isinstance(run_ids, str) else run_ids,
                [keys] if isinstance(keys, str) else keys,
                max_points=max_points,
                start_step=start_step,
                end_step=end_step,
            )
        )

    def read_console(self, run_id: str, *, stream: Literal["stdout", "stderr"] | None = None) -> str:
        """Return what a run's program printed, as one text in the order it came.

        Args:
            stream: Only this one.

        Raises:
            NotFound: No run has this id.
        """
        from runstone.tracking.printed import iter_console

        pieces = (piece for _, piece in iter_console(self._fresh, run_id))
        return "".join(piece.text for piece in pieces if stream in (None, piece.stream))

    def flush(self) -> bool:
        """Bring what this process logged to the store, and say whether all of it arrived."""
        return self._session.flush()

    def _log_step(
        self, run_id: str, folder: str, encoded: Encoded, key: str, step: int | None, timestamp: int | None
    ) -> None:
        from runstone.tracking.media.stepped import stepped_path

        moment = now_ms() if timestamp is None else rules.check_timestamp(timestamp)
        at = 0 if step is None else rules.check_step(step)
        path = stepped_path(key, at, moment, encoded.suffix, folder=folder)
        self.log_bytes(run_id, encoded.data, path)

    @property
    def _store(self) -> Store:
        return self._session.store

    @property
    def _fresh(self) -> Store:
        """The store, with what this process logged in it."""
        self._session.flush()
        return self._session.store

    def _writer(self, run_id: str) -> RunWriter:
        return self._session.writer(run_id)

    def _operations(self, synchronous: bool | None) -> RunOperations | None:
        return RunOperations(self._session.flush) if synchronous is False else None


def _one_of(artifact_file: str | None, key: str | None) -> str | None:
    """Return the file if that is given, None if the key of a series is.

    Raises:
        InvalidArgument: Both are given, or neither.
    """
    if (artifact_file is None) == (key is None):
        raise InvalidArgument("give either artifact_file (one file) or key (a step of a series), and not both")
    return artifact_file
