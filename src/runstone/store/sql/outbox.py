"""The outbox of webhooks: what is still to be delivered, and the log of what was."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runstone.core import limits
from runstone.core.entities import WebhookDelivery, WebhookEvent
from runstone.core.errors import NotFound
from runstone.core.ids import new_run_id
from runstone.store import rules
from runstone.store.sql import webhooks
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks

_BATCH = 500
_COLUMNS = (
    "delivery_id, webhook_id, entity, action, payload, created_ms, attempts, next_attempt_ms, delivered_ms, "
    "response_status, error_message"
)


class Outbox:
    """Deliveries in a SQL database."""

    _database: Database

    def enqueue_deliveries(self, event: WebhookEvent, payload: str, *, now_ms: int) -> list[WebhookDelivery]:
        """Put one delivery for each active webhook that listens to the event into the outbox."""
        webhooks.checked_events([event])
        rules.check_text(payload, "payload")
        return self._database.write(lambda c: enqueue(c, event, payload, now_ms))

    def on_deliveries(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called after commits of this store that put deliveries into the outbox."""
        return self._database.on_news(wake)

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

        A claim counts as an attempt.  One whose end is not noted falls due again when the lease is over;
        those of disabled webhooks wait until these are active.
        """
        limit = rules.check_max_results(max_results, limits.MAX_WEBHOOK_RESULTS)
        most = limit if per_webhook is None else rules.check_max_results(per_webhook, limits.MAX_WEBHOOK_RESULTS)
        held = under_way or {}

        def rooms(c: Connection) -> dict[str, int]:
            left = {webhook_id: most - held.get(webhook_id, 0) for webhook_id in waited_for(c, now_ms)}
            return {webhook_id: room for webhook_id, room in left.items() if room > 0}

        # Looked at first: who asks every second shall not write every second.
        if not self._database.read(rooms):
            return []
        return self._database.write(lambda c: claim(c, rooms(c), now_ms, lease_ms, limit))

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

        Args:
            retry_ms: How long after ``now_ms`` to try again; None gives up.  What was delivered stays so,
                whatever a slower attempt reports afterwards.
        """
        rules.check_text(delivery_id, "delivery_id")
        if error_message is not None:
            error_message = error_message.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        next_attempt_ms = None if delivered or retry_ms is None else now_ms + retry_ms

        def work(c: Connection) -> None:
            changed = c.run(
                "UPDATE webhook_deliveries SET delivered_ms = ?, next_attempt_ms = ?, response_status = ?, "
                "error_message = ? WHERE delivery_id = ? AND delivered_ms IS NULL",
                (now_ms if delivered else None, next_attempt_ms, response_status, error_message, delivery_id),
            )
            if not changed and c.one("SELECT 1 FROM webhook_deliveries WHERE delivery_id = ?", (delivery_id,)) is None:
                raise NotFound(f"Webhook delivery with ID {delivery_id} not found.")

        self._database.write(work)

    def remove_deliveries(self, *, before_ms: int) -> int:
        """Remove deliveries that were made before a time and are over, and return how many."""

        def work(c: Connection) -> int:
            # Webhook by webhook, by the index of the log.
            over = "DELETE FROM webhook_deliveries WHERE webhook_id = ? AND created_ms < ? AND next_attempt_ms IS NULL"
            return sum(c.run(over, (row[0], before_ms)) for row in c.query("SELECT webhook_id FROM webhooks"))

        return self._database.write(work)

    def list_deliveries(self, webhook_id: str, *, max_results: int = 100) -> list[WebhookDelivery]:
        """Return the newest deliveries of a webhook, the log."""
        rules.check_text(webhook_id, "webhook_id")
        limit = rules.check_max_results(max_results, limits.MAX_WEBHOOK_RESULTS)

        def work(c: Connection) -> list[WebhookDelivery]:
            webhooks.get(c, webhook_id)
            rows = c.query(
                f"SELECT {_COLUMNS} FROM webhook_deliveries WHERE webhook_id = ? "
                "ORDER BY created_ms DESC, delivery_id DESC LIMIT ?",
                (webhook_id, limit),
            )
            return [_delivery(row) for row in rows]

        return self._database.read(work)


def enqueue(c: Connection, event: WebhookEvent, payload: str, now_ms: int) -> list[WebhookDelivery]:
    """Put one delivery for each active webhook that listens to a known event into the outbox.

    The webhooks are held until the transaction ends, so that none is deleted under its delivery; any number of
    transactions may hold them at once.
    """
    rows = c.query(
        "SELECT w.webhook_id FROM webhooks w WHERE w.status = 'ACTIVE' AND EXISTS ("
        "SELECT 1 FROM webhook_events e WHERE e.webhook_id = w.webhook_id AND e.entity = ? AND e.action = ?) "
        f"ORDER BY w.created_ms, w.webhook_id {c.for_key_share}",
        (event.entity, event.action),
    )
    deliveries = [
        WebhookDelivery(
            delivery_id=new_run_id(),
            webhook_id=webhook_id,
            event=event,
            payload=payload,
            created_ms=now_ms,
            next_attempt_ms=now_ms,
        )
        for (webhook_id,) in rows
    ]
    c.many(
        "INSERT INTO webhook_deliveries "
        "(delivery_id, webhook_id, entity, action, payload, created_ms, attempts, next_attempt_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        [
            (delivery.delivery_id, delivery.webhook_id, event.entity, event.action, payload, now_ms, now_ms)
            for delivery in deliveries
        ],
    )
    c.has_news = c.has_news or bool(deliveries)
    return deliveries


def waited_for(c: Connection, now_ms: int) -> list[str]:
    """Return the active webhooks for which something is due."""
    rows = c.query(
        "SELECT w.webhook_id FROM webhooks w WHERE w.status = 'ACTIVE' AND EXISTS "
        "(SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = w.webhook_id AND d.next_attempt_ms <= ?)",
        (now_ms,),
    )
    return [row[0] for row in rows]


def claim(c: Connection, rooms: Mapping[str, int], now_ms: int, lease_ms: int, limit: int) -> list[WebhookDelivery]:
    """Return due deliveries, oldest first, that nobody else claims before the lease is over.

    Args:
        rooms: How many at most, by webhook.
    """
    due: list[Row] = []
    for webhook_id, room in rooms.items():
        due += c.query(
            "SELECT next_attempt_ms, delivery_id FROM webhook_deliveries WHERE webhook_id = ? AND next_attempt_ms <= ? "
            f"ORDER BY next_attempt_ms, delivery_id LIMIT ? {c.skip_locked}",
            (webhook_id, now_ms, min(room, limit)),
        )
    ids = [delivery_id for _, delivery_id in sorted(due)[:limit]]
    claimed: dict[str, WebhookDelivery] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        rows = c.query(
            "UPDATE webhook_deliveries SET next_attempt_ms = ?, attempts = attempts + 1 "
            f"WHERE delivery_id IN ({marks(len(batch))}) RETURNING {_COLUMNS}",
            (now_ms + lease_ms, *batch),
        )
        claimed.update((row[0], _delivery(row)) for row in rows)
    return [claimed[delivery_id] for delivery_id in ids]


def _delivery(row: Row) -> WebhookDelivery:
    return WebhookDelivery(
        delivery_id=row[0],
        webhook_id=row[1],
        event=WebhookEvent(row[2], row[3]),
        payload=row[4],
        created_ms=row[5],
        attempts=row[6],
        next_attempt_ms=row[7],
        delivered_ms=row[8],
        response_status=row[9],
        error_message=row[10],
    )
