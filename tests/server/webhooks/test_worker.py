"""The worker: soon, fairly, each once, through accidents, and to an end when it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import anyio
import pytest
from anyio.to_thread import run_sync
from tests.server.webhooks.conftest import Receiver

from runstone.core.clock import now_ms
from runstone.core.entities import WebhookDelivery, WebhookEvent
from runstone.core.errors import TooManyRequests, Unavailable
from runstone.server.webhooks import worker
from runstone.server.webhooks.sender import Outcome, Sender
from runstone.server.webhooks.worker import attempt, claim, deliver_for_ever
from runstone.store.protocol import Store
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.store import SqlStore

_MADE = WebhookEvent("registered_model", "created")
_EXPERIMENT = WebhookEvent("experiment", "created")


def _while_delivering(store: Store, sender: Any, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Run the worker until something else has been done."""

    async def both() -> None:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(deliver_for_ever, store, sender)
                await meanwhile()
                tasks.cancel_scope.cancel()

    anyio.run(both)


def _sender(store: Store) -> Sender:
    return Sender(store, ["127.0.0.1"])


def test_a_change_is_told_at_once_and_not_at_the_next_look(
    store: SqlStore, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_POLL_S", 600.0)
    store.create_webhook("ci", receiver.uri, [_MADE])

    async def meanwhile() -> None:
        await anyio.sleep(0.3)
        await run_sync(store.create_registered_model, "m")
        await run_sync(receiver.wait_for, 1)

    _while_delivering(store, _sender(store), meanwhile)


def test_a_slow_receiver_holds_up_nobody_else(store: SqlStore, receiver: Receiver) -> None:
    receiver.delay_s = 2.0
    slow = store.create_webhook("slow", receiver.slow_uri, [_MADE])
    for number in range(100):
        store.create_registered_model(f"m{number}")
    quick = store.create_webhook("quick", receiver.uri, [_EXPERIMENT])
    store.create_experiment("e")

    async def meanwhile() -> None:
        while store.list_deliveries(quick.webhook_id)[0].delivered_ms is None:
            await anyio.sleep(0.01)
        # No more are claimed than are being sent: the lease of one that waits would run out.
        assert sum(line.attempts for line in store.list_deliveries(slow.webhook_id)) == 4

    begun = time.monotonic()
    _while_delivering(store, _sender(store), meanwhile)

    assert time.monotonic() - begun < 2 * 2.0


def test_what_was_begun_is_ended_before_the_server_stops(store: SqlStore, receiver: Receiver) -> None:
    receiver.delay_s = 0.5
    hook = store.create_webhook("slow", receiver.slow_uri, [_MADE])
    for number in range(20):
        store.create_registered_model(f"m{number}")

    async def meanwhile() -> None:
        await run_sync(receiver.wait_for, 1)

    _while_delivering(store, _sender(store), meanwhile)

    lines = store.list_deliveries(hook.webhook_id)
    assert {(line.attempts, line.delivered_ms is not None) for line in lines} == {(0, False), (1, True)}
    assert len(receiver.got) == sum(line.attempts for line in lines)


def test_what_a_server_claimed_and_died_with_is_sent_by_another(store: SqlStore, receiver: Receiver) -> None:
    hook = store.create_webhook("ci", receiver.uri, [_MADE])
    store.create_registered_model("m")
    assert len(store.claim_deliveries(now_ms=now_ms(), lease_ms=700)) == 1

    async def meanwhile() -> None:
        await anyio.sleep(0.2)
        assert not receiver.got
        await run_sync(receiver.wait_for, 1)

    _while_delivering(store, _sender(store), meanwhile)

    [line] = store.list_deliveries(hook.webhook_id)
    assert (line.attempts, line.delivered_ms is not None) == (2, True)


class _Unlucky(Sender):
    """Meets with an accident that nobody has foreseen."""

    accidents = 1

    def send(self, delivery: WebhookDelivery) -> Outcome:
        if self.accidents:
            self.accidents -= 1
            raise RuntimeError("an accident")
        return super().send(delivery)


def test_servers_with_connections_of_their_own_send_each_once(
    dialect: Dialect, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_POLL_S", 0.01)
    stores = [SqlStore(dialect) for _ in range(3)]
    hook = stores[0].create_webhook("ci", receiver.uri, [_MADE])
    for number in range(60):
        stores[0].create_registered_model(f"m{number}")

    async def all_of_them() -> None:
        async with anyio.create_task_group() as tasks:
            for store in stores:
                tasks.start_soon(deliver_for_ever, store, _sender(store))
            await run_sync(receiver.wait_for, 60)
            tasks.cancel_scope.cancel()

    anyio.run(all_of_them)

    lines = stores[0].list_deliveries(hook.webhook_id)
    assert {(line.attempts, line.delivered_ms is not None) for line in lines} == {(1, True)}
    assert len({headers["X-MLflow-Delivery-Id"] for headers, _ in receiver.got}) == len(receiver.got) == 60
    for store in stores:
        store.close()


@pytest.mark.parametrize("error", [Unavailable("away"), RuntimeError("broken")])
def test_accidents_do_not_end_it(
    error: Exception, store: SqlStore, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_POLL_S", 0.05)
    monkeypatch.setattr(worker, "_LEASE_MS", 300)
    store.create_webhook("ci", receiver.uri, [_MADE])
    store.create_registered_model("m")
    faults: list[Exception] = [error, error]
    real = store.claim_deliveries

    def claim(**kw: Any) -> list[WebhookDelivery]:
        if faults:
            raise faults.pop()
        return real(**kw)

    monkeypatch.setattr(store, "claim_deliveries", claim, raising=False)

    async def meanwhile() -> None:
        await run_sync(receiver.wait_for, 1)

    _while_delivering(store, _Unlucky(store, ["127.0.0.1"]), meanwhile)

    assert not faults


def test_old_deliveries_are_swept_away(store: SqlStore, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_SWEEP_S", 0.0)
    monkeypatch.setattr(worker, "_POLL_S", 0.01)
    monkeypatch.setattr(worker, "_KEPT_MS", -1000)
    hook = store.create_webhook("ci", receiver.uri, [_MADE])
    store.create_registered_model("m")

    async def meanwhile() -> None:
        await run_sync(receiver.wait_for, 1)
        while store.list_deliveries(hook.webhook_id):
            await anyio.sleep(0.01)

    _while_delivering(store, _sender(store), meanwhile)


@pytest.mark.parametrize(
    ("header", "least_s", "most_s"),
    [
        ("120", 119, 121),
        ("in an hour, as a date", 3500, 3700),
        ("999999999999", 6 * 3600 - 1, 6 * 3600 + 1),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 7, 13),
        ("soon", 7, 13),
        ("-5", 7, 13),
        ("", 7, 13),
    ],
    ids=["seconds", "date", "too-long", "past", "words", "negative", "none"],
)
def test_a_receiver_says_when_it_wants_to_be_asked_again(
    header: str, least_s: int, most_s: int, store: SqlStore, receiver: Receiver
) -> None:
    hook = store.create_webhook("ci", receiver.uri, [_MADE])
    store.create_registered_model("m")
    if header.startswith("in an hour"):
        header = format_datetime(datetime.now(timezone.utc) + timedelta(hours=1), usegmt=True)
    receiver.answers, receiver.headers = [429], {"Retry-After": header}

    [delivery] = claim(store, 10)
    attempt(store, _sender(store), delivery)

    [line] = store.list_deliveries(hook.webhook_id)
    assert line.next_attempt_ms is not None
    assert least_s * 1000 <= line.next_attempt_ms - now_ms() <= most_s * 1000


def test_only_a_few_tests_run_at_once(store: SqlStore, receiver: Receiver) -> None:
    receiver.delay_s = 1.0
    hook = store.create_webhook("ci", receiver.slow_uri, [_MADE])
    sender = _sender(store)

    async def all_at_once() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(run_sync, sender.test, hook.webhook_id)
            await run_sync(receiver.wait_for, 4)
            with pytest.raises(TooManyRequests):
                sender.test(hook.webhook_id)

    anyio.run(all_at_once)

    assert sender.test(hook.webhook_id).success
