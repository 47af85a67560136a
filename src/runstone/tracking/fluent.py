"""The fluent API: functions on the active run, which is begun where there is none.

Names, arguments and return values follow MLflow's fluent functions, so that ``import runstone as mlflow`` runs its
scripts; what goes beyond is keyword-only.  Each function is the active run and one call of ``Client``; the hottest,
``log_metric``, goes to the run's writer directly.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, overload

from runstone.core.entities import (
    DatasetInput,
    Experiment,
    LoggedModelInput,
    LoggedModelOutput,
    Run,
    RunStatus,
    ViewType,
)
from runstone.core.errors import InvalidArgument, InvalidState, NotFound
from runstone.core.flatten import flatten
from runstone.core.page import iter_pages
from runstone.store import rules
from runstone.tracking import active
from runstone.tracking.active import ActiveRun
from runstone.tracking.arguments import items_of, step_number
from runstone.tracking.client import Client
from runstone.tracking.operations import RunOperations
from runstone.tracking.session import (
    STORE_TROUBLE,
    current_location,
    flush_all,
    is_uri_set,
    session_at,
    set_uri,
)

if TYPE_CHECKING:
    import pandas

    from runstone.store.series.columns import Columns
    from runstone.tracking.run_writer import RunWriter

_log = logging.getLogger("runstone")


def set_tracking_uri(uri: str | os.PathLike[str] | None) -> None:
    """Choose the store: a folder, a ``sqlite:`` or a ``postgresql:`` URI; None goes back to looking for one."""
    set_uri(uri)


def get_tracking_uri() -> str:
    """Return where the store is."""
    return current_location().uri


def is_tracking_uri_set() -> bool:
    """Say whether the store was chosen by a call or by the environment."""
    return is_uri_set()


def set_registry_uri(uri: str | None) -> None:
    """Accept a registry URI for MLflow's sake: the registry is in the store.

    Raises:
        InvalidArgument: It is another place than the store.
    """
    if uri is not None and os.fspath(uri) != get_tracking_uri():
        raise InvalidArgument(
            "the registry is in the store; call set_tracking_uri to choose another store", field="uri"
        )


def get_registry_uri() -> str:
    """Return where the registry is: in the store."""
    return get_tracking_uri()


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Choose the experiment of runs to come, making it if its name is new.  Names nest by ``/``.

    Where the store cannot be reached, the name is kept and the experiment returned has no id yet.

    Raises:
        InvalidArgument: Not exactly one of name and id, or a name that breaks a rule.
        InvalidState: The experiment is deleted.
        NotFound: No experiment has the id.
    """
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidArgument("Must specify exactly one of: `experiment_id` or `experiment_name`.")
    session = session_at()
    if experiment_id is not None:
        experiment = session.store.get_experiment(str(experiment_id))
    else:
        name = rules.check_experiment_name(experiment_name)
        try:
            found = session.store.find_experiment(name)
            experiment = session.store.create_experiment(name) if found is None else found
        except STORE_TROUBLE as error:
            active.report_trouble(session, error)
            active.choose_experiment(name, None)
            return Experiment(experiment_id="", name=name, artifact_location="")
    if experiment.lifecycle_stage != "active":
        raise InvalidState(
            f"Cannot set a deleted experiment {experiment.name!r} as the active experiment. You can restore it, or "
            "remove it for good with `runstone gc` and create a new one."
        )
    active.choose_experiment(None, experiment.experiment_id)
    return experiment


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
    *,
    experiment: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> ActiveRun:
    """Begin a run, or go on with one, and make it the active one; as a context manager it ends by itself.

    Args:
        run_id: Go on with this run.  One that another process is running is joined, not taken over: leaving it
            does not end it.
        experiment_id: Experiment of a new run; ``experiment`` is the same by name and makes it if it is new.
        run_name: A name; a random one if None.
        nested: Allow a run within the active one, as its child.
        parent_run_id: Parent of a new run; the active one if ``nested``.
        tags: Tags to set.
        description: Text kept as the tag ``mlflow.note.content``.
        log_system_metrics: Sample use of CPU, memory, disk, network and GPU; the settings decide if None.
        params: Params to record; nested dicts flatten by ``.``.

    Raises:
        InvalidState: A run is active and ``nested`` was not asked for, or the run or experiment is deleted.
        NotFound: No run or experiment has the id.
        InvalidArgument: A name, tag or param breaks a rule.
    """
    return active.begin(
        run_id=run_id,
        experiment_id=experiment_id,
        experiment=experiment,
        run_name=run_name,
        nested=nested,
        parent_run_id=parent_run_id,
        tags=tags,
        params=params,
        description=description,
        log_system_metrics=log_system_metrics,
    )


