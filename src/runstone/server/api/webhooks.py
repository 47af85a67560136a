"""Trying a webhook out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runstone.core.entities import WebhookEvent
from runstone.core.errors import InvalidArgument
from runstone.server.api.answers import answer, read_body, telling
from runstone.server.api.described import Paths, body_of, call, content, parameter
from runstone.server.backend import Backend
from runstone.server.webhooks.sender import Outcome
from runstone.wire.connection import PREFIX


class TestWebhookRequest(Struct, forbid_unknown_fields=True):
    """What the example is of; the first event that the webhook listens to if that is left out."""

    event: WebhookEvent | None = None


_PATH = PREFIX + "/webhooks/{webhook_id}/test"
DESCRIBED = Paths(
    {
        _PATH: {
            "post": call(
                "test_webhook",
                "Send an example to a webhook, and return what the receiver answered",
                "webhooks",
                content("How sending went.", Outcome),
                body=body_of(TestWebhookRequest, required=False),
                parameters=[parameter("webhook_id", "path")],
            )
        }
    },
    (TestWebhookRequest, Outcome),
)


def routes(backend: Backend) -> Iterator[Route]:
    """Yield the route of the test."""

    async def test(request: Request) -> Response:
        try:
            given = msgspec.convert(await read_body(request), TestWebhookRequest)
        except msgspec.ValidationError as error:
            raise InvalidArgument(str(error)) from error
        webhook_id = request.path_params["webhook_id"]
        # Asked of the store first, which knows who may.
        await run_in_threadpool(backend.store.get_webhook, webhook_id)
        return answer(request, await run_in_threadpool(backend.sender.test, webhook_id, given.event))

    yield Route(_PATH, telling(test), methods=["POST"])
