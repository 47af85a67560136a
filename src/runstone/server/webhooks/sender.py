"""Sending one delivery: signed as MLflow signs, which is after the convention at standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

import msgspec
from msgspec import Struct

from runstone.core.clock import from_datetime, now_ms, to_datetime
from runstone.core.entities import Webhook, WebhookDelivery, WebhookEvent
from runstone.core.entities.webhooks import WEBHOOK_EVENTS
from runstone.core.errors import InvalidArgument, PermissionDenied, TooManyRequests
from runstone.core.ids import new_run_id
from runstone.core.version import __version__
from runstone.server.webhooks.addresses import Allowed
from runstone.server.webhooks.examples import example_of
from runstone.server.webhooks.posting import NoReply, post
from runstone.store.protocol import Store

_TESTS_AT_ONCE = 4
"""Whoever tests a receiver waits in one of the threads that answer requests; the others must go on."""


class Outcome(Struct, frozen=True, omit_defaults=True):
    """How sending went.

    Attributes:
        success: Whether the answer's status was 2xx.
        response_status: None where no answer came.
        response_body: Its first 64 KiB.
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
        self._allowed = Allowed(allowed)
        self._tests = threading.BoundedSemaphore(_TESTS_AT_ONCE)

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
            TooManyRequests: Others are being tested.
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
        if not self._tests.acquire(blocking=False):
            raise TooManyRequests(f"{_TESTS_AT_ONCE} webhooks are being tested already; try again")
        try:
            return self._post(webhook, new_run_id(), msgspec.json.encode(body))
        finally:
            self._tests.release()

    def _post(self, webhook: Webhook, delivery_id: str, body: bytes) -> Outcome:
        headers = _headers(self._store.get_webhook_secret(webhook.webhook_id), delivery_id, body)
        try:
            reply = post(webhook.url, body, headers, self._allowed)
        except (NoReply, PermissionDenied) as error:
            return Outcome(False, error_message=f"Failed to deliver: {error}")
        taken = 200 <= reply.status < 300
        return Outcome(
            taken,
            reply.status,
            reply.body.decode("utf-8", "replace"),
            None if taken else f"the receiver answered with status {reply.status}",
            _seconds(reply.retry_after),
        )


def sign(secret: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a delivery: ``v1,`` and the HMAC-SHA256 of ``id.timestamp.body`` in base64."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _headers(secret: str | None, delivery_id: str, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"runstone/{__version__}",
        "X-MLflow-Delivery-Id": delivery_id,
        "X-MLflow-Timestamp": timestamp,
    }
    if secret:
        headers["X-MLflow-Signature"] = sign(secret, delivery_id, timestamp, body)
    return headers


def _seconds(retry_after: str) -> int | None:
    """Return how long a receiver asks to be left alone, which it says in seconds or as a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return int(retry_after[:9])
    try:
        return max(0, (from_datetime(parsedate_to_datetime(retry_after)) - now_ms()) // 1000)
    except (ValueError, OverflowError):
        return None
