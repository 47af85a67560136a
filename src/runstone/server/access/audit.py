"""What becomes a line of the audit log: every change but the logging of runs, which runs keep themselves."""

from __future__ import annotations

from typing import Any

import msgspec

from runstone.core.clock import now_ms
from runstone.core.entities.team import AuditRecord
from runstone.server.access.principal import Principal
from runstone.store.operations import BY_NAME

_OF_RUNS = frozenset(
    (
        "ingest",
        "log_batch",
        "log_inputs",
        "log_outputs",
        "put_artifacts",
        "log_logged_model_params",
        "update_run",
        "close_lost_runs",
    )
)
_SECRETS = frozenset(("password", "secret"))
_MAX_DETAIL = 2000


def is_audited(operation: str) -> bool:
    """Say whether an operation leaves a line."""
    return BY_NAME[operation].kind != "read" and operation not in _OF_RUNS


def record_of(principal: Principal, action: str, *, target: str = "", detail: str = "") -> AuditRecord:
    """Return the line of what somebody did."""
    return AuditRecord(
        at_ms=now_ms(),
        actor=principal.name,
        action=action,
        target=target,
        detail=detail,
        token_id=principal.token_id,
        address=principal.address,
        request_id=principal.request_id,
    )


def operation_record(principal: Principal, operation: str, given: dict[str, Any], result: Any) -> AuditRecord:
    """Return the line of an operation that was done."""
    in_path = BY_NAME[operation].in_path
    target = "/".join(str(given[name]) for name in in_path) or _id_of(result)
    others = {
        name: "[redacted]" if name in _SECRETS and value is not None else value
        for name, value in given.items()
        if name not in in_path
    }
    detail = msgspec.json.encode(others).decode() if others else ""
    return record_of(principal, operation, target=target, detail=detail[:_MAX_DETAIL])


def _id_of(made: Any) -> str:
    made = getattr(made, "info", made)
    found = (getattr(made, name, None) for name in ("run_id", "model_id", "experiment_id", "webhook_id", "name"))
    return str(next(filter(None, found), ""))