def end_run(status: str = RunStatus.FINISHED) -> None:
    """End the active run.

    Raises:
        InvalidArgument: There is no such status.
    """
    run = active.current()
    if run is not None:
        active.end(run, rules.check_status(status))


def active_run() -> ActiveRun | None:
    """Return the run that this thread or task logs to, or None."""
    return active.current()


def last_active_run() -> Run | None:
    """Return the run that is active, or the one that was last, or None."""
    run = active.last()
    return None if run is None else Client(session=run.session).get_run(run.run_id)


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Append a point to a metric.

    Args:
        value: A number; NumPy scalars and one-element tensors are taken.
        step: Any int64; 0 if None.
        synchronous: False returns something to wait on; logging never waits either way.
        timestamp: Unix milliseconds; now if None.
        run_id: Another run than the active one.
        model_id: A logged model that this point describes, on ``dataset``.

    Raises:
        InvalidArgument: The key, value, step or timestamp cannot be recorded.
    """
    run = active.current()
    if run is None or run_id is not None or model_id is not None:
        return _log_metric(key, value, step, synchronous, timestamp, run_id, model_id, dataset)
    run.writer.log_metric(key, value, 0 if step is None else step, timestamp)
    return None if synchronous is not False else RunOperations(flush_all)


def _log_metric(
    key: str,
    value: float,
    step: int | None,
    synchronous: bool | None,
    timestamp: int | None,
    run_id: str | None,
    model_id: str | None,
    dataset: Any,
) -> RunOperations | None:
    client, target = _target(run_id)
    return client.log_metric(
        target,
        key,
        value,
        timestamp,
        step,
        synchronous,
        dataset_name=getattr(dataset, "name", None),
        dataset_digest=getattr(dataset, "digest", None),
        model_id=model_id,
    )


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Append a point to each of several metrics; arguments as in ``log_metric``.

    Raises:
        InvalidArgument: A key or value cannot be recorded; then none of them is.
    """
    values = items_of(metrics, "log_metrics")
    if model_id is None:
        _writer(run_id).log_metrics(values, 0 if step is None else step, timestamp)
    else:
        for key, value in values.items():
            log_metric(key, value, step, None, timestamp, run_id, model_id, dataset)
    return None if synchronous is not False else RunOperations(flush_all)


def log(values: Mapping[str, Any], step: int | None = None) -> None:
    """Append a point to each metric of a dict, whose nested dicts flatten by ``/``.

    Args:
        step: The step of all of them; one more than in the call before if None, beginning at 0.

    Raises:
        InvalidArgument: A key or value cannot be recorded; then nothing of the dict is.
    """
    flat = flatten(items_of(values, "log"), "/")
    run = active.current_or_new()
    at = run.next_step if step is None else step_number(step)
    run.writer.log_metrics(flat, at)
    run.next_step = at + 1


def log_series(key: str, values: Any, steps: Any = None, timestamps: Any = None, *, run_id: str | None = None) -> None:
    """Append many points of one metric at once, as arrays.

    Args:
        values: Numbers, shape (n,).
        steps: Integers, shape (n,); 0 … n-1 if None.
        timestamps: Unix milliseconds, shape (n,) or one for all; now if None.

    Raises:
        InvalidArgument: The lengths differ, or something is no number.
    """
    client, target = _target(run_id)
    client.log_series(target, key, values, steps, timestamps)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Record a param and return its value.

    Raises:
        InvalidArgument: The key or value cannot be recorded.
        ImmutableParam: It has another value already.
    """
    client, target = _target(None)
    return client.log_param(target, key, value, synchronous)


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Record params; nested dicts flatten by ``.``.

    Raises:
        InvalidArgument, ImmutableParam: As ``log_param``; then none is recorded.
    """
    flat = flatten(items_of(params, "log_params"), ".")
    _writer(run_id).log_params(flat)
    return None if synchronous is not False else RunOperations(flush_all)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
    """Set a tag on the active run.

    Raises:
        InvalidArgument: The key or value cannot be recorded.
    """
    return set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> RunOperations | None:
    """Set tags on the active run.

    Raises:
        InvalidArgument: A key or value cannot be recorded.
    """
    _writer(None).set_tags(items_of(tags, "set_tags"))
    return None if synchronous is not False else RunOperations(flush_all)


