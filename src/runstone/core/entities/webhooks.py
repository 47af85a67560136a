"""Webhooks as they are kept; delivering them is the server's work."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

WebhookStatus = Literal["ACTIVE", "DISABLED"]


class WebhookEvent(Struct, frozen=True, order=True):
    """What a webhook listens to: an entity (``model_version``) and an action (``created``)."""

    entity: str
    action: str

    def __str__(self) -> str:
        return f"{self.entity}.{self.action}"


WEBHOOK_EVENTS = frozenset(
    WebhookEvent(entity, action)
    for entity, actions in {
        # MLflow's.
        "registered_model": ("created",),
        "model_version": ("created",),
        "model_version_tag": ("set", "deleted"),
        "model_version_alias": ("created", "deleted"),
        "prompt": ("created",),
        "prompt_version": ("created",),
        "prompt_tag": ("set", "deleted"),
        "prompt_version_tag": ("set", "deleted"),
        "prompt_alias": ("created", "deleted"),
        "budget_policy": ("exceeded",),
        # Ours beyond them.
        "model_version_stage": ("transitioned",),
        "run": ("created", "finished"),
        "experiment": ("created",),
    }.items()
    for action in actions
)
"""Every event that a webhook can listen to."""


class Webhook(Struct, frozen=True, kw_only=True):
    """A subscription.  The secret is never part of it."""

    webhook_id: str
    name: str
    url: str
    events: tuple[WebhookEvent, ...]
    description: str | None = None
    status: WebhookStatus = "ACTIVE"
    creation_timestamp: int = 0
    last_updated_timestamp: int = 0


class WebhookDelivery(Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook: a line of the outbox, and of the delivery log afterwards."""

    delivery_id: str
    webhook_id: str
    event: WebhookEvent
    payload: str
    created_ms: int
    attempts: int = 0
    next_attempt_ms: int | None = None
    delivered_ms: int | None = None
    response_status: int | None = None
    error_message: str | None = None
