"""What a test of a webhook sends."""

from __future__ import annotations

from typing import Any

from runstone.core.entities import WebhookEvent

_NAMED = {"name": "example_name", "tags": {"example_key": "example_value"}, "description": "An example"}
_VERSION = {"name": "example_name", "version": "1"}
_TAG = {"key": "example_key", "value": "example_value"}
_RUN = {
    "run_id": "0193b6c1f5f47a5c8d3e2f1a0b9c8d7e",
    "run_name": "example_run",
    "experiment_id": "1",
    "experiment_name": "example_experiment",
    "user_id": "example_user",
    "start_time": 1_700_000_000_000,
}

_EXAMPLES: dict[str, dict[str, Any]] = {
    "registered_model.created": _NAMED,
    "model_version.created": {**_VERSION, "source": "runs:/0193b6c1f5f47a5c8d3e2f1a0b9c8d7e/model", **_NAMED}
    | {"run_id": "0193b6c1f5f47a5c8d3e2f1a0b9c8d7e"},
    "model_version_stage.transitioned": {**_VERSION, "stage": "Production"},
    "prompt.created": _NAMED,
    "prompt_version.created": {**_NAMED, "version": "1", "template": "Hello {{name}}!"},
    "prompt_tag.set": {"name": "example_name", **_TAG},
    "prompt_tag.deleted": {"name": "example_name", "key": "example_key"},
    "budget_policy.exceeded": {"budget_policy_id": "example_policy"},
    "run.created": _RUN,
    "run.finished": {**_RUN, "status": "FINISHED", "end_time": 1_700_000_060_000, "status_reason": None},
    "experiment.created": {"experiment_id": "1", "name": "example_experiment"},
}
for _entity in ("model_version", "prompt_version"):
    _EXAMPLES[f"{_entity}_tag.set"] = {**_VERSION, **_TAG}
    _EXAMPLES[f"{_entity}_tag.deleted"] = {**_VERSION, "key": "example_key"}
for _entity in ("model_version_alias", "prompt_alias"):
    _EXAMPLES[f"{_entity}.created"] = {"name": "example_name", "alias": "example_alias", "version": "1"}
    _EXAMPLES[f"{_entity}.deleted"] = {"name": "example_name", "alias": "example_alias"}


def example_of(event: WebhookEvent) -> dict[str, Any]:
    """Return the data of an event as they could be."""
    return _EXAMPLES[str(event)]
