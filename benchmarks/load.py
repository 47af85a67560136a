"""Many clients at once, so light that the server is what is measured: each is a connection that asks and waits."""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

Ask = Callable[[int], tuple[bytes, ...]]
"""Returns the n-th request of a client, in the pieces in which it is written to the connection."""


class Load(NamedTuple):
    """What came of it.

    Attributes:
        milliseconds: How long each answer took.
        errors: How many of the answers were none, or not of status 200.
    """

    milliseconds: list[float]
    errors: int
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p99(self) -> float:
        return sorted(self.milliseconds)[len(self.milliseconds) * 99 // 100]


class _Client:
    def __init__(self, address: tuple[str, int], ask: Ask) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask = ask
        self.asked = 0
        self.began = 0.0
        self.answer = b""

    def send(self) -> None:
        self.answer = b""
        pieces = self.ask(self.asked)
        self.asked += 1
        self.began = time.perf_counter()
        for piece in pieces:
            self.socket.sendall(piece)

    def receive(self) -> bool:
        """Read what is there and say whether the answer is complete."""
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise ConnectionResetError("the server closed the connection")
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        return bool(found) and len(body) >= _length(head)


def hammer(uri: str, asks: Sequence[Ask], seconds: float) -> Load:
    """Have a client for each of ``asks`` send one request after the other, for so long."""
    parts = urlsplit(uri)
    address = parts.hostname or "127.0.0.1", parts.port or 80
    clients = [_Client(address, ask) for ask in asks]
    taken: list[float] = []
    errors = 0
    with selectors.DefaultSelector() as waiting:
        for client in clients:
            waiting.register(client.socket, selectors.EVENT_READ, client)
        began = time.perf_counter()
        for client in clients:
            client.send()
        open_ = len(clients)
        while open_:
            for key, _ in waiting.select(30) or _silent():
                client = key.data
                if not client.receive():
                    continue
                now = time.perf_counter()
                taken.append((now - client.began) * 1e3)
                errors += not client.answer.startswith(b"HTTP/1.1 200")
                if now - began < seconds:
                    client.send()
                else:
                    waiting.unregister(client.socket)
                    client.socket.close()
                    open_ -= 1
        return Load(taken, errors, time.perf_counter() - began)


def _silent() -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError("no answer came for 30 s")


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def log_metric(uri: str, run_id: str) -> Ask:
    """Return what an MLflow client sends to log one metric after the other, byte for byte."""
    head = (
        "POST /api/2.0/mlflow/runs/log-metric HTTP/1.1\r\n"
        f"Host: {urlsplit(uri).netloc}\r\n"
        "User-Agent: mlflow-python-client/3.17.2\r\n"
        "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"
        "X-MLflow-Client-Version: 3.17.2\r\nContent-Length: %d\r\nContent-Type: application/json\r\n\r\n"
    ).encode()
    body = (
        f'{{"run_uuid": "{run_id}", "key": "loss", "value": %.6f, "timestamp": %d, "step": %d, "run_id": "{run_id}"}}'
    ).encode()

    def ask(number: int) -> tuple[bytes, bytes]:
        sent = body % (1 / (1 + number), time.time_ns() // 1_000_000, number)
        return head % len(sent), sent

    return ask
