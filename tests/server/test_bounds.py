"""How long a body may take, and what is no body."""

from __future__ import annotations

import asyncio
from typing import Any

from runstone.server.bounds import Bounds


def statuses(app: Any, messages: list[dict[str, Any]]) -> list[int]:
    """Return the statuses that a client gets which sends these messages and then nothing."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(0.2)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/runs", "headers": []}
    asyncio.run(Bounds(app, silence_s=0.05)(scope, receive, send))
    return [message["status"] for message in sent if message["type"] == "http.response.start"]


async def waiting(scope: Any, receive: Any, send: Any) -> None:
    """Wait until the client goes away before anything is said, as a stream may."""
    while (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


def test_a_body_that_does_not_come_is_waited_for_a_while() -> None:
    assert statuses(waiting, [{"type": "http.request", "body": b"a", "more_body": True}]) == [503]


def test_after_the_body_a_stream_may_take_as_long_as_it_likes() -> None:
    assert statuses(waiting, [{"type": "http.request", "body": b"a"}]) == [200]
