"""A server in this process, for tests of what speaks to it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


class Front:
    """A running server, whose application may be changed at any time.

    Attributes:
        uri: Its address.
        app: What answers.
    """

    def __init__(self, uri: str, app: Any = None) -> None:
        self.uri = uri
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@contextmanager
def serving(app: Any = None, *, http: Any = "auto", lifespan: bool = False) -> Iterator[Front]:
    """Serve an ASGI application on a free port of the loopback until the block ends.

    Args:
        http: The protocol class of uvicorn, or the name of one.
        lifespan: Whether the application is told to begin and to end, and so does what it does by itself.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        front = Front(f"http://127.0.0.1:{listener.getsockname()[1]}", app)
        config = uvicorn.Config(
            front, log_level="warning", lifespan="on" if lifespan else "off", http=http, timeout_graceful_shutdown=5
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.002)
            yield front
        finally:
            server.should_exit = True
            thread.join()
