"""What runs log, and reading metrics back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from runstone.core.entities import Metric
from runstone.core.errors import InvalidArgument
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.run_message import MetricMessage, RunId
from runstone.server.compat.mlflow.wire import Empty, Message, Route, Tag, dict_of, number
from runstone.store.series.columns import Columns

_MOST_RUNS = 100
_MOST_POINTS = 25_000
_MOST_THINNED = 2500


class NewMetric(Message, frozen=True):
    """A point to be recorded."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class LogMetric(RunId, frozen=True, kw_only=True):
    """Record a point."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class LogParam(RunId, frozen=True, kw_only=True):
    """Record a param."""

    key: str
    value: str = ""


class LogBatch(RunId, frozen=True, kw_only=True):
    """Record points, params and tags together."""

    metrics: tuple[NewMetric, ...] = ()
    params: tuple[Tag, ...] = ()
    tags: tuple[Tag, ...] = ()


class GetHistory(RunId, frozen=True, kw_only=True):
    """Read a series."""

    metric_key: str
    max_results: int | None = None
    page_token: str | None = None


class HistoryAnswer(Message, frozen=True):
    """A page of points."""

    metrics: tuple[MetricMessage, ...] = ()
    next_page_token: str | None = None


class GetHistoryBulk(Message, frozen=True):
    """Read the series of many runs."""

    metric_key: str | None = None
    run_id: tuple[str, ...] = ()
    max_results: int = _MOST_POINTS


class GetHistoryThinned(Message, frozen=True):
    """Read the series of many runs, thinned."""

    metric_key: str
    run_ids: tuple[str, ...]
    start_step: int | None = None
    end_step: int | None = None
    max_results: int = _MOST_THINNED


def _log_metric(backend: Backend, request: LogMetric) -> Empty:
    backend.store.log_batch(request.named, metrics=[_point(request)])
    return Empty()


def _log_param(backend: Backend, request: LogParam) -> Empty:
    backend.store.log_batch(request.named, params={request.key: request.value})
    return Empty()


def _log_batch(backend: Backend, request: LogBatch) -> Empty:
    twice = [key for key, times in Counter(param.key for param in request.params).items() if times > 1]
    if twice:
        raise InvalidArgument(f"Duplicate parameter keys have been submitted: {twice}", field="params")
    backend.store.log_batch(
        request.named,
        metrics=[_point(metric) for metric in request.metrics],
        params=dict_of(request.params),
        tags=dict_of(request.tags),
    )
    return Empty()


def _point(given: NewMetric | LogMetric) -> Metric:
    return Metric(
        given.key,
        given.value,
        given.timestamp,
        given.step,
        model_id=given.model_id,
        dataset_name=given.dataset_name,
        dataset_digest=given.dataset_digest,
    )


def _get_history(backend: Backend, request: GetHistory) -> HistoryAnswer:
    page = backend.store.get_metric_history(
        request.named, request.metric_key, max_results=request.max_results, page_token=request.page_token or None
    )
    return HistoryAnswer(metrics=tuple(map(_metric_message, page)), next_page_token=page.token)


def _metric_message(metric: Metric) -> MetricMessage:
    return MetricMessage(
        key=metric.key,
        value=number(metric.value),
        timestamp=metric.timestamp,
        step=metric.step,
        model_id=metric.model_id,
        dataset_name=metric.dataset_name,
        dataset_digest=metric.dataset_digest,
    )


def _get_history_bulk(backend: Backend, request: GetHistoryBulk) -> dict[str, Any]:
    if not request.run_id:
        raise InvalidArgument("GetMetricHistoryBulk request must specify at least one run_id.", field="run_id")
    _check_number("GetMetricHistoryBulk", request.run_id)
    if request.metric_key is None:
        raise InvalidArgument("GetMetricHistoryBulk request must specify a metric_key.", field="metric_key")
    left = min(request.max_results, _MOST_POINTS)
    _check_most(left, _MOST_POINTS)
    points: list[MetricMessage] = []
    for run_id, columns in _read(backend, sorted(request.run_id), request.metric_key).items():
        by_time = columns.pick(np.lexsort((columns.values, columns.steps, columns.timestamps))[:left])
        points += _messages(run_id, request.metric_key, by_time)
        left -= by_time.size
    return {"metrics": points}


def _get_history_thinned(backend: Backend, request: GetHistoryThinned) -> HistoryAnswer:
    _check_number("GetMetricHistoryBulkInterval", request.run_ids)
    _check_most(request.max_results, _MOST_THINNED)
    if (request.start_step is None) != (request.end_step is None):
        raise InvalidArgument("If either start step or end step are specified, both must be specified.")
    if request.start_step is not None and request.end_step is not None and request.start_step > request.end_step:
        raise InvalidArgument("end_step must be greater than start_step.", field="end_step")
    points: list[MetricMessage] = []
    found = _read(
        backend, request.run_ids, request.metric_key, start_step=request.start_step, end_step=request.end_step
    )
    for run_id, columns in found.items():
        points += _messages(run_id, request.metric_key, _thinned(columns, request.max_results))
    return HistoryAnswer(metrics=tuple(points))


def _read(backend: Backend, run_ids: Sequence[str], key: str, **steps: int | None) -> dict[str, Columns]:
    found = backend.store.read_series(run_ids, [key], **steps)
    return {run_id: columns for (run_id, _), columns in found.items()}


def _thinned(columns: Columns, most: int) -> Columns:
    """Return at most so many points: the first of each of so many equal parts, and the last point of all.

    The parts are those of SQL's ``NTILE``, which MLflow picks by.
    """
    if columns.size <= most:
        return columns
    size, larger = divmod(columns.size, most)
    parts = np.arange(most)
    picked = parts * size + np.minimum(parts, larger)
    picked[-1] = columns.size - 1
    return columns.pick(picked)


def _messages(run_id: str, key: str, columns: Columns) -> list[MetricMessage]:
    rows = zip(columns.steps.tolist(), columns.timestamps.tolist(), columns.values.tolist(), strict=True)
    return [
        MetricMessage(key=key, value=number(value), timestamp=timestamp, step=step, run_id=run_id)
        for step, timestamp, value in rows
    ]


def _check_number(call: str, run_ids: Sequence[str]) -> None:
    if len(run_ids) > _MOST_RUNS:
        raise InvalidArgument(f"{call} request cannot specify more than {_MOST_RUNS} run_ids.", field="run_ids")


def _check_most(max_results: int, limit: int) -> None:
    if not 1 <= max_results <= limit:
        raise InvalidArgument(f"max_results must be between 1 and {limit}.", field="max_results")


ROUTES = (
    Route("POST", "/2.0/mlflow/runs/log-metric", LogMetric, _log_metric, is_small=True),
    Route("POST", "/2.0/mlflow/runs/log-parameter", LogParam, _log_param),
    Route("POST", "/2.0/mlflow/runs/log-batch", LogBatch, _log_batch),
    Route("GET", "/2.0/mlflow/metrics/get-history", GetHistory, _get_history),
    Route("GET", "/2.0/mlflow/metrics/get-history-bulk", GetHistoryBulk, _get_history_bulk),
    Route("GET", "/2.0/mlflow/metrics/get-history-bulk-interval", GetHistoryThinned, _get_history_thinned),
)
