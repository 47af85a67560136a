"""Webhooks' storage: subscriptions and the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from runstone.core.entities import Webhook, WebhookDelivery, WebhookEvent, WebhookStatus
from runstone.core.page import Page


class WebhookStore(Protocol):
    """Who is to be told of which event, and what is still to be told."""

    def create_webhook(
        self,
        name: str,
        url: str,
        events: Sequence[WebhookEvent],
        *,
        description: str | None = None,
        secret: str | None = None,
        status: WebhookStatus = "ACTIVE",
    ) -> Webhook:
        """Subscribe a URL to events.

        Raises:
            InvalidArgument.
        """

    def get_webhook(self, webhook_id: str) -> Webhook:
        """Return one webhook.

        Raises:
            NotFound.
        """

    def get_webhook_secret(self, webhook_id: str) -> str | None:
        """Return the secret that signs deliveries, for the deliverer alone.

        Raises:
            NotFound.
        """

    def list_webhooks(self, *, max_results: int = 100, page_token: str | None = None) -> Page[Webhook]:
        """Return a page of webhooks, oldest first.

        Raises:
            InvalidArgument.
        """

    def update_webhook(
        self,
        webhook_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: Sequence[WebhookEvent] | None = None,
        secret: str | None = None,
        status: WebhookStatus | None = None,
    ) -> Webhook:
        """Change what is given.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook and what was still to be delivered to it.

        Raises:
            NotFound.
        """

    def enqueue_deliveries(self, event: WebhookEvent, payload: str, *, now_ms: int) -> list[WebhookDelivery]:
        """Put one delivery for each active webhook that listens to the event into the outbox."""

    def on_deliveries(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called after commits of this store that put deliveries into the outbox.

        It is called from any thread, and must neither wait nor raise.  What is returned ends that.
        """

    def claim_deliveries(
        self,
        *,
        now_ms: int,
        lease_ms: int,
        max_results: int = 100,
        per_webhook: int | None = None,
        under_way: Mapping[str, int] | None = None,
    ) -> list[WebhookDelivery]:
        """Return due deliveries and keep them from other claimants for ``lease_ms``.

        Args:
            per_webhook: At most so many of each webhook.
            under_way: How many of these the claimant has already, by webhook.
        """

    def finish_delivery(
        self,
        delivery_id: str,
        *,
        now_ms: int,
        delivered: bool,
        response_status: int | None = None,
        error_message: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Note how an attempt ended, and when to try again if at all.

        Raises:
            NotFound.
        """

    def remove_deliveries(self, *, before_ms: int) -> int:
        """Remove deliveries that were made before a time and are over, and return how many."""

    def list_deliveries(self, webhook_id: str, *, max_results: int = 100) -> list[WebhookDelivery]:
        """Return the newest deliveries of a webhook, the log.

        Raises:
            NotFound.
        """
