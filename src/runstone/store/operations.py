"""The store's operations as calls over HTTP: one table, which the server serves and ``RemoteStore`` calls.

What an operation takes and returns is read from the signatures of the ``Store`` protocol, so that it is written once.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import numpy as np
from msgspec import Struct

from runstone.core.page import Page
from runstone.store.protocol import Store
from runstone.store.series.columns import Columns

T = TypeVar("T")

ELSEWHERE = "~"
"""In a path: the value stands in the query or body instead, since no path can carry it (``..``, one with ``/``)."""

Kind = Literal["read", "write", "repeat"]


class Operation(NamedTuple):
    """One operation of the store as a call.

    Attributes:
        name: The method of ``Store``.
        kind: ``read``; ``write``; or ``repeat``, a write that does no more when it is done twice.
        verb: Of HTTP.
        path: Below ``/api/v1``; ``{name}`` stands for that argument.  The others are in the query of a GET or DELETE,
            in the body of the rest.
    """

    name: str
    kind: Kind
    verb: str
    path: str

    @property
    def in_path(self) -> tuple[str, ...]:
        """Names of the arguments that are part of the path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def has_body(self) -> bool:
        """Whether the other arguments are in the body."""
        return self.verb not in ("GET", "DELETE")


_MODEL = "/registered-models/{name}"
_VERSION = _MODEL + "/versions/{version}"

