"""Emptying the outbox: every server does, and a delivery is claimed by one of them at a time.

A delivery that fails is tried again after 10 s, then after three times as long each time, up to 6 hours: ten tries in
about 15 hours.  A receiver that answers with a status from 300 to 499 (other than 408, 425 and 429) does not want it,
and is not asked again.  A server that dies leaves its deliveries to the others: each is free again two minutes after it
was claimed.

No receiver holds up another: of the deliveries under way only a few are to the same webhook, and no more are claimed
than can be sent at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeVar

import anyio
from anyio.abc import TaskGroup
from anyio.to_thread import run_sync

from runstone.core.clock import now_ms
from runstone.core.entities import WebhookDelivery
from runstone.core.errors import NotFound, RunstoneError
from runstone.server.webhooks.sender import Outcome, Sender
from runstone.store.protocol import Store

T = TypeVar("T")

_log = logging.getLogger("runstone.webhooks")

MAX_TRIES = 10
_POLL_S = 1.0
_LEASE_MS = 120_000
"""Longer than an attempt takes, so that its end is noted before anybody else claims the delivery."""

_AT_ONCE = 32
_AT_ONCE_EACH = 4
_FIRST_RETRY_MS = 10_000
_LONGEST_RETRY_MS = 6 * 3600 * 1000
_KEPT_MS = 30 * 24 * 3600 * 1000
_SWEEP_S = 3600.0


async def deliver_for_ever(store: Store, sender: Sender) -> None:
    """Send what falls due.  When this is cancelled, what was claimed is still sent: an attempt has a limit of time."""
    with _bell(store) as bell:
        worker = _Worker(store, sender, bell)
        async with anyio.create_task_group() as tasks:
            while True:
                bell.clear()
                await worker.sweep()
                await worker.send_due(tasks)
                with anyio.move_on_after(_POLL_S):
                    await bell.wait()


class _Worker:
    """What a server does for the outbox.

    Args:
        bell: Set when there may be something to send.
    """

    def __init__(self, store: Store, sender: Sender, bell: asyncio.Event) -> None:
        self._store = store
        self._sender = sender
        self._bell = bell
        self._sweep_at = anyio.current_time()
        self._under_way: Counter[str] = Counter()
        # Threads of its own: those that anyio lends answer requests.
        self._threads = anyio.CapacityLimiter(_AT_ONCE + 1)

    async def sweep(self) -> None:
        """From time to time, forget what is long over."""
        if anyio.current_time() >= self._sweep_at:
            self._sweep_at = anyio.current_time() + _SWEEP_S
            await self._in_thread(lambda: self._store.remove_deliveries(before_ms=now_ms() - _KEPT_MS))

    async def send_due(self, tasks: TaskGroup) -> None:
        """Begin to send as much of what is due as can be sent at once."""
        busy = dict(self._under_way)
        free = _AT_ONCE - sum(busy.values())
        if free == 0:
            return
        # What is claimed is begun, whatever happens meanwhile.
        with anyio.CancelScope(shield=True):
            for delivery in await self._in_thread(lambda: claim(self._store, free, busy)) or ():
                self._under_way[delivery.webhook_id] += 1
                tasks.start_soon(self._send, delivery)

    async def _send(self, delivery: WebhookDelivery) -> None:
        with anyio.CancelScope(shield=True):
            await self._in_thread(lambda: attempt(self._store, self._sender, delivery))
        self._under_way[delivery.webhook_id] -= 1
        self._under_way += Counter()  # leaves out what is at zero
        self._bell.set()

    async def _in_thread(self, work: Callable[[], T]) -> T | None:
        try:
            return await run_sync(work, limiter=self._threads)
        except RunstoneError as error:
            _log.warning("webhooks wait: %s", error)
        except Exception:  # noqa: BLE001  # The rim: whatever failed now, the next delivery may not.
            _log.exception("webhooks wait")
        return None


@contextmanager
def _bell(store: Store) -> Iterator[asyncio.Event]:
    """Yield what is set when this process has put deliveries into the outbox."""
    bell = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ring() -> None:
        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(bell.set)

    no_more = store.on_deliveries(ring)
    try:
        yield bell
    finally:
        no_more()


def claim(store: Store, most: int, under_way: Mapping[str, int] | None = None) -> list[WebhookDelivery]:
    """Return deliveries that are due, for this server alone.

    Args:
        under_way: How many it has already, by webhook.
    """
    return store.claim_deliveries(
        now_ms=now_ms(), lease_ms=_LEASE_MS, max_results=most, per_webhook=_AT_ONCE_EACH, under_way=under_way or {}
    )


def attempt(store: Store, sender: Sender, delivery: WebhookDelivery) -> None:
    """Send a delivery once, and note how that went."""
    try:
        outcome = sender.send(delivery)
        again_ms = None if outcome.success else retry_ms(delivery.attempts, outcome)
        store.finish_delivery(
            delivery.delivery_id,
            now_ms=now_ms(),
            delivered=outcome.success,
            response_status=outcome.response_status,
            error_message=outcome.error_message,
            retry_ms=again_ms,
        )
    except NotFound:
        return  # The webhook was removed meanwhile.
    if not outcome.success:
        what = "given up" if again_ms is None else "to be tried again"
        _log.warning(
            "delivery %s, try %d, %s: %s", delivery.delivery_id, delivery.attempts, what, outcome.error_message
        )


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
