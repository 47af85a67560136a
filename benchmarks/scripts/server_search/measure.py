"""The same questions to a server of 10,000 runs by every way there is, and a series of 100,000 points."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.servers import MLFLOW_PYTHON, Server

RUNS = 10_000
POINTS = 100_000
FILTER = "metrics.m3 > 0.9 and params.p5 = 'v7'"
ORDER = ["metrics.m1 DESC"]
SERIES_RUN = "f" * 32
"""The run that has the series."""

_CLIENT = Path(__file__).with_name("client.py")


def timed(work: Callable[[], object], times: int = 7) -> float:
    """Return how many milliseconds some work takes, by the median."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e3


def ask_mlflow(server: Server, experiment: str) -> dict[str, float]:
    """Ask by MLflow's API: the bytes alone, and by its client."""
    connection = http.client.HTTPConnection(urlsplit(server.uri).netloc)

    def call(verb: str, path: str, body: object = None) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        connection.request(verb, f"/api/2.0/mlflow/{path}", sent, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 200, data
        return data

    def search(filter: str, order_by: list[str]) -> None:
        asked = {"experiment_ids": [experiment], "filter": filter, "order_by": order_by, "max_results": 100}
        found = call("POST", "runs/search", asked)
        assert found.count(b'"run_uuid"') > 10

    def history() -> None:
        token = ""
        while True:
            path = f"metrics/get-history?run_id={SERIES_RUN}&metric_key=loss&max_results=25000&page_token={token}"
            token = json.loads(call("GET", path)).get("next_page_token") or ""
            if not token:
                return

    search("", [])
    figures = {
        "api_filter_ms": timed(lambda: search(FILTER, ORDER)),
        "api_page_ms": timed(lambda: search("", [])),
        "api_history_ms": timed(history, 3),
    }
    command = [str(MLFLOW_PYTHON), "-W", "ignore", str(_CLIENT), server.uri, experiment, FILTER, ORDER[0], SERIES_RUN]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {**figures, **json.loads(done.stdout)}
