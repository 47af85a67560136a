"""Logging to one run: arguments are checked, then a line goes to the journal.

What is wrong with an argument is raised at the call; trouble with disk or network never is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from time import time
from typing import Any

from runstone.core.clock import now_ms
from runstone.core.entities import DatasetInput, NewRun, ParamValue, Status, param_text
from runstone.core.errors import ImmutableParam, InvalidArgument
from runstone.core.events import (
    ArtifactLogged,
    ConsoleWritten,
    InputLogged,
    KeyDefined,
    ParamLogged,
    RunStarted,
    SeriesLogged,
    StatusChanged,
    TagSet,
)
from runstone.core.limits import INT64_MAX, INT64_MIN
from runstone.core.paths import check_artifact_path
from runstone.journal.writer import JournalWriter
from runstone.store import rules
from runstone.tracking.arguments import key_text, metric_value, param_value, step_number, tag_value, timestamp_ms

_log = logging.getLogger("runstone")

_SERIES_PIECE = 262_144
"""Points of a long series that go into one journal event (6 MiB)."""


class RunWriter:
    """One process's way to log to one run, from any of its threads.

    Args:
        run_id: The run.
        writer_id: Name of the journal.
        journal: Where it goes.
        new_run: The run as it is to be made if the store does not have it yet.
        params: Params the run has already, so that a second value is refused at the call.
    """

    def __init__(
        self,
        run_id: str,
        writer_id: str,
        journal: JournalWriter,
        *,
        new_run: NewRun | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> None:
        self.run_id = run_id
        self.writer_id = writer_id
        self.journal = journal
        self.new_run = new_run
        self.sent = (0, 0)
        self.beat_ms = 0
        self.is_closing = False
        """Whether this process has done with the run; only the drain still uses the writer then."""
        self.refused: str | None = None
        """Why the store will not take this journal, once it has said so."""
        self._point = journal.point
        self._key_ids: dict[str, int] = {}
        self._params: dict[str, ParamValue] = dict(params or {})
        self._lock = threading.RLock()
        if new_run is not None:
            journal.event(RunStarted(new_run))

    @property
    def params(self) -> Mapping[str, ParamValue]:
        """The params that are known to have a value."""
        return self._params

    def log_metric(self, key: str, value: Any, step: int = 0, timestamp: int | None = None) -> None:
        """Append a point.

        Args:
            step: Any int64.
            timestamp: Unix milliseconds; now if None.

        Raises:
            InvalidArgument: The key, value, step or timestamp cannot be recorded.
        """
        if type(value) is not float:
            value = metric_value(key, value)
        if type(step) is not int or not INT64_MIN <= step <= INT64_MAX:
            step = step_number(step)
        timestamp = int(time() * 1000) if timestamp is None else timestamp_ms(timestamp)
        try:
            key_id = self._key_ids[key]
        except (KeyError, TypeError):
            key_id = self._define(key)
            if key_id == 0:
                return
        self._point(key_id, step, timestamp, value)

    def log_metrics(self, metrics: Mapping[str, Any], step: int = 0, timestamp: int | None = None) -> None:
        """Append a point to each of several metrics: to all of them, or to none if one is refused.

        Raises:
            InvalidArgument: As ``log_metric``.
        """
        checked = {key_text(key): metric_value(key, value) for key, value in metrics.items()}
        step = step_number(step)
        timestamp = now_ms() if timestamp is None else timestamp_ms(timestamp)
        for key, value in checked.items():
            self.log_metric(key, value, step, timestamp)

    def log_series(self, key: str, values: Any, steps: Any = None, timestamps: Any = None) -> None:
        """Append many points of one metric at once.

        Args:
            values: Numbers, shape (n,); anything NumPy can read as float64.
            steps: Integers, shape (n,); 0 … n-1 if None.
            timestamps: Unix milliseconds, shape (n,) or one for all; now if None.

        Raises:
            InvalidArgument: The lengths differ, or something is no number.
        """
        import numpy as np

        key = key_text(key)
        columns = _columns(key, values, steps, timestamps)
        key_id = self._key_ids.get(key) or self._define(key)
        if key_id == 0:
            return
        for start in range(0, len(columns[0]), _SERIES_PIECE):
            piece = [np.ascontiguousarray(column[start : start + _SERIES_PIECE]).tobytes() for column in columns]
            self.journal.event(SeriesLogged(key_id, *piece))

    def log_param(self, key: str, value: Any) -> Any:
        """Record a param and return its value.

        Raises:
            InvalidArgument: The key or value cannot be recorded.
            ImmutableParam: It has another value already.
        """
        self.log_params({key: value})
        return value

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Record params: all of them, or none if one is refused.

        Raises:
            InvalidArgument, ImmutableParam: As ``log_param``.
        """
        checked = {key_text(key): param_value(key, value) for key, value in params.items()}
        with self._lock:
            for key, value in checked.items():
                if key in self._params and param_text(self._params[key]) != param_text(value):
                    raise ImmutableParam(
                        f"Changing param values is not allowed. Param with key={rules.shown(key)} was already logged "
                        f"with value={rules.shown(param_text(self._params[key]))} for run ID={self.run_id!r}. "
                        f"Attempted logging new value {rules.shown(param_text(value))}.",
                        field=key,
                    )
            for key, value in checked.items():
                if key not in self._params and self.journal.event(ParamLogged(key, value)):
                    self._params[key] = value

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags; values longer than 8,000 characters are cut.

        Raises:
            InvalidArgument: A key or value cannot be recorded.
        """
        checked = {key_text(key): tag_value(key, value) for key, value in tags.items()}
        for key, value in checked.items():
            self.journal.event(TagSet(key, value))

    def delete_tag(self, key: str) -> None:
        """Remove a tag."""
        self.journal.event(TagSet(key_text(key), None))

    def log_artifact(self, path: str, digest: str, size_bytes: int) -> None:
        """Join a path of the run to bytes that are in the blob store.

        Raises:
            InvalidArgument: The path is not a safe relative one.
        """
        self.journal.event(ArtifactLogged(check_artifact_path(path), digest, size_bytes, now_ms()))

    def log_input(self, dataset_input: DatasetInput) -> None:
        """Record a dataset that went into the run."""
        self.journal.event(InputLogged(dataset_input))

    def write_console(self, stream: Any, text: str) -> None:
        """Record a piece of what the program printed."""
        for start in range(0, len(text), 1 << 20):
            piece = text[start : start + (1 << 20)].replace("\0", "\ufffd")
            piece = piece.encode("utf-8", "replace").decode()
            self.journal.event(ConsoleWritten(stream, now_ms(), piece))

    def set_status(self, status: Status, *, end_time: int | None = None, reason: str | None = None) -> None:
        """Put the run in a state."""
        self.journal.event(StatusChanged(status, end_time, reason))

    def _define(self, key: str) -> int:
        """Name a metric in the journal, before its first point; 0 if there is no room for that."""
        key = key_text(key)
        with self._lock:
            if key not in self._key_ids:
                key_id = len(self._key_ids) + 1
                if not self.journal.event(KeyDefined(key_id, key)):
                    return 0
                self._key_ids[key] = key_id
            return self._key_ids[key]


def _columns(key: str, values: Any, steps: Any, timestamps: Any) -> tuple[Any, Any, Any]:
    import numpy as np

    try:
        numbers = np.asarray(values, dtype="<f8")
        count = len(numbers)
        order = np.arange(count, dtype="<i8") if steps is None else np.asarray(steps)
        times = (
            np.full(count, now_ms() if timestamps is None else timestamps, dtype="<i8")
            if (timestamps is None or np.ndim(timestamps) == 0)
            else np.asarray(timestamps)
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgument(f"the series {rules.shown(key)} cannot be read as numbers: {error}") from error
    for what, column in (("steps", order), ("timestamps", times)):
        if column.dtype.kind not in "iu" or (column.dtype == np.uint64 and column.size and column.max() > INT64_MAX):
            raise InvalidArgument(
                f"the {what} of series {rules.shown(key)} must be int64, not {column.dtype}", field=what
            )
    if not numbers.shape == order.shape == times.shape == (count,):
        raise InvalidArgument(
            f"values, steps and timestamps of series {rules.shown(key)} must have one shape (n,), "
            f"not {numbers.shape}, {order.shape} and {times.shape}"
        )
    if count and times.min() < 0:
        raise InvalidArgument(f"the timestamps of series {rules.shown(key)} must not be negative", field="timestamps")
    return order.astype("<i8", copy=False), times.astype("<i8", copy=False), numbers
