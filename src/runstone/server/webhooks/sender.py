"""Sending one delivery: signed as MLflow signs, which is after the convention at standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import urllib3
from msgspec import Struct

from runstone.core.clock import now_ms, to_datetime
from runstone.core.entities import Webhook, WebhookDelivery, WebhookEvent
from runstone.core.entities.webhooks import WEBHOOK_EVENTS
from runstone.core.errors import InvalidArgument, PermissionDenied
from runstone.core.ids import new_run_id
from runstone.server.webhooks.addresses import Allowed, pool_manager
from runstone.server.webhooks.examples import example_of
from runstone.store.protocol import Store

_TIMEOUT = urllib3.Timeout(connect=5, read=15)
_MAX_BODY = 64 << 10
_MAX_ERROR = 500


class Outcome(Struct, frozen=True, omit_defaults=True):
    """How sending went.

    Attributes:
        success: Whether the answer's status was below 400.
        response_status: None where no answer came.
        retry_after_s: When the receiver wants to be asked again, if it said so.
    """

    success: bool
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None
    retry_after_s: int | None = None


class Sender:
    """Sends deliveries; safe to use from many threads.

    Args:
        store: The store itself, which has the secrets.
        allowed: Places that deliveries may go to although they are not of the open internet.
    """

    def __init__(self, store: Store, allowed: Sequence[str] = ()) -> None:
        self._store = store
        self._pools = pool_manager(Allowed(allowed), _TIMEOUT)

    def send(self, delivery: WebhookDelivery) -> Outcome:
        """Send a delivery once.

        Raises:
            NotFound: Its webhook is gone.
        """
        webhook = self._store.get_webhook(delivery.webhook_id)
        return self._post(webhook, delivery.delivery_id, delivery.payload.encode())

    def test(self, webhook_id: str, event: WebhookEvent | None = None) -> Outcome:
        """Send an example, and return what the receiver answered.

        Args:
            event: What the example is of; the first that the webhook listens to if None.

        Raises:
            NotFound: There is no such webhook.
            InvalidArgument: There is no such event.
        """
        webhook = self._store.get_webhook(webhook_id)
        about = event or webhook.events[0]
        if about not in WEBHOOK_EVENTS:
            raise InvalidArgument(f"no such event: {str(about)[:100]!r}", field="event")
        body = {
            "entity": about.entity,
            "action": about.action,
            "timestamp": to_datetime(now_ms()).isoformat(),
            "data": example_of(about),
        }
        return self._post(webhook, new_run_id(), msgspec.json.encode(body))

    def _post(self, webhook: Webhook, delivery_id: str, body: bytes) -> Outcome:
        headers = _headers(self._store.get_webhook_secret(webhook.webhook_id), delivery_id, body)
        try:
            answer = self._pools.request(
                "POST", webhook.url, body=body, headers=headers, redirect=False, preload_content=False
            )
            try:
                text = answer.read(_MAX_BODY, decode_content=False).decode("utf-8", "replace")
            finally:
                answer.close()
        except (urllib3.exceptions.HTTPError, PermissionDenied, OSError, ValueError) as error:
            return Outcome(False, error_message=f"Failed to reach the receiver: {error}"[:_MAX_ERROR])
        wait = answer.headers.get("Retry-After", "")
        return Outcome(
            answer.status < 300,
            answer.status,
            text,
            None if answer.status < 300 else f"the receiver answered with status {answer.status}",
            int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 8 else None,
        )


def sign(secret: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a delivery: ``v1,`` and the HMAC-SHA256 of ``id.timestamp.body`` in base64."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _headers(secret: str | None, delivery_id: str, body: bytes) -> dict[str, Any]:
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "runstone",
        "X-MLflow-Delivery-Id": delivery_id,
        "X-MLflow-Timestamp": timestamp,
    }
    if secret:
        headers["X-MLflow-Signature"] = sign(secret, delivery_id, timestamp, body)
    return headers
