"""The least that a server can do: take a request, and answer."""

from __future__ import annotations

from typing import Any

_ACCEPTED = b"\x91\x82\xa9events_to\x00\xa9points_to\x00"
"""What a slice of a journal is answered with, as MessagePack."""


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    is_ours = scope["path"].startswith("/api/v1/")
    kind, body = (b"application/msgpack", _ACCEPTED) if is_ours else (b"application/json", b"{}")
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
