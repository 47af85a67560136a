"""What a test of a webhook sends: MLflow's own examples of its events, and the like of ours."""

from __future__ import annotations

from typing import Any

from runstone.core.entities import WebhookEvent

_TAGS = {"tags": {"example_key": "example_value"}}
_TAG = {"key": "example_key", "value": "example_value"}
_VERSION = {"name": "example_model", "version": "1"}
_PROMPT_VERSION = {"name": "example_prompt", "version": "1"}
_RUN = {
    "run_id": "0193b6c1f5f47a5c8d3e2f1a0b9c8d7e",
    "run_name": "example_run",
    "experiment_id": "1",
    "experiment_name": "example_experiment",
    "user_id": "example_user",
    "start_time": 1_700_000_000_000,
}

_EXAMPLES: dict[str, dict[str, Any]] = {
    "registered_model.created": {
        "name": "example_model",
        **_TAGS,
        "description": "An example registered model",
    },
    "model_version.created": {
        **_VERSION,
        "source": "models:/123",
        "run_id": "abcd1234abcd5678",
        **_TAGS,
        "description": "An example model version",
    },
    "model_version_tag.set": {**_VERSION, **_TAG},
    "model_version_tag.deleted": {**_VERSION, "key": "example_key"},
    "model_version_alias.created": {"name": "example_model", "alias": "example_alias", "version": "1"},
    "model_version_alias.deleted": {"name": "example_model", "alias": "example_alias"},
    "model_version_stage.transitioned": {**_VERSION, "stage": "Production"},
    "prompt.created": {"name": "example_prompt", **_TAGS, "description": "An example prompt"},
    "prompt_version.created": {
        **_PROMPT_VERSION,
        "template": "Hello {{name}}!",
        **_TAGS,
        "description": "An example prompt version",
    },
    "prompt_tag.set": {"name": "example_prompt", **_TAG},
    "prompt_tag.deleted": {"name": "example_prompt", "key": "example_key"},
    "prompt_version_tag.set": {**_PROMPT_VERSION, **_TAG},
    "prompt_version_tag.deleted": {**_PROMPT_VERSION, "key": "example_key"},
    "prompt_alias.created": {"name": "example_prompt", "alias": "example_alias", "version": "1"},
    "prompt_alias.deleted": {"name": "example_prompt", "alias": "example_alias"},
    "budget_policy.exceeded": {
        "budget_policy_id": "bp-abc123",
        "budget_unit": "USD",
        "budget_amount": 100.0,
        "current_spend": 105.50,
        "duration_unit": "MONTHS",
        "duration_value": 1,
        "target_scope": "ENDPOINT",
        "workspace": "default",
        "target_value": "ep-abc123",
        "window_start": 1704067200000,
    },
    "run.created": _RUN,
    "run.finished": {**_RUN, "status": "FINISHED", "end_time": 1_700_000_060_000, "status_reason": None},
    "experiment.created": {"experiment_id": "1", "name": "example_experiment"},
}


def example_of(event: WebhookEvent) -> dict[str, Any]:
    """Return the data of an event as they could be."""
    return _EXAMPLES[str(event)]
