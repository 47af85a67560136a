"""The active run: which one it is, how it begins and how it ends.

Each thread and each task has a stack of its own; a thread that began no run logs to the one its process began last,
so that data loaders and callbacks need no hand-over.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from runstone.core.clock import now_ms
from runstone.core.entities import (
    MetricSummary,
    NewRun,
    ParamValue,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    Status,
)
from runstone.core.errors import InvalidArgument, InvalidState, NotFound, RunstoneError
from runstone.core.flatten import flatten
from runstone.core.ids import new_run_id, new_run_name
from runstone.store import rules
from runstone.tracking import ending
from runstone.tracking.arguments import items_of, key_text, param_value
from runstone.tracking.background import Background
from runstone.tracking.capture.runner import capture_fast, check_parts
from runstone.tracking.drain import STORE_TROUBLE
from runstone.tracking.run_writer import RunWriter
from runstone.tracking.session import Session, before_close, session_at

_log = logging.getLogger("runstone")


class ActiveRun:
    """A run that this process is logging to; a context manager that ends it.

    ``info`` and ``data`` are MLflow's view; ``params``, ``metrics`` and ``tags`` are typed.
    """

    def __init__(self, session: Session, writer: RunWriter, new: NewRun, *, owner: bool) -> None:
        self.session = session
        self.writer = writer
        self.new = new
        self.owner = owner
        self.is_open = True
        self.background: Background | None = None
        self.next_step = 0
        self.begun_by_main_thread = threading.current_thread() is threading.main_thread()
        self._pid = os.getpid()
        self._status: Status = "RUNNING"
        self._end_time: int | None = None

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.new.run_id

    @property
    def info(self) -> RunInfo:
        """What the run is; known even while the store cannot be reached."""
        try:
            return self._fetch().info
        except (*STORE_TROUBLE, LookupError):
            return RunInfo(
                run_id=self.new.run_id,
                run_name=self.new.run_name,
                experiment_id=self.new.experiment_id or "",
                user_id=self.new.user_id,
                status=self._status,
                start_time=self.new.start_time,
                end_time=self._end_time,
                parent_run_id=self.new.parent_run_id,
            )

    @property
    def data(self) -> RunData:
        """Params as text, last values of metrics, tags: MLflow's view."""
        return self._fetch().data

    @property
    def params(self) -> dict[str, ParamValue]:
        """Typed params."""
        return self._fetch().params

    @property
    def metrics(self) -> dict[str, MetricSummary]:
        """Summary of each metric."""
        return self._fetch().metrics

    @property
    def tags(self) -> dict[str, str]:
        """Tags."""
        return self._fetch().tags

    @property
    def inputs(self) -> RunInputs:
        """What went in."""
        return self._fetch().inputs

    @property
    def outputs(self) -> RunOutputs:
        """What came out."""
        return self._fetch().outputs

    def __enter__(self) -> ActiveRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self.is_open:
            return
        if error is None or (isinstance(error, SystemExit) and not error.code):
            end(self, "FINISHED")
        else:
            fail(self, error)

    def __reduce__(self) -> tuple[object, ...]:
        # To another process goes what it can read; logging there begins with start_run(run_id=…).
        self.session.flush()
        return _found, (self.session.location.uri, self.run_id)

    def __repr__(self) -> str:
        return f"<ActiveRun {self.new.run_name!r} id={self.run_id} status={self._status}>"

    def __str__(self) -> str:
        try:
            return str(self._fetch())
        except (*STORE_TROUBLE, LookupError):
            return repr(self)

    def _repr_html_(self) -> str | None:
        try:
            return self._fetch()._repr_html_()
        except (*STORE_TROUBLE, LookupError):
            # None has the notebook show the text.
            return None

    def to_dictionary(self) -> dict[str, dict[str, object]]:
        """Return MLflow's view of the run as dicts."""
        return self._fetch().to_dictionary()

    def _fetch(self) -> Run:
        self.session.flush()
        return self.session.store.get_run(self.run_id)


