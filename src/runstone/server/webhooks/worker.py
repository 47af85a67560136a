"""Emptying the outbox: every server does, and a delivery is claimed by one of them at a time.

A delivery that fails is tried again after 10 s, then after three times as long each time, up to 6 hours: ten tries in
about 15 hours.  A receiver that answers with a status from 300 to 499 (other than 408, 425 and 429) does not want it,
and is not asked again.  A server that dies leaves its deliveries to the others: each is free again a minute after it
was claimed.
"""

from __future__ import annotations

import logging
import random

import anyio
from anyio.to_thread import run_sync

from runstone.core.clock import now_ms
from runstone.core.entities import WebhookDelivery
from runstone.core.errors import NotFound, RunstoneError
from runstone.server.webhooks.sender import Outcome, Sender
from runstone.store.protocol import Store

_log = logging.getLogger("runstone.webhooks")

MAX_TRIES = 10
_POLL_S = 1.0
_LEASE_MS = 60_000
_AT_ONCE = 8
_FIRST_RETRY_MS = 10_000
_LONGEST_RETRY_MS = 6 * 3600 * 1000
_KEPT_MS = 30 * 24 * 3600 * 1000
_SWEEP_S = 3600.0


async def deliver_for_ever(store: Store, sender: Sender) -> None:
    """Send what falls due; attempts under way are ended before this is."""
    limiter = anyio.CapacityLimiter(_AT_ONCE)
    sweep_at = anyio.current_time()
    async with anyio.create_task_group() as tasks:
        while True:
            free = int(limiter.available_tokens)
            try:
                claimed = await run_sync(claim, store, free) if free else []
                if anyio.current_time() >= sweep_at:
                    sweep_at = anyio.current_time() + _SWEEP_S
                    await run_sync(lambda: store.remove_deliveries(before_ms=now_ms() - _KEPT_MS))
            except RunstoneError as error:
                _log.warning("the outbox of webhooks cannot be read: %s", error)
                claimed = []
            for delivery in claimed:
                tasks.start_soon(_attempt_in_thread, store, sender, delivery, limiter)
            await anyio.sleep(0 if len(claimed) == free > 0 else _POLL_S)


async def _attempt_in_thread(
    store: Store, sender: Sender, delivery: WebhookDelivery, limiter: anyio.CapacityLimiter
) -> None:
    await run_sync(attempt, store, sender, delivery, limiter=limiter)


def claim(store: Store, most: int) -> list[WebhookDelivery]:
    """Return deliveries that are due, for this server alone."""
    return store.claim_deliveries(now_ms=now_ms(), lease_ms=_LEASE_MS, max_results=most)


def attempt(store: Store, sender: Sender, delivery: WebhookDelivery) -> None:
    """Send a delivery once, and note how that went."""
    try:
        outcome = sender.send(delivery)
        store.finish_delivery(
            delivery.delivery_id,
            now_ms=now_ms(),
            delivered=outcome.success,
            response_status=outcome.response_status,
            error_message=outcome.error_message,
            retry_ms=None if outcome.success else retry_ms(delivery.attempts, outcome),
        )
    except NotFound:
        return  # The webhook was removed meanwhile.
    except RunstoneError as error:
        _log.warning("delivery %s could not be noted, and will be repeated: %s", delivery.delivery_id, error)
        return
    if not outcome.success:
        _log.warning("delivery %s, try %d: %s", delivery.delivery_id, delivery.attempts, outcome.error_message)


def retry_ms(tries: int, outcome: Outcome) -> int | None:
    """Return how long to wait after so many tries, or None to give up."""
    status = outcome.response_status
    is_unwanted = status is not None and 300 <= status < 500 and status not in (408, 425, 429)
    if tries >= MAX_TRIES or is_unwanted:
        return None
    pause = min(_FIRST_RETRY_MS * 3 ** (tries - 1), _LONGEST_RETRY_MS)
    asked = min((outcome.retry_after_s or 0) * 1000, _LONGEST_RETRY_MS)
    # Spread, so that receivers are not met by everything at once when they come back.
    return max(int(pause * random.uniform(0.8, 1.2)), asked)
