"""A receiver of webhooks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


class Receiver(ThreadingHTTPServer):
    """Notes what it gets, and answers as it is told.

    Attributes:
        got: Headers and body of each request.
        answers: Statuses to answer with, one after another; then 200.
        headers: To answer with.
        delay_s: How long to think about requests to ``/slow``.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.headers: dict[str, str] = {}
        self.delay_s = 0.0
        self.arrived = threading.Condition()
        self.uri = f"http://127.0.0.1:{self.server_port}/hook"
        self.slow_uri = f"http://127.0.0.1:{self.server_port}/slow"

    def wait_for(self, how_many: int) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= how_many, 30)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.arrived:
            status = self.server.answers.pop(0) if self.server.answers else 200
            self.server.got.append((dict(self.headers), body))
            self.server.arrived.notify_all()
        if self.path == "/slow":
            time.sleep(self.server.delay_s)
        with suppress(OSError):
            self.send_response(status)
            for name, text in self.server.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(b"x" * 200_000)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on the loopback."""
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()
