"""What happened, put into the outbox of webhooks in the transaction in which it happens.

Payloads of the registry's events are MLflow's (mlflow.org, "Webhooks"); a registered model that is a prompt has events
of its own there.  Where no webhook listens, an event costs one look at tables that are small.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runstone.core.clock import now_ms
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

PROMPT_TAG = "mlflow.prompt.is_prompt"
_PROMPT_TEXT_TAG = "mlflow.prompt.text"
_PROMPT_TYPE_TAG = "_mlflow_prompt_type"
_ENDED = ("FINISHED", "FAILED", "KILLED")


def experiment_created(c: Connection, experiment_id: int, name: str) -> None:
    """Tell of a new experiment."""
    if _is_heard(c, "experiment"):
        _emit(c, "experiment", "created", {"experiment_id": str(experiment_id), "name": name})


def run_created(c: Connection, run_no: int) -> None:
    """Tell of a new run."""
    if _is_heard(c, "run"):
        _emit(c, "run", "created", _run(c, run_no))


def run_ends(c: Connection, run_no: int, status: str, end_ms: int | None, reason: str | None) -> None:
    """Tell of a run that is about to enter a state, if it is one of the end and not the one that the run is in.

    A run that was taken for lost and then says that it has finished has two ends.
    """
    if status not in _ENDED or not _is_heard(c, "run"):
        return
    # Held, so that of two who end it at once the second sees what the first has done.
    if c.one(f"SELECT status FROM runs WHERE run_no = ? {c.for_update}", (run_no,)) == (status,):
        return
    _emit(
        c, "run", "finished", {**_run(c, run_no), "status": status, "end_time": end_ms, "status_reason": reason or None}
    )


def model_created(c: Connection, name: str, tags: Mapping[str, str], description: str) -> None:
    """Tell of a new registered model."""
    is_prompt = marks_prompt(tags)
    entity = "prompt" if is_prompt else "registered_model"
    if not _is_heard(c, entity):
        return
    shown = {key: value for key, value in tags.items() if not is_prompt or key not in (PROMPT_TAG, _PROMPT_TYPE_TAG)}
    _emit(c, entity, "created", {"name": name, "tags": shown, "description": description})


def version_created(
    c: Connection, name: str, version: int, source: str, run_id: str | None, tags: Mapping[str, str], description: str
) -> None:
    """Tell of a new version."""
    is_prompt = marks_prompt(tags)
    entity = "prompt_version" if is_prompt else "model_version"
    if not _is_heard(c, entity):
        return
    data: dict[str, Any] = {"name": name, "version": str(version)}
    if is_prompt:
        inner = (PROMPT_TAG, _PROMPT_TYPE_TAG, _PROMPT_TEXT_TAG)
        shown = {key: value for key, value in tags.items() if key not in inner}
        data |= {"template": tags.get(_PROMPT_TEXT_TAG), "tags": shown, "description": description or None}
    else:
        data |= {"source": source, "run_id": run_id, "tags": dict(tags), "description": description or None}
    _emit(c, entity, "created", data)


def model_tag_changed(c: Connection, name: str, action: str, tag: Mapping[str, str]) -> None:
    """Tell of a tag that was ``set`` on or ``deleted`` from a prompt; of other models' tags nothing is told."""
    if _is_heard(c, "prompt_tag") and _is_prompt(c, name):
        _emit(c, "prompt_tag", action, {"name": name, **tag})


def version_tag_changed(c: Connection, name: str, version: int, action: str, tag: Mapping[str, str]) -> None:
    """Tell of a tag that was ``set`` on or ``deleted`` from a version."""
    if _is_heard(c, "model_version_tag", "prompt_version_tag"):
        entity = "prompt_version_tag" if _is_prompt(c, name) else "model_version_tag"
        _emit(c, entity, action, {"name": name, "version": str(version), **tag})


def alias_changed(c: Connection, name: str, action: str, alias: Mapping[str, str]) -> None:
    """Tell of an alias that was ``created`` or ``deleted``."""
    if _is_heard(c, "model_version_alias", "prompt_alias"):
        entity = "prompt_alias" if _is_prompt(c, name) else "model_version_alias"
        _emit(c, entity, action, {"name": name, **alias})


def stages_changed(c: Connection, name: str, stages: Mapping[int, str]) -> None:
    """Tell of versions that were moved to a stage each."""
    if stages and _is_heard(c, "model_version_stage"):
        for version, stage in stages.items():
            _emit(c, "model_version_stage", "transitioned", {"name": name, "version": str(version), "stage": stage})


def marks_prompt(tags: Mapping[str, str]) -> bool:
    """Say whether tags make a registered model or version a prompt, as MLflow reads them."""
    return tags.get(PROMPT_TAG, "").lower() == "true"


def _is_heard(c: Connection, *entities: str) -> bool:
    """Say whether some active webhook listens to anything about these."""
    heard = (
        "SELECT 1 FROM webhooks w WHERE w.status = 'ACTIVE' AND EXISTS (SELECT 1 FROM webhook_events e "
        f"WHERE e.webhook_id = w.webhook_id AND e.entity IN ({marks(len(entities))})) LIMIT 1"
    )
    return c.one(heard, entities) is not None


def _emit(c: Connection, entity: str, action: str, data: Mapping[str, Any]) -> None:
    # Here, since hardly any program that logs needs it.
    import msgspec

    from runstone.core.clock import to_datetime
    from runstone.core.entities import WebhookEvent
    from runstone.store.sql.outbox import enqueue

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


def _is_prompt(c: Connection, name: str) -> bool:
    row = c.one("SELECT value FROM registered_model_tags WHERE name = ? AND key = ?", (name, PROMPT_TAG))
    return row is not None and row[0].lower() == "true"