OPERATIONS = (
    Operation("get_info", "read", "GET", "/info"),
    Operation("iter_digests", "read", "GET", "/digests"),
    # Experiments
    Operation("create_experiment", "write", "POST", "/experiments"),
    Operation("search_experiments", "read", "POST", "/experiments/search"),
    Operation("count_experiment_runs", "read", "POST", "/experiments/count-runs"),
    Operation("find_experiment", "read", "GET", "/experiments/find"),
    Operation("get_experiment", "read", "GET", "/experiments/{experiment_id}"),
    Operation("rename_experiment", "repeat", "POST", "/experiments/{experiment_id}/rename"),
    Operation("delete_experiment", "write", "DELETE", "/experiments/{experiment_id}"),
    Operation("restore_experiment", "write", "POST", "/experiments/{experiment_id}/restore"),
    Operation("set_experiment_tags", "repeat", "POST", "/experiments/{experiment_id}/tags"),
    Operation("delete_experiment_tag", "write", "DELETE", "/experiments/{experiment_id}/tags"),
    # Runs
    Operation("create_run", "repeat", "POST", "/runs"),
    Operation("search_runs", "read", "POST", "/runs/search"),
    Operation("count_runs", "read", "POST", "/runs/count"),
    Operation("search_run_ids", "read", "POST", "/runs/search-ids"),
    Operation("read_runs", "read", "POST", "/runs/read"),
    Operation("count_run_keys", "read", "POST", "/runs/count-keys"),
    Operation("close_lost_runs", "repeat", "POST", "/runs/close-lost"),
    Operation("get_run", "read", "GET", "/runs/{run_id}"),
    Operation("update_run", "repeat", "PATCH", "/runs/{run_id}"),
    Operation("delete_run", "repeat", "DELETE", "/runs/{run_id}"),
    Operation("restore_run", "repeat", "POST", "/runs/{run_id}/restore"),
    Operation("log_batch", "repeat", "POST", "/runs/{run_id}/batch"),
    Operation("delete_tag", "write", "DELETE", "/runs/{run_id}/tags"),
    Operation("log_inputs", "repeat", "POST", "/runs/{run_id}/inputs"),
    Operation("log_outputs", "repeat", "POST", "/runs/{run_id}/outputs"),
    Operation("get_metric_history", "read", "GET", "/runs/{run_id}/history"),
    Operation("read_console", "read", "GET", "/runs/{run_id}/console"),
    # What journals hold, and series
    Operation("ingest", "repeat", "POST", "/ingest"),
    Operation("read_series", "read", "POST", "/series/read"),
    # Artifacts
    Operation("put_artifacts", "repeat", "POST", "/artifacts/{owner_id}"),
    Operation("iter_artifacts", "read", "GET", "/artifacts/{owner_id}"),
    Operation("delete_artifacts", "repeat", "DELETE", "/artifacts/{owner_id}"),
    Operation("find_artifact", "read", "GET", "/artifacts/{owner_id}/find"),
    Operation("list_artifacts", "read", "GET", "/artifacts/{owner_id}/list"),
    # Datasets and lineage
    Operation("search_datasets", "read", "POST", "/datasets/search"),
    Operation("get_dataset", "read", "GET", "/datasets/find"),
    Operation("list_edges", "read", "POST", "/lineage/edges"),
    # Logged models
    Operation("create_logged_model", "write", "POST", "/logged-models"),
    Operation("search_logged_models", "read", "POST", "/logged-models/search"),
    Operation("get_logged_model", "read", "GET", "/logged-models/{model_id}"),
    Operation("finalize_logged_model", "repeat", "POST", "/logged-models/{model_id}/finalize"),
    Operation("delete_logged_model", "write", "DELETE", "/logged-models/{model_id}"),
    Operation("log_logged_model_params", "repeat", "POST", "/logged-models/{model_id}/params"),
    Operation("set_logged_model_tags", "repeat", "POST", "/logged-models/{model_id}/tags"),
    Operation("delete_logged_model_tag", "write", "DELETE", "/logged-models/{model_id}/tags"),
    # The registry
    Operation("create_registered_model", "write", "POST", "/registered-models"),
    Operation("search_registered_models", "read", "POST", "/registered-models/search"),
    Operation("get_registered_model", "read", "GET", _MODEL),
    Operation("update_registered_model", "repeat", "PATCH", _MODEL),
    Operation("delete_registered_model", "write", "DELETE", _MODEL),
    Operation("rename_registered_model", "write", "POST", _MODEL + "/rename"),
    Operation("get_latest_versions", "read", "POST", _MODEL + "/latest-versions"),
    Operation("set_registered_model_tag", "repeat", "POST", _MODEL + "/tags"),
    Operation("delete_registered_model_tag", "repeat", "DELETE", _MODEL + "/tags"),
    Operation("set_registered_model_alias", "repeat", "POST", _MODEL + "/aliases"),
    Operation("delete_registered_model_alias", "repeat", "DELETE", _MODEL + "/aliases"),
    Operation("list_alias_moves", "read", "GET", _MODEL + "/alias-moves"),
    Operation("get_model_version_by_alias", "read", "GET", _MODEL + "/aliases"),
    Operation("create_model_version", "write", "POST", _MODEL + "/versions"),
    Operation("search_model_versions", "read", "POST", "/model-versions/search"),
    Operation("get_model_version", "read", "GET", _VERSION),
    Operation("update_model_version", "repeat", "PATCH", _VERSION),
    Operation("delete_model_version", "write", "DELETE", _VERSION),
    Operation("transition_model_version_stage", "repeat", "POST", _VERSION + "/stage"),
    Operation("get_model_version_download_uri", "read", "GET", _VERSION + "/download-uri"),
    Operation("set_model_version_tag", "repeat", "POST", _VERSION + "/tags"),
    Operation("delete_model_version_tag", "repeat", "DELETE", _VERSION + "/tags"),
    # Webhooks; what delivers them is the server itself
    Operation("create_webhook", "write", "POST", "/webhooks"),
    Operation("list_webhooks", "read", "GET", "/webhooks"),
    Operation("get_webhook", "read", "GET", "/webhooks/{webhook_id}"),
    Operation("update_webhook", "repeat", "PATCH", "/webhooks/{webhook_id}"),
    Operation("delete_webhook", "write", "DELETE", "/webhooks/{webhook_id}"),
    Operation("list_deliveries", "read", "GET", "/webhooks/{webhook_id}/deliveries"),
    # The team
    Operation("create_user", "write", "POST", "/users"),
    Operation("list_users", "read", "GET", "/users"),
    Operation("get_user", "read", "GET", "/users/{name}"),
    Operation("update_user", "repeat", "PATCH", "/users/{name}"),
    Operation("delete_user", "write", "DELETE", "/users/{name}"),
    Operation("create_token", "write", "POST", "/users/{user_name}/tokens"),
    Operation("list_tokens", "read", "GET", "/users/{user_name}/tokens"),
    Operation("delete_token", "write", "DELETE", "/users/{user_name}/tokens/{token_id}"),
    Operation("search_audit", "read", "GET", "/audit"),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}