def delete_tag(key: str) -> None:
    """Remove a tag from the active run.

    Raises:
        NotFound: It has no such tag.
    """
    client, target = _target(None)
    client.delete_tag(target, key)


def log_artifact(
    local_path: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Record a local file, or a folder, in a folder of the run's artifacts.

    Raises:
        NotFound: There is no such file.
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = _target(run_id)
    client.log_artifact(target, local_path, artifact_path)


def log_artifacts(
    local_dir: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Record everything below a local folder in a folder of the run's artifacts.

    Raises:
        NotFound: There is no such folder.
        InvalidArgument: A path is not a safe relative one, or a link leads out of the folder.
    """
    client, target = _target(run_id)
    client.log_artifacts(target, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Record a text as a file of the run's artifacts.

    Raises:
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = _target(run_id)
    client.log_text(target, text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Record a dict or list as JSON, or as YAML if the file's name says so.

    Raises:
        InvalidArgument: It cannot be written as JSON, or the path is not a safe relative one.
    """
    client, target = _target(run_id)
    client.log_dict(target, dictionary, artifact_file)


def log_bytes(data: bytes, artifact_file: str, run_id: str | None = None) -> None:
    """Record some bytes as a file of the run's artifacts.

    Raises:
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = _target(run_id)
    client.log_bytes(target, data, artifact_file)


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Record what a binary stream gives as a file of the run's artifacts.

    Raises:
        InvalidArgument: The path is not a safe relative one.
    """
    client, target = _target(run_id)
    client.log_stream(target, stream, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None) -> None:
    """Record a matplotlib or plotly figure in the format that the file's name says.

    Raises:
        InvalidArgument: It is no figure, or the path is not a safe relative one.
        MissingExtra: The format needs a package that is not installed.
    """
    client, target = _target(None)
    client.log_figure(target, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Record an image: a path, a PIL image, or an array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).

    Args:
        artifact_file: Where a single image goes; or else
        key: the series it belongs to, at ``step`` (0 if None) and ``timestamp`` (Unix milliseconds; now if None).

    Raises:
        InvalidArgument: It is no image, or not exactly one of ``artifact_file`` and ``key`` is given.
    """
    client, target = _target(None)
    client.log_image(target, image, artifact_file, key, step, timestamp)


def log_audio(
    audio: Any,
    artifact_file: str | None = None,
    *,
    sample_rate: int | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
) -> None:
    """Record a sound: a path, bytes, or samples of shape (n,) or (n, channels); arguments as in ``log_image``.

    Raises:
        InvalidArgument: It is no sound, or ``sample_rate`` is missing.
    """
    client, target = _target(None)
    client.log_audio(target, audio, artifact_file, sample_rate=sample_rate, key=key, step=step, timestamp=timestamp)


def log_histogram(
    key: str,
    values: Any = None,
    *,
    step: int | None = None,
    bins: int = 64,
    np_histogram: tuple[Any, Any] | None = None,
) -> None:
    """Record how values are distributed at a step.

    Args:
        values: Anything array-like; NaN and infinities are counted apart.
        np_histogram: Counts and edges as NumPy returns them, instead of values.

    Raises:
        InvalidArgument: There is nothing to count.
    """
    client, target = _target(None)
    client.log_histogram(target, key, values, step=step, bins=bins, np_histogram=np_histogram)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Append rows to a table at a path of the run's artifacts: a pandas DataFrame, or a dict of columns.

    Raises:
        InvalidArgument: It is no table, or the path is not a safe relative one.
    """
    client, target = _target(run_id)
    client.log_table(target, data, artifact_file)


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> pandas.DataFrame:
    """Return the tables at a path of the runs of the active experiment, one below the other.

    Raises:
        NotFound: No run has a table there.
    """
    return Client().load_table(_experiment_id(), artifact_file, run_ids, extra_columns)


def log_input(
    dataset: Any = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None:
    """Record a dataset (or logged model) that goes into the run.

    Args:
        dataset: As ``runstone.data.from_…`` makes it.
        context: Its role: train, eval …

    Raises:
        InvalidArgument: It is no dataset.
    """
    client, target = _target(None)
    inputs = [] if dataset is None else [_dataset_input(dataset, context, tags)]
    client.log_inputs(target, inputs, [] if model is None else [model])


def log_inputs(
    datasets: Sequence[Any] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[LoggedModelInput | None] | None = None,
) -> None:
    """Record several inputs; the lists go side by side.

    Raises:
        InvalidArgument: Their lengths differ, or something is no dataset.
    """
    lists = [given for given in (datasets, contexts, tags_list, models) if given is not None]
    if len({len(given) for given in lists}) > 1:
        raise InvalidArgument("datasets, contexts, tags_list and models must have the same length")
    count = len(lists[0]) if lists else 0
    for at in range(count):
        log_input(
            None if datasets is None else datasets[at],
            None if contexts is None else contexts[at],
            None if tags_list is None else tags_list[at],
            None if models is None else models[at],
        )


def log_outputs(models: Sequence[LoggedModelOutput] | None = None) -> None:
    """Record logged models that came out of the run.

    Raises:
        InvalidArgument.
    """
    client, target = _target(None)
    client.log_outputs(target, models or ())


def _dataset_input(dataset: Any, context: str | None, tags: Mapping[str, str] | None) -> DatasetInput:
    from runstone.core.entities import DatasetRecord, InputTag

    if isinstance(dataset, DatasetRecord):
        record = dataset
    elif hasattr(dataset, "to_record"):
        record = dataset.to_record()
    else:
        raise InvalidArgument(
            f"not a dataset: {type(dataset).__name__}; make one with runstone.data.from_pandas, from_path …",
            field="dataset",
        )
    texts = {key: str(value) for key, value in (tags or {}).items()}
    if context is not None:
        texts["mlflow.data.context"] = context
    return DatasetInput(dataset=record, tags=tuple(InputTag(key, value) for key, value in texts.items()))


def get_run(run_id: str) -> Run:
    """Return a run.

    Raises:
        NotFound.
    """
    return Client().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """Return the parent of a run, or None.

    Raises:
        NotFound.
    """
    return Client().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Mark a run deleted; ``restore_run`` undoes it.

    Raises:
        NotFound.
    """
    Client().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Undo ``delete_run``.

    Raises:
        NotFound.
    """
    Client().restore_run(run_id)


def create_experiment(name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None) -> str:
    """Make an experiment and return its id.

    Raises:
        InvalidArgument, AlreadyExists.
    """
    return Client().create_experiment(name, artifact_location, tags)


def get_experiment(experiment_id: str) -> Experiment:
    """Return an experiment.

    Raises:
        NotFound.
    """
    return Client().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """Return the experiment of this name, deleted ones included, or None."""
    return Client().get_experiment_by_name(name)


def delete_experiment(experiment_id: str) -> None:
    """Mark an experiment and its runs deleted; ``restore_experiment`` undoes it.

    Raises:
        NotFound.
    """
    Client().delete_experiment(experiment_id)


def restore_experiment(experiment_id: str) -> None:
    """Undo ``delete_experiment``.

    Raises:
        NotFound.
    """
    Client().restore_experiment(experiment_id)


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag on the active experiment.

    Raises:
        InvalidArgument.
    """
    Client().set_experiment_tag(_experiment_id(), key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Set tags on the active experiment.

    Raises:
        InvalidArgument.
    """
    for key, value in items_of(tags, "set_experiment_tags").items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag from the active experiment.

    Raises:
        NotFound.
    """
    Client().delete_experiment_tag(_experiment_id(), key)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Return experiments that match a filter, all of them if ``max_results`` is None.

    Raises:
        InvalidArgument: The filter or an order cannot be read.
    """
    client = Client()
    pages = iter_pages(
        lambda token: client.search_experiments(
            view_type, min(max_results or 1000, 1000), filter_string, order_by, token
        )
    )
    return _up_to(pages, max_results)


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pandas.DataFrame: ...
@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> list[Run]: ...
@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    *,
    output_format: Literal["polars", "arrow"],
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> Any: ...
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100_000,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas", "list", "polars", "arrow"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> Any:
    """Find runs by a filter.

    Args:
        experiment_ids: Where to look; the active experiment if neither these nor names are given.
        filter_string: See the reference of the filter language; empty for all.
        run_view_type: Active runs, deleted ones or both.
        order_by: ``metrics.loss.min ASC`` and the like, several at once; runs lacking a key come last.
        output_format: A pandas DataFrame, a list of Run, a polars DataFrame or an Arrow table.
        search_all_experiments: Look everywhere, if no experiment is given.
        experiment_names: Where to look, by name; unknown names find nothing.

    Raises:
        InvalidArgument: The filter or an order cannot be read; the message points at the character.
        MissingExtra: The output format needs a package that is not installed.
    """
    from runstone.tracking import results

    if experiment_ids is not None and experiment_names is not None:
        raise InvalidArgument("Only experiment_ids or experiment_names can be used, but not both")
    if max_results < 0:
        raise InvalidArgument(f"max_results must not be negative, and is {max_results}", field="max_results")
    convert = results.converter(output_format)
    client = Client()
    ids = _searched(client, experiment_ids, experiment_names, search_all_experiments)
    pages = iter_pages(
        lambda token: client.search_runs(ids, filter_string, run_view_type, min(max_results, 50_000), order_by, token)
    )
    return convert(_up_to(pages, max_results))


def _searched(
    client: Client,
    experiment_ids: Sequence[str] | None,
    experiment_names: Sequence[str] | None,
    search_all: bool,
) -> list[str] | None:
    if isinstance(experiment_ids, (str, int)):
        return [str(experiment_ids)]
    if experiment_ids is not None and len(experiment_ids):
        return [str(experiment_id) for experiment_id in experiment_ids]
    if experiment_names:
        experiment_names = [experiment_names] if isinstance(experiment_names, str) else experiment_names
        found = {name: client.get_experiment_by_name(name) for name in experiment_names}
        for name, experiment in found.items():
            if experiment is None:
                _log.warning("there is no experiment %r to search", name)
        return [experiment.experiment_id for experiment in found.values() if experiment is not None]
    return None if search_all else [_experiment_id()]


def _up_to(items: Any, count: int | None) -> list[Any]:
    from itertools import islice

    return list(islice(items, count))


@overload
def read_series(
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
    run_ids: str | Sequence[str],
    keys: str | Sequence[str],
    *,
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
    output_format: Literal["polars", "arrow"],
) -> Any: ...
def read_series(
    run_ids: str | Sequence[str],
    keys: str | Sequence[str],
    *,
    max_points: int | None = None,
    start_step: int | None = None,
    end_step: int | None = None,
    output_format: Literal["numpy", "pandas", "polars", "arrow"] = "numpy",
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
    return Client().read_series(
        run_ids,
        keys,
        max_points=max_points,
        start_step=start_step,
        end_step=end_step,
        output_format=output_format,
    )


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Return the URI of the active run's artifacts, or of a path below."""
    uri = active.current_or_new().info.artifact_uri
    return f"{uri}/{artifact_path}" if artifact_path else uri


def flush() -> bool:
    """Bring everything this process logged to the store, and say whether all of it arrived."""
    return flush_all()


def flush_async_logging() -> None:
    """Do what ``flush`` does, under MLflow's name."""
    flush_all()


def set_seed(seed: int, **options: Any) -> dict[str, Any]:
    """Do what ``seed_everything`` does."""
    return seed_everything(seed, **options)


def seed_everything(seed: int, *, deterministic: bool = False) -> dict[str, Any]:
    """Seed Python, NumPy, PyTorch and TensorFlow (as far as they are imported), and record it on the active run.

    Args:
        seed: A whole number from 0 to 2**32 - 1.
        deterministic: Ask PyTorch for deterministic algorithms, too.

    Returns:
        What was seeded, with which value.

    Raises:
        InvalidArgument: The seed is out of range.
    """
    from runstone.tracking.capture import seeds

    seeded = seeds.seed_everything(seed, deterministic=deterministic)
    run = active.current()
    if run is not None:
        run.writer.set_tags({"runstone.seed": seed, "runstone.seeded": ", ".join(seeded)})
    return seeded


def _writer(run_id: str | None) -> RunWriter:
    return active.current_or_new().writer if run_id is None else session_at().writer(run_id)


def _target(run_id: str | None) -> tuple[Client, str]:
    if run_id is not None:
        return Client(), run_id
    run = active.current_or_new()
    return Client(session=run.session), run.run_id


def _experiment_id() -> str:
    """Return the experiment of the active run, or the one that new runs go to."""
    run = active.current()
    if run is not None:
        return run.info.experiment_id
    session = session_at()
    name, experiment_id = active.chosen_experiment(session)
    if experiment_id is not None:
        return experiment_id
    if name is None:
        return "0"
    experiment = session.store.find_experiment(name)
    if experiment is None:
        raise NotFound(f"there is no experiment {name!r}")
    return experiment.experiment_id