def _found(uri: str, run_id: str) -> Run:
    return session_at(uri).store.get_run(run_id)


_stack: ContextVar[tuple[ActiveRun, ...]] = ContextVar("runstone_runs", default=())
_open_runs: list[ActiveRun] = []
_lock = threading.Lock()
_last: ActiveRun | None = None
_environment_run_used = False
_usage: tuple[bool | None, float | None] = (None, None)
_seed_tags: dict[str, str] = {}
_chosen_experiment: tuple[str | None, str | None] = (None, None)


def current() -> ActiveRun | None:
    """Return the run that this thread or task logs to, or None."""
    stack = _stack.get()
    if stack:
        run = stack[-1]
        if run.is_open:
            return run
        stack = _begun_here()
    return stack[-1] if stack else _shared()


def _shared() -> ActiveRun | None:
    """Return the run that a thread without one of its own logs to: the main thread's, rather than a sibling's."""
    latest: ActiveRun | None = None
    for run in reversed(_open_runs):
        if run.begun_by_main_thread:
            return run
        latest = latest or run
    return latest


def current_or_new() -> ActiveRun:
    """Return the run that this thread or task logs to, beginning one if there is none.

    A task that outlives the run it was started in logs to that run still.
    """
    run = current()
    if run is not None:
        return run
    stack = _stack.get()
    return stack[-1] if stack else begin()


def _begun_here() -> tuple[ActiveRun, ...]:
    """Return the open runs of this thread or task; one that it inherited may have been ended elsewhere."""
    return tuple(run for run in _stack.get() if run.is_open)


def last() -> ActiveRun | None:
    """Return the run that is active, or the one that was last."""
    return current() or _last


