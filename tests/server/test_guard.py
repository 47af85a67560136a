"""Foreign names and foreign pages are refused before anything else looks at a request."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from runstone.server.guard import LOOPBACK, Guard


def status(headers: dict[str, str], method: str = "GET", hosts: Any = LOOPBACK) -> int:
    """Return the status that a request with these headers gets; 200 if it is let through."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    asyncio.run(Guard(app, hosts)(scope, None, send))  # type: ignore[arg-type]  # nothing is received
    code: int = sent[0]["status"]
    return code


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:5000", "127.0.0.1:80", "[::1]:5000"])
def test_the_server_is_known_by_the_names_of_the_loopback(host: str) -> None:
    assert status({"host": host}) == 200


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:5000", "[", "a@b:c"]
)
def test_another_name_is_refused(host: str) -> None:
    assert status({"host": host}) == 403


def test_names_may_be_allowed() -> None:
    assert status({"host": "runs.example:443"}, hosts=("Runs.example",)) == 200
    assert status({"host": "anything"}, hosts=None) == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_foreign_page_may_not_change_anything(method: str) -> None:
    here = {"host": "localhost:5000"}

    assert status({**here, "origin": "http://evil.example"}, method) == 403
    assert status({**here, "origin": "http://localhost:9999"}, method) == 403
    assert status({**here, "origin": "null"}, method) == 403
    assert status({**here, "origin": "http://localhost:5000"}, method) == 200
    assert status(here, method) == 200
