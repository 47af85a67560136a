"""Webhooks: who is to be told of what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import get_args
from urllib.parse import urlsplit

from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import Webhook, WebhookEvent, WebhookStatus
from runstone.core.entities.webhooks import WEBHOOK_EVENTS
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.ids import new_run_id
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.sql.clauses import ALWAYS, Clause
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks
from runstone.store.sql.keyset import question_digest
from runstone.store.sql.listing import SortColumn, fetch_page

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._\-]*[A-Za-z0-9])?\Z")
_BATCH = 500
_COLUMNS = "webhook_id, name, url, description, status, created_ms, updated_ms"


class Webhooks:
    """Webhooks in a SQL database."""

    _database: Database

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
        """Subscribe a URL to events."""
        webhook_id = new_run_id()
        now = now_ms()
        values = (
            webhook_id,
            _checked_name(name),
            _checked_url(url),
            None if description is None else rules.check_text(description, "description"),
            _checked_status(status),
            now,
            now,
            _checked_secret(secret) if secret else None,
        )
        checked = checked_events(events)

        def work(c: Connection) -> Webhook:
            c.run(f"INSERT INTO webhooks ({_COLUMNS}, secret) VALUES ({marks(8)})", values)
            _put_events(c, webhook_id, checked)
            return get(c, webhook_id)

        return self._database.write(work)

    def get_webhook(self, webhook_id: str) -> Webhook:
        """Return one webhook."""
        rules.check_text(webhook_id, "webhook_id")
        return self._database.read(lambda c: get(c, webhook_id))

    def get_webhook_secret(self, webhook_id: str) -> str | None:
        """Return the secret that signs deliveries, for the deliverer alone."""
        rules.check_text(webhook_id, "webhook_id")

        def work(c: Connection) -> str | None:
            row = c.one("SELECT secret FROM webhooks WHERE webhook_id = ?", (webhook_id,))
            if row is None:
                raise _not_found(webhook_id)
            secret: str | None = row[0]
            return secret

        return self._database.read(work)

    def list_webhooks(self, *, max_results: int = 100, page_token: str | None = None) -> Page[Webhook]:
        """Return a page of webhooks, oldest first."""
        limit = rules.check_max_results(max_results, limits.MAX_WEBHOOK_RESULTS)

        def work(c: Connection) -> Page[Webhook]:
            rows, token = fetch_page(
                c,
                keys=("webhook_id",),
                source=Clause("webhooks"),
                where=ALWAYS,
                order=(SortColumn(Clause("created_ms"), "integer"), SortColumn(Clause("webhook_id"), "text")),
                question=question_digest("webhooks"),
                limit=limit,
                page_token=page_token,
            )
            return Page(get_many(c, [row[0] for row in rows]), token)

        return self._database.read(work)

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
        """Change what is given; an empty secret removes the one there is."""
        rules.check_text(webhook_id, "webhook_id")
        changes: dict[str, str | None] = {}
        if name is not None:
            changes["name"] = _checked_name(name)
        if description is not None:
            changes["description"] = rules.check_text(description, "description")
        if url is not None:
            changes["url"] = _checked_url(url)
        if secret is not None:
            changes["secret"] = _checked_secret(secret) or None
        if status is not None:
            changes["status"] = _checked_status(status)
        checked = None if events is None else checked_events(events)

        def work(c: Connection) -> Webhook:
            _change(c, webhook_id, changes, now_ms())
            if checked is not None:
                c.run("DELETE FROM webhook_events WHERE webhook_id = ?", (webhook_id,))
                _put_events(c, webhook_id, checked)
            return get(c, webhook_id)

        return self._database.write(work)

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook and what was still to be delivered to it."""
        rules.check_text(webhook_id, "webhook_id")

        def work(c: Connection) -> None:
            if not c.run("DELETE FROM webhooks WHERE webhook_id = ?", (webhook_id,)):
                raise _not_found(webhook_id)

        self._database.write(work)


def get(c: Connection, webhook_id: str) -> Webhook:
    """Return one webhook.

    Raises:
        NotFound: None has this id.
    """
    found = get_many(c, [webhook_id])
    if not found:
        raise _not_found(webhook_id)
    return found[0]


