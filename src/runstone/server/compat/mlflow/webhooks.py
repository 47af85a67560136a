"""Webhooks: who is to be told of what."""

from __future__ import annotations

from typing import cast

from runstone.core.entities import Webhook, WebhookEvent, WebhookStatus
from runstone.server.backend import Backend
from runstone.server.compat.mlflow.wire import Empty, Message, Route

_USUAL_RESULTS = 100


class EventMessage(Message, frozen=True):
    """What a webhook listens to, in capitals."""

    entity: str
    action: str


class WebhookMessage(Message, frozen=True):
    """A webhook; never its secret."""

    webhook_id: str
    name: str
    url: str
    events: tuple[EventMessage, ...]
    status: str
    creation_timestamp: int
    last_updated_timestamp: int
    description: str | None = None


class WebhookAnswer(Message, frozen=True):
    """One webhook."""

    webhook: WebhookMessage


class WebhooksAnswer(Message, frozen=True):
    """A page of webhooks."""

    webhooks: tuple[WebhookMessage, ...] = ()
    next_page_token: str | None = None


class CreateWebhook(Message, frozen=True):
    """Make a webhook."""

    name: str
    url: str
    events: tuple[EventMessage, ...] = ()
    description: str | None = None
    secret: str | None = None
    status: str = "ACTIVE"


class WebhookId(Message, frozen=True):
    """Names a webhook."""

    webhook_id: str


class ListWebhooks(Message, frozen=True):
    """List webhooks."""

    max_results: int = 0
    page_token: str | None = None


class UpdateWebhook(WebhookId, frozen=True, kw_only=True):
    """Change what is given of a webhook."""

    name: str | None = None
    url: str | None = None
    events: tuple[EventMessage, ...] | None = None
    description: str | None = None
    secret: str | None = None
    status: str | None = None


class ResultMessage(Message, frozen=True):
    """How sending an example went."""

    success: bool
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None


def _message(webhook: Webhook) -> WebhookMessage:
    return WebhookMessage(
        webhook_id=webhook.webhook_id,
        name=webhook.name,
        url=webhook.url,
        events=tuple(
            EventMessage(entity=event.entity.upper(), action=event.action.upper()) for event in webhook.events
        ),
        status=webhook.status,
        creation_timestamp=webhook.creation_timestamp,
        last_updated_timestamp=webhook.last_updated_timestamp,
        description=webhook.description or None,
    )


def _events(given: tuple[EventMessage, ...]) -> list[WebhookEvent]:
    return [WebhookEvent(event.entity.lower(), event.action.lower()) for event in given]


def _create(backend: Backend, request: CreateWebhook) -> WebhookAnswer:
    made = backend.store.create_webhook(
        request.name,
        request.url,
        _events(request.events),
        description=request.description,
        secret=request.secret,
        status=cast(WebhookStatus, request.status),
    )
    return WebhookAnswer(webhook=_message(made))


def _list(backend: Backend, request: ListWebhooks) -> WebhooksAnswer:
    page = backend.store.list_webhooks(
        max_results=request.max_results or _USUAL_RESULTS, page_token=request.page_token or None
    )
    return WebhooksAnswer(webhooks=tuple(map(_message, page)), next_page_token=page.token)


def _get(backend: Backend, request: WebhookId) -> WebhookAnswer:
    return WebhookAnswer(webhook=_message(backend.store.get_webhook(request.webhook_id)))


def _update(backend: Backend, request: UpdateWebhook) -> WebhookAnswer:
    changed = backend.store.update_webhook(
        request.webhook_id,
        name=request.name,
        url=request.url,
        events=_events(request.events) if request.events else None,
        description=request.description,
        secret=request.secret,
        status=cast("WebhookStatus | None", request.status),
    )
    return WebhookAnswer(webhook=_message(changed))


def _delete(backend: Backend, request: WebhookId) -> Empty:
    backend.store.delete_webhook(request.webhook_id)
    return Empty()


class TestWebhook(WebhookId, frozen=True, kw_only=True):
    """Send an example."""

    event: EventMessage | None = None


class TestAnswer(Message, frozen=True):
    """How sending went."""

    result: ResultMessage


def _test(backend: Backend, request: TestWebhook) -> TestAnswer:
    # Asked of the store first, which knows who may.
    backend.store.get_webhook(request.webhook_id)
    event = _events((request.event,))[0] if request.event else None
    outcome = backend.sender.test(request.webhook_id, event)
    return TestAnswer(
        result=ResultMessage(
            success=outcome.success,
            response_status=outcome.response_status,
            response_body=outcome.response_body,
            error_message=outcome.error_message,
        )
    )


_ALL = "/2.0/mlflow/webhooks"
_ONE = _ALL + "/{webhook_id}"

ROUTES = (
    Route("POST", _ALL, CreateWebhook, _create),
    Route("GET", _ALL, ListWebhooks, _list),
    Route("GET", _ONE, WebhookId, _get),
    Route("PATCH", _ONE, UpdateWebhook, _update),
    Route("DELETE", _ONE, WebhookId, _delete),
    Route("POST", _ONE + "/test", TestWebhook, _test),
)