AT_HOME = frozenset(
    (
        "check",
        "find_garbage",
        "remove_garbage",
        "backup",
        "get_webhook_secret",
        "enqueue_deliveries",
        "on_deliveries",
        "claim_deliveries",
        "finish_delivery",
        "remove_deliveries",
        "watch",
        "read_marks",
        "add_audit",
        "has_users",
        "check_password",
        "find_bearer",
        "issue_token",
        "create_first_admin",
        "shared_secret",
        "do_together",
    )
)
"""Operations for who holds the store itself alone: upkeep, watching it, letting people in, signing, delivering
webhooks, and many calls at once."""


class PageMessage(Struct, Generic[T]):
    """A page of a listing."""

    items: list[T]
    next_page_token: str | None = None


class SeriesMessage(Struct):
    """Points of one series, as little-endian columns of equal length (int64, int64, float64)."""

    run_id: str
    key: str
    steps: bytes
    timestamps: bytes
    values: bytes


class Shapes(NamedTuple):
    """What an operation takes and returns.

    Attributes:
        signature: Of the method, without ``self``.
        request: A Struct with a field an argument.
        returned: The type that the method returns.
        answer: The type that travels.
    """

    signature: inspect.Signature
    request: type[Struct]
    returned: Any
    answer: Any


@cache
def shapes_of(operation: Operation) -> Shapes:
    """Return what an operation takes and returns."""
    method = getattr(Store, operation.name)
    hints = get_type_hints(method, localns={"Columns": Columns})
    signature = inspect.signature(method)
    parameters = list(signature.parameters.values())[1:]
    fields: list[Any] = [
        (one.name, hints[one.name]) if one.default is one.empty else (one.name, hints[one.name], one.default)
        for one in parameters
    ]
    name = "".join(map(str.title, operation.name.split("_"))) + "Request"
    request = msgspec.defstruct(name, fields, kw_only=True, omit_defaults=True, forbid_unknown_fields=True)
    return Shapes(signature.replace(parameters=parameters), request, hints["return"], _travelling(hints["return"]))


def _travelling(returned: Any) -> Any:
    if get_origin(returned) is Page:
        return PageMessage[get_args(returned)]  # type: ignore[misc]  # known when the program runs
    if _is_series(returned):
        return list[SeriesMessage]
    return returned


def _is_series(returned: Any) -> bool:
    return get_origin(returned) is dict and Columns in get_args(returned)


def pack(returned: Any, result: Any) -> Any:
    """Return a result as it travels."""
    if isinstance(result, Page):
        return PageMessage(list(result), result.token)
    if _is_series(returned):
        return [_packed(run_id, key, columns) for (run_id, key), columns in result.items()]
    return result


def unpack(returned: Any, answer: Any) -> Any:
    """Return the result that an answer was packed from."""
    if get_origin(returned) is Page:
        return Page(answer.items, answer.next_page_token)
    if _is_series(returned):
        return {(series.run_id, series.key): _unpacked(series) for series in answer}
    return answer


def _packed(run_id: str, key: str, columns: Columns) -> SeriesMessage:
    steps, timestamps, values = (np.ascontiguousarray(column) for column in columns)
    return SeriesMessage(
        run_id,
        key,
        steps.astype("<i8", copy=False).tobytes(),
        timestamps.astype("<i8", copy=False).tobytes(),
        values.astype("<f8", copy=False).tobytes(),
    )


def _unpacked(series: SeriesMessage) -> Columns:
    return Columns(
        np.frombuffer(series.steps, "<i8").astype(np.int64, copy=False),
        np.frombuffer(series.timestamps, "<i8").astype(np.int64, copy=False),
        np.frombuffer(series.values, "<f8").astype(np.float64, copy=False),
    )