def begin(
    *,
    run_id: str | None = None,
    experiment_id: str | None = None,
    experiment: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Begin a run, or go on with one, and make it the active one (see ``fluent.start_run``)."""
    stack = _begun_here()
    if stack and not nested:
        raise InvalidState(
            f"Run with UUID {stack[-1].run_id} is already active. To start a new run, first end the current run with "
            "end_run(). To start a nested run, call start_run with nested=True"
        )
    session = session_at()
    if experiment is not None and experiment_id is not None:
        raise InvalidArgument("give the experiment either by name or by id, and not both", field="experiment")
    flat = _checked_params(params)
    check_parts(session.settings.capture)
    ending.forget()
    session.pick_up_once()
    run_id = run_id or _run_id_of_environment(session)
    if run_id is not None:
        run = _resume(session, run_id, run_name, tags, flat)
    else:
        parent = current() if nested else None
        if parent_run_id is not None and (parent is None or parent_run_id != parent.run_id):
            if stack:
                raise InvalidState(
                    f"Current run with UUID {stack[-1].run_id} does not match the parent_run_id {parent_run_id}. To "
                    "start a new nested run under the parent run, first end the current run with end_run()"
                )
            _check_parent(session, parent_run_id)
        elif parent is not None:
            parent_run_id = parent.run_id
            if parent.session is session and experiment is None and experiment_id is None:
                experiment, experiment_id = parent.new.experiment_name, parent.new.experiment_id
        texts = {key: str(value) for key, value in items_of(tags or {}, "start_run(tags=…)").items()}
        if description is not None:
            texts["mlflow.note.content"] = description
        run = _create(session, experiment_id, experiment, run_name, parent_run_id, texts)
        run.writer.log_params(flat)
    if run.owner and not any(other.background for other in _open_runs):
        wanted = _usage[0] if log_system_metrics is None else log_system_metrics
        run.background = Background(session, run.writer, wanted, _usage[1])
        run.background.start()
    with _lock:
        _open_runs.append(run)
    _stack.set((*stack, run))
    return run


def end(run: ActiveRun, status: Status = "FINISHED", reason: str | None = None) -> None:
    """End a run and bring the rest of it to the store; a run that ended before stays as it is."""
    global _last
    _stack.set(tuple(other for other in _stack.get() if other is not run))
    with _lock:
        if run not in _open_runs:
            return
        _open_runs.remove(run)
        _last = run
        run.is_open = False
    try:
        if run.background is not None:
            run.background.stop()
    finally:
        # Also when Ctrl-C comes once more.
        writer = run.writer
        run.writer = _LazyWriter(run)  # type: ignore[assignment]  # stands in for whoever logs to it still
        if run.owner:
            run._status = status
            run._end_time = now_ms()
            writer.set_status(status, end_time=run._end_time, reason=reason)
        run.session.end_writer(run.run_id)


def fail(run: ActiveRun, error: BaseException) -> None:
    """End a run that an exception broke off: KILLED by Ctrl-C, FAILED by anything else; the traceback is kept."""
    import traceback

    from runstone.core.secrets import redact
    from runstone.tracking.artifacts import log_bytes

    text = redact("".join(traceback.format_exception(type(error), error, error.__traceback__)))
    try:
        log_bytes(run.session, run.writer, text.encode("utf-8", "replace"), "runstone/traceback.txt")
    except (RunstoneError, OSError) as trouble:
        _log.warning("the traceback of run %s could not be kept: %s", run.run_id, trouble)
    last_line = redact("".join(traceback.format_exception_only(type(error), error)).strip())
    status: Status = "KILLED" if _is_interrupt(error) else "FAILED"
    end(run, status, last_line[-1000:].replace("\0", "\ufffd").encode("utf-8", "replace").decode())


def _is_interrupt(error: BaseException) -> bool:
    """Say whether an exception is Ctrl-C, which a task sees as its being cancelled."""
    asyncio = sys.modules.get("asyncio.exceptions")
    return isinstance(error, KeyboardInterrupt) or (asyncio is not None and isinstance(error, asyncio.CancelledError))


def choose_usage(*, wanted: bool | None = None, interval_s: float | None = None) -> None:
    """Choose for runs to come whether the use of the machine is sampled, or every how many seconds."""
    global _usage
    _usage = (_usage[0], interval_s) if wanted is None else (wanted, _usage[1])


def note_seed(tags: dict[str, str]) -> None:
    """Record a seed on the active run and on those to come in this process."""
    global _seed_tags
    _seed_tags = tags
    run = current()
    if run is not None:
        run.writer.set_tags(tags)


def choose_experiment(name: str | None, experiment_id: str | None) -> None:
    """Set the experiment of runs to come in this process."""
    global _chosen_experiment
    _chosen_experiment = (name, experiment_id)


def chosen_experiment(session: Session) -> tuple[str | None, str | None]:
    """Return name and id of the experiment that new runs go to; at most one is set."""
    if _chosen_experiment != (None, None):
        return _chosen_experiment
    settings = session.settings
    return (None, settings.experiment_id) if settings.experiment_id else (settings.experiment_name, None)


def report_trouble(session: Session, error: Exception) -> None:
    """Say that the store cannot be used, and that the program goes on."""
    session.drain.report(error)


def _checked_params(params: Mapping[str, Any] | None) -> dict[str, ParamValue]:
    """Return params flat, and refuse wrong ones before there is a run."""
    flat = flatten(items_of(params or {}, "start_run(params=…)"), ".")
    return {key_text(key): param_value(key, value) for key, value in flat.items()}


def _check_parent(session: Session, run_id: str) -> None:
    """See to it that there is the run that a new one is to be a child of; without the store nobody can say."""
    if any(run.run_id == run_id for run in _open_runs):
        return
    try:
        stage = session.store.get_run(run_id).info.lifecycle_stage
    except STORE_TROUBLE as error:
        report_trouble(session, error)
        return
    rules.check_active(stage, f"parent run {run_id}")


def _run_id_of_environment(session: Session) -> str | None:
    """Return the run that the environment tells the program to go on with; only its first run does."""
    global _environment_run_used
    if _environment_run_used:
        return None
    _environment_run_used = True
    return session.settings.run_id


def _create(
    session: Session,
    experiment_id: str | None,
    experiment: str | None,
    run_name: str | None,
    parent_run_id: str | None,
    tags: dict[str, str],
) -> ActiveRun:
    captured = capture_fast(session.settings.capture)
    if experiment is None and experiment_id is None:
        experiment, experiment_id = chosen_experiment(session)
    new = rules.check_new_run(
        NewRun(
            run_id=new_run_id(),
            run_name=run_name or tags.get("mlflow.runName") or new_run_name(),
            start_time=now_ms(),
            experiment_id=None if experiment_id is None else str(experiment_id),
            experiment_name=experiment,
            user_id=captured.get("mlflow.user", ""),
            parent_run_id=parent_run_id,
            tags={**captured, **_seed_tags, **tags},
        )
    )
    return ActiveRun(session, session.begin_run(new), new, owner=True)


def _resume(
    session: Session, run_id: str, run_name: str | None, tags: Mapping[str, Any] | None, params: Mapping[str, Any]
) -> ActiveRun:
    """Go on with a run.  One that another process is running is joined, and is that process's to end."""
    try:
        run = session.store.get_run(run_id)
    except (InvalidArgument, NotFound) as error:
        raise type(error)(f"{error.message}; to name a new run, call start_run(run_name=…)") from error
    info = run.info
    rules.check_active(info.lifecycle_stage, f"run {run_id}")
    owner = info.status != "RUNNING" or not session.is_alive(run_id)
    writer = session.writer(run_id)
    changes = dict(tags or {})
    if run_name is not None:
        changes["mlflow.runName"] = run_name
    writer.log_params(params)
    writer.set_tags(changes)
    if owner:
        writer.set_status("RUNNING")
    new = NewRun(
        run_id=run_id,
        run_name=run_name or info.run_name,
        start_time=info.start_time,
        experiment_id=info.experiment_id,
        user_id=info.user_id,
        parent_run_id=info.parent_run_id,
    )
    return ActiveRun(session, writer, new, owner=owner)


def _end_all() -> None:
    """End what the program left open when it exits: FAILED if an exception or an error's exit code ended it."""
    cause = ending.cause()
    while _open_runs:
        run = _open_runs[-1]
        if run._pid != os.getpid():
            _open_runs.remove(run)
        elif cause is not None:
            fail(run, cause)
        else:
            end(run, "FINISHED")


def _join_in_child() -> None:
    """In a forked child, go on with the parent's runs through journals of its own; ending them is the parent's."""
    global _lock
    ending.forget()
    _lock = threading.Lock()
    # Last, and so the one that the child logs to, is that of the thread which forked.
    here = _begun_here()
    joined = [_joined(run) for run in (*(run for run in _open_runs if run not in here), *here)]
    for run in _open_runs:
        # The parent's, which leaving a ``with`` block in the child must not end.
        run.is_open = False
    _open_runs[:] = joined
    # As in a thread: what it logs goes there, and it may begin runs of its own.
    _stack.set(())


def _joined(run: ActiveRun) -> ActiveRun:
    child = ActiveRun(run.session, run.writer, run.new, owner=False)
    child.writer = _LazyWriter(child)  # type: ignore[assignment]  # stands in until first used
    child.next_step = run.next_step
    return child


class _LazyWriter:
    """Opens a writer when it is first used: most forked children never log, and hardly anybody to an ended run."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._params = getattr(run.writer, "_params", {})

    def __getattr__(self, name: str) -> Any:
        run = self._run
        writer = run.session.writer(run.run_id, new_run=run.new, params=self._params)
        if run.is_open:
            run.writer = writer
        return getattr(writer, name)


before_close(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_join_in_child)
