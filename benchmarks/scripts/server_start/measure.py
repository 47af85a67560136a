"""How soon a server answers, and what it takes when nobody asks anything; the store exists already."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager

from benchmarks.servers import Server, floor, served


def measure(kind: str) -> None:
    """Start a server twice, and print what the second one did."""
    with _started(kind):
        pass
    with _started(kind) as server:
        print(json.dumps(_figures(server)))


def _started(kind: str) -> AbstractContextManager[Server]:
    return floor() if kind == "floor" else served(kind, "sqlite")


def _figures(server: Server) -> dict[str, float]:
    time.sleep(6)  # MLflow's has begun to answer long before all of its processes are there.
    busy_s = server.cpu_s()
    time.sleep(2)
    busy_s = server.cpu_s() - busy_s
    return {"start_s": server.started_s, "idle_percent": busy_s / 2 * 100, **server.memory()}
