"""A chart of 100 runs: their series, down-sampled by the server, as a browser asks for them."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.servers import Server

RUNS = 100
SHORT, LONG = 10_000, 1_000_000
"""Points of a series: as many as MLflow's server can be asked for in reason, and as many as ours should."""

MLFLOW_POINTS = 320
OUR_POINTS = 1000


def ids(series: str) -> list[str]:
    """Return the ids of the runs that have such series."""
    return [f"{series}{number:031x}" for number in range(RUNS)]


def ask_mlflow(server: Server) -> dict[str, float]:
    """Ask by the call of MLflow's pages."""
    query = [("run_ids", run) for run in ids("a")] + [("metric_key", "loss"), ("max_results", MLFLOW_POINTS)]
    path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?" + urlencode(query)
    return {"interval_ms": _timed(server, "GET", path, None)}


def ask_native(server: Server) -> dict[str, float]:
    """Ask by ours, for the same short series and for long ones; as JSON, and as MessagePack as our client does."""
    figures = {}
    for name, series, accept, points in (
        ("short_ms", "a", "application/json", MLFLOW_POINTS),
        ("long_ms", "b", "application/json", OUR_POINTS),
        ("long_packed_ms", "b", "application/msgpack", OUR_POINTS),
    ):
        asked = {"run_ids": ids(series), "keys": ["loss"], "max_points": points}
        figures[name] = _timed(server, "POST", "/api/v1/series/read", asked, accept)
    return figures


def _timed(server: Server, verb: str, path: str, body: Any, accept: str = "application/json") -> float:
    connection = http.client.HTTPConnection(urlsplit(server.uri).netloc, timeout=300)
    headers = {"Content-Type": "application/json", "Accept": accept}
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        connection.request(verb, path, None if body is None else json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        data = answer.read()
        taken.append(time.perf_counter() - began)
        assert answer.status == 200, data[:1000]
        assert len(data) > RUNS * 1000, len(data)
        if sum(taken) > 30:
            break
    return statistics.median(taken) * 1e3
