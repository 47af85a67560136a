"""Logging params, metrics and tags to the active run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runstone.core.flatten import flatten
from runstone.tracking import active
from runstone.tracking.arguments import items_of, step_number
from runstone.tracking.fluent.target import target_of, writer_of
from runstone.tracking.operations import RunOperations
from runstone.tracking.session import flush_all


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Record a param and return its value.

    Raises:
        InvalidArgument: The key or value cannot be recorded.
        ImmutableParam: It has another value already.
    """
    client, target = target_of(None)
    return client.log_param(target, key, value, synchronous)


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Record params; nested dicts flatten by ``.``.

    Raises:
        InvalidArgument, ImmutableParam: As ``log_param``; then none is recorded.
    """
    flat = flatten(items_of(params, "log_params"), ".")
    writer_of(run_id).log_params(flat)
    return None if synchronous is not False else RunOperations(flush_all)


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
    client, target = target_of(run_id)
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
        writer_of(run_id).log_metrics(values, 0 if step is None else step, timestamp)
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
    client, target = target_of(run_id)
    client.log_series(target, key, values, steps, timestamps)


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
    writer_of(None).set_tags(items_of(tags, "set_tags"))
    return None if synchronous is not False else RunOperations(flush_all)


def delete_tag(key: str) -> None:
    """Remove a tag from the active run.

    Raises:
        NotFound: It has no such tag.
    """
    client, target = target_of(None)
    client.delete_tag(target, key)
