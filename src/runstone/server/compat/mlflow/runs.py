"""Runs: their life, their tags, and finding them."""

from __future__ import annotations

import msgspec

from runstone.core.clock import now_ms
from runstone.core.entities import NewRun, Status
from runstone.core.errors import InvalidArgument
from runstone.core.ids import new_run_id, new_run_name
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.run_message import RunId, RunInfoMessage, RunMessage, info_message, run_message
from runstone.server.compat.mlflow.wire import Empty, Message, Route, Tag, dict_of, view_of

_STATUSES: tuple[Status, ...] = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
"""In the order of MLflow's enumeration, which counts from 1."""


class RunAnswer(Message, frozen=True):
    """One run."""

    run: RunMessage


class CreateRun(Message, frozen=True):
    """Make a run."""

    experiment_id: str
    user_id: str = ""
    run_name: str = ""
    start_time: int | None = None
    tags: tuple[Tag, ...] = ()


class UpdateRun(RunId, frozen=True, kw_only=True):
    """Change what is given of a run."""

    status: str | int | None = None
    end_time: int | None = None
    run_name: str | None = None


class UpdateRunAnswer(Message, frozen=True):
    """The run as it is now."""

    run_info: RunInfoMessage


class SearchRuns(Message, frozen=True):
    """Find runs."""

    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    run_view_type: str | int | None = None
    max_results: int = 1000
    order_by: tuple[str, ...] = ()
    page_token: str | None = None


class SearchRunsAnswer(Message, frozen=True):
    """A page of runs."""

    runs: tuple[RunMessage, ...] = ()
    next_page_token: str | None = None


class SetTag(RunId, frozen=True, kw_only=True):
    """Set a tag."""

    key: str
    value: str = ""


class DeleteTag(RunId, frozen=True, kw_only=True):
    """Remove a tag."""

    key: str


def _create(backend: Backend, request: CreateRun) -> RunAnswer:
    tags = dict_of(request.tags)
    made = backend.store.create_run(
        NewRun(
            run_id=new_run_id(),
            run_name=request.run_name or tags.get("mlflow.runName") or new_run_name(),
            start_time=now_ms() if request.start_time is None else request.start_time,
            experiment_id=request.experiment_id,
            user_id=request.user_id,
            tags=tags,
        )
    )
    # Its answer says nothing of outputs.
    return RunAnswer(run=msgspec.structs.replace(run_message(made), outputs=None))


def _get(backend: Backend, request: RunId) -> RunAnswer:
    return RunAnswer(run=run_message(backend.store.get_run(request.named)))


def _update(backend: Backend, request: UpdateRun) -> UpdateRunAnswer:
    info = backend.store.update_run(
        request.named, status=_status(request.status), end_time=request.end_time, name=request.run_name or None
    )
    return UpdateRunAnswer(run_info=info_message(info))


def _status(given: str | int | None) -> Status | None:
    if isinstance(given, int):
        if not 1 <= given <= len(_STATUSES):
            raise InvalidArgument(f"Invalid value {given} for parameter 'status' supplied.", field="status")
        return _STATUSES[given - 1]
    # The store refuses a name that is none.
    return given  # type: ignore[return-value]


def _delete(backend: Backend, request: RunId) -> Empty:
    backend.store.delete_run(request.named)
    return Empty()


def _restore(backend: Backend, request: RunId) -> Empty:
    backend.store.restore_run(request.named)
    return Empty()


def _search(backend: Backend, request: SearchRuns) -> SearchRunsAnswer:
    page = backend.store.search_runs(
        request.experiment_ids,
        filter=request.filter,
        order_by=request.order_by,
        view=view_of(request.run_view_type),
        max_results=request.max_results,
        page_token=request.page_token or None,
    )
    return SearchRunsAnswer(runs=tuple(map(run_message, page)), next_page_token=page.token)


def _set_tag(backend: Backend, request: SetTag) -> Empty:
    backend.store.log_batch(request.named, tags={request.key: request.value})
    return Empty()


def _delete_tag(backend: Backend, request: DeleteTag) -> Empty:
    backend.store.delete_tag(request.named, request.key)
    return Empty()


ROUTES = (
    Route("POST", "/2.0/mlflow/runs/create", CreateRun, _create),
    Route("GET", "/2.0/mlflow/runs/get", RunId, _get),
    Route("POST", "/2.0/mlflow/runs/update", UpdateRun, _update),
    Route("POST", "/2.0/mlflow/runs/delete", RunId, _delete),
    Route("POST", "/2.0/mlflow/runs/restore", RunId, _restore),
    Route("POST", "/2.0/mlflow/runs/search", SearchRuns, _search),
    Route("POST", "/2.0/mlflow/runs/set-tag", SetTag, _set_tag),
    Route("POST", "/2.0/mlflow/runs/delete-tag", DeleteTag, _delete_tag),
)
