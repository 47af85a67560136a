"""What happened, put into the outbox of webhooks in the transaction in which it happens.

Payloads of the registry's events are MLflow's (mlflow.org, "Webhooks"); a registered model that is a prompt has events
of its own there.  Where no webhook is active, an event costs one look at a table that is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runstone.core.clock import now_ms
from runstone.store.sql.dialect.base import Connection

PROMPT_TAG = "mlflow.prompt.is_prompt"
_PROMPT_TEXT_TAG = "mlflow.prompt.text"
_PROMPT_TYPE_TAG = "_mlflow_prompt_type"
_ENDED = ("FINISHED", "FAILED", "KILLED")


def experiment_created(c: Connection, experiment_id: int, name: str) -> None:
    """Tell of a new experiment."""
    if _has_listeners(c):
        _emit(c, "experiment", "created", {"experiment_id": str(experiment_id), "name": name})


def run_created(c: Connection, run_no: int) -> None:
    """Tell of a new run."""
    if _has_listeners(c):
        _emit(c, "run", "created", _run(c, run_no))


def run_ends(c: Connection, run_no: int, status: str, end_ms: int | None, reason: str | None) -> None:
    """Tell of a run that is about to enter a state, if it ends thereby."""
    if status not in _ENDED or not _has_listeners(c):
        return
    if c.one("SELECT status FROM runs WHERE run_no = ?", (run_no,)) in [(ended,) for ended in _ENDED]:
        return
    _emit(
        c, "run", "finished", {**_run(c, run_no), "status": status, "end_time": end_ms, "status_reason": reason or None}
    )


def model_created(c: Connection, name: str, tags: Mapping[str, str], description: str) -> None:
    """Tell of a new registered model."""
    if not _has_listeners(c):
        return
    is_prompt = _marks_prompt(tags)
    shown = {key: value for key, value in tags.items() if not is_prompt or key not in (PROMPT_TAG, _PROMPT_TYPE_TAG)}
    _emit(
        c,
        "prompt" if is_prompt else "registered_model",
        "created",
        {"name": name, "tags": shown, "description": description},
    )


def version_created(
    c: Connection, name: str, version: int, source: str, run_id: str | None, tags: Mapping[str, str], description: str
) -> None:
    """Tell of a new version."""
    if not _has_listeners(c):
        return
    data: dict[str, Any] = {"name": name, "version": str(version)}
    if _marks_prompt(tags):
        inner = (PROMPT_TAG, _PROMPT_TYPE_TAG, _PROMPT_TEXT_TAG)
        shown = {key: value for key, value in tags.items() if key not in inner}
        data |= {"template": tags.get(_PROMPT_TEXT_TAG), "tags": shown, "description": description or None}
        _emit(c, "prompt_version", "created", data)
    else:
        data |= {"source": source, "run_id": run_id, "tags": dict(tags), "description": description or None}
        _emit(c, "model_version", "created", data)


def model_tag_changed(c: Connection, name: str, action: str, tag: Mapping[str, str]) -> None:
    """Tell of a tag that was ``set`` on or ``deleted`` from a prompt; of other models' tags nothing is told."""
    if _has_listeners(c) and _is_prompt(c, name):
        _emit(c, "prompt_tag", action, {"name": name, **tag})


def version_tag_changed(c: Connection, name: str, version: int, action: str, tag: Mapping[str, str]) -> None:
    """Tell of a tag that was ``set`` on or ``deleted`` from a version."""
    if _has_listeners(c):
        entity = "prompt_version_tag" if _is_prompt(c, name) else "model_version_tag"
        _emit(c, entity, action, {"name": name, "version": str(version), **tag})


def alias_changed(c: Connection, name: str, action: str, alias: Mapping[str, str]) -> None:
    """Tell of an alias that was ``created`` or ``deleted``."""
    if _has_listeners(c):
        entity = "prompt_alias" if _is_prompt(c, name) else "model_version_alias"
        _emit(c, entity, action, {"name": name, **alias})


def stage_changed(c: Connection, name: str, version: int, stage: str) -> None:
    """Tell of a version that was moved to a stage."""
    if _has_listeners(c):
        _emit(c, "model_version_stage", "transitioned", {"name": name, "version": str(version), "stage": stage})


def _has_listeners(c: Connection) -> bool:
    return c.one("SELECT 1 FROM webhooks WHERE status = 'ACTIVE' LIMIT 1") is not None


def _emit(c: Connection, entity: str, action: str, data: Mapping[str, Any]) -> None:
    # Here, since hardly any program that logs needs it.
    import msgspec

    from runstone.core.clock import to_datetime
    from runstone.core.entities import WebhookEvent
    from runstone.store.sql.webhooks import enqueue

    now = now_ms()
    body = {"entity": entity, "action": action, "timestamp": to_datetime(now).isoformat(), "data": data}
    enqueue(c, WebhookEvent(entity, action), msgspec.json.encode(body).decode(), now)


def _run(c: Connection, run_no: int) -> dict[str, Any]:
    [row] = c.query(
        "SELECT r.run_id, r.name, r.experiment_id, e.name, r.user_id, r.start_ms FROM runs r "
        "JOIN experiments e ON e.experiment_id = r.experiment_id WHERE r.run_no = ?",
        (run_no,),
    )
    return {
        "run_id": row[0],
        "run_name": row[1],
        "experiment_id": str(row[2]),
        "experiment_name": row[3],
        "user_id": row[4],
        "start_time": row[5],
    }


def _marks_prompt(tags: Mapping[str, str]) -> bool:
    return tags.get(PROMPT_TAG, "").lower() == "true"


def _is_prompt(c: Connection, name: str) -> bool:
    row = c.one("SELECT value FROM registered_model_tags WHERE name = ? AND key = ?", (name, PROMPT_TAG))
    return row is not None and row[0].lower() == "true"