def get_many(c: Connection, webhook_ids: Sequence[str]) -> list[Webhook]:
    """Return the webhooks that exist of these, in the order given."""
    found: dict[str, Webhook] = {}
    for start in range(0, len(webhook_ids), _BATCH):
        batch = webhook_ids[start : start + _BATCH]
        events: defaultdict[str, list[WebhookEvent]] = defaultdict(list)
        for webhook_id, entity, action in c.query(
            "SELECT webhook_id, entity, action FROM webhook_events "
            f"WHERE webhook_id IN ({marks(len(batch))}) ORDER BY webhook_id, entity, action",
            batch,
        ):
            events[webhook_id].append(WebhookEvent(entity, action))
        for row in c.query(f"SELECT {_COLUMNS} FROM webhooks WHERE webhook_id IN ({marks(len(batch))})", batch):
            found[row[0]] = Webhook(
                webhook_id=row[0],
                name=row[1],
                url=row[2],
                description=row[3],
                status=row[4],
                creation_timestamp=row[5],
                last_updated_timestamp=row[6],
                events=tuple(events[row[0]]),
            )
    return [found[webhook_id] for webhook_id in webhook_ids if webhook_id in found]


def _put_events(c: Connection, webhook_id: str, events: Sequence[WebhookEvent]) -> None:
    c.many(
        "INSERT INTO webhook_events (webhook_id, entity, action) VALUES (?, ?, ?)",
        [(webhook_id, event.entity, event.action) for event in events],
    )


def _change(c: Connection, webhook_id: str, changes: Mapping[str, str | None], now_ms: int) -> None:
    assignments = "".join(f"{column} = ?, " for column in changes)
    if not c.run(
        f"UPDATE webhooks SET {assignments}updated_ms = ? WHERE webhook_id = ?",
        (*changes.values(), now_ms, webhook_id),
    ):
        raise _not_found(webhook_id)


def _not_found(webhook_id: str) -> NotFound:
    return NotFound(f"Webhook with ID {webhook_id} not found.")


def _checked_name(name: object) -> str:
    text = rules.check_text(name, "name", max_length=limits.MAX_WEBHOOK_NAME_LENGTH, allow_empty=False)
    if not _NAME.match(text):
        raise InvalidArgument(
            f"Invalid webhook name {rules.shown(text)}: letters, digits, '.', '_' and '-' are allowed, "
            "and a letter or digit at both ends",
            field="name",
        )
    return text


def _checked_url(url: object) -> str:
    text = rules.check_text(url, "url", max_length=limits.MAX_ARTIFACT_LOCATION_LENGTH, allow_empty=False)
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_user = "@" in parts.netloc
    except ValueError:
        valid = has_user = False
    if has_user:
        # Not shown: it may hold a password.
        raise InvalidArgument(
            "a webhook's URL has no user or password; give a secret, which signs what is delivered", field="url"
        )
    if not valid or any(char.isspace() or not char.isprintable() for char in text):
        raise InvalidArgument(
            f"Invalid webhook URL {rules.shown(text)}: expected http:// or https:// and a host, no spaces",
            field="url",
        )
    return text


def checked_events(events: Sequence[WebhookEvent]) -> list[WebhookEvent]:
    """Return events in order and each once.

    Raises:
        InvalidArgument: There are none, or one is unknown.
    """
    if not events:
        raise InvalidArgument("a webhook listens to at least one event", field="events")
    for event in events:
        if event not in WEBHOOK_EVENTS:
            known = ", ".join(map(str, sorted(WEBHOOK_EVENTS)))
            raise InvalidArgument(f"no such event: {rules.shown(str(event))}; there are {known}", field="events")
    return sorted(set(events))


def _checked_secret(secret: object) -> str:
    return rules.check_text(secret, "secret", max_length=limits.MAX_RUN_ID_LENGTH)


def _checked_status(status: object) -> str:
    if status not in get_args(WebhookStatus):
        raise InvalidArgument(
            f"no such webhook status: {rules.shown(status)}; there are {', '.join(get_args(WebhookStatus))}",
            field="status",
        )
    return str(status)
