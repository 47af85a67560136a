"""The active run: which one it is, how it begins and how it ends.

Each thread and each task has a stack of its own; a thread that began no run logs to the one its process began last,
so that data loaders and callbacks need no hand-over.
"""

from __future__ import annotations

import atexit
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
from runstone.core.errors import InvalidState, RunstoneError
from runstone.core.flatten import flatten
from runstone.core.ids import new_run_id, new_run_name
from runstone.store import rules
from runstone.tracking.background import Background
from runstone.tracking.capture.runner import capture_fast
from runstone.tracking.run_writer import RunWriter
from runstone.tracking.session import STORE_TROUBLE, Session, session_at

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
        self.background: Background | None = None
        self.next_step = 0
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
        if error is None or (isinstance(error, SystemExit) and not error.code):
            end(self, "FINISHED")
        else:
            fail(self, error)

    def __repr__(self) -> str:
        return f"<ActiveRun {self.new.run_name!r} id={self.run_id} status={self._status}>"

    def _fetch(self) -> Run:
        self.session.flush()
        return self.session.store.get_run(self.run_id)


_stack: ContextVar[tuple[ActiveRun, ...]] = ContextVar("runstone_runs", default=())
_open_runs: list[ActiveRun] = []
_lock = threading.Lock()
_last: ActiveRun | None = None
_environment_run_used = False
_chosen_experiment: tuple[str | None, str | None] = (None, None)
_crash: BaseException | None = None


def current() -> ActiveRun | None:
    """Return the run that this thread or task logs to, or None."""
    stack = _stack.get()
    if stack:
        return stack[-1]
    return _open_runs[-1] if _open_runs else None


def current_or_new() -> ActiveRun:
    """Return the run that this thread or task logs to, beginning one if there is none."""
    run = current()
    return begin() if run is None else run


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
    stack = _stack.get()
    if stack and not nested:
        raise InvalidState(
            f"Run with UUID {stack[-1].run_id} is already active. To start a new run, first end the current run with "
            "end_run(). To start a nested run, call start_run with nested=True"
        )
    session = session_at()
    session.pick_up_once()
    run_id = run_id or _run_id_of_environment(session)
    if run_id is not None:
        run = _resume(session, run_id, run_name, tags)
    else:
        if parent_run_id is None and stack:
            parent_run_id = stack[-1].run_id
        texts = {key: str(value) for key, value in (tags or {}).items()}
        if description is not None:
            texts["mlflow.note.content"] = description
        run = _create(session, experiment_id, experiment, run_name, parent_run_id, texts)
    if params:
        run.writer.log_params(flatten(params, "."))
    if run.owner and not any(other.background for other in _open_runs):
        run.background = Background(session, run.writer, log_system_metrics)
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
    if run.background is not None:
        run.background.stop()
    if run.owner:
        run._status = status
        run._end_time = now_ms()
        run.writer.set_status(status, end_time=run._end_time, reason=reason)
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
    status: Status = "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED"
    end(run, status, last_line[-1000:].replace("\0", "\ufffd"))


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
    _log.error("%s. The program goes on; what it logs waits in the journal at %s", error, session.journal_root)


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
            tags={**captured, **tags},
        )
    )
    try:
        session.store.create_run(new)
    except STORE_TROUBLE as error:
        report_trouble(session, error)
    return ActiveRun(session, session.writer(new.run_id, new_run=new), new, owner=True)


def _resume(session: Session, run_id: str, run_name: str | None, tags: Mapping[str, Any] | None) -> ActiveRun:
    """Go on with a run.  One that another process is running is joined, and is that process's to end."""
    run = session.store.get_run(run_id)
    info = run.info
    rules.check_active(info.lifecycle_stage, f"run {run_id}")
    owner = info.status != "RUNNING" or not session.is_alive(run_id)
    writer = session.writer(run_id)
    if owner:
        writer.set_status("RUNNING")
    changes = dict(tags or {})
    if run_name is not None:
        changes["mlflow.runName"] = run_name
    writer.set_tags(changes)
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
    """End what the program left open when it exits: FAILED if an exception ended it."""
    while _open_runs:
        run = _open_runs[-1]
        if run._pid != os.getpid():
            _open_runs.remove(run)
        elif _crash is not None:
            fail(run, _crash)
        else:
            end(run, "FINISHED")


def _note_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    global _crash
    _crash = error
    _previous_hook(kind, error, traceback)


def _join_in_child() -> None:
    """In a forked child, go on with the parent's runs through journals of its own; ending them is the parent's."""
    global _lock
    _lock = threading.Lock()
    joined = {run: _joined(run) for run in _open_runs}
    _open_runs[:] = joined.values()
    _stack.set(tuple(joined[run] for run in _stack.get() if run in joined))


def _joined(run: ActiveRun) -> ActiveRun:
    child = ActiveRun(run.session, _LazyWriter(run), run.new, owner=False)  # type: ignore[arg-type]  # stands in until first used
    child.next_step = run.next_step
    return child


class _LazyWriter:
    """Opens a writer when it is first used: most forked children never log."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:
        run = self._run
        return getattr(run.session.writer(run.run_id, new_run=run.new), name)


_previous_hook = sys.excepthook
sys.excepthook = _note_crash
atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_join_in_child)
