"""Metrics sent one a request: by MLflow's own client, and by connections that send what it sends and do nothing else."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.load import hammer, log_metric
from benchmarks.servers import MLFLOW_PYTHON, Server, floor, served

CLIENTS = 16
_PROCESSES = 4
_CLIENT = Path(__file__).with_name("client.py")


def measure(kind: str, database: str = "sqlite") -> None:
    """Start a server, measure what the first argument asks for, and print it."""
    with floor() if kind == "floor" else served(kind, database) as server:
        runs = [f"{number:032x}" for number in range(CLIENTS)] if kind == "floor" else _runs(server.uri)
        print(json.dumps((_light if sys.argv[1] == "light" else _real)(server, runs)))


def _real(server: Server, runs: list[str]) -> dict[str, float]:
    [alone] = _clients(server.uri, [runs[:1]], seconds=2)
    each = CLIENTS // _PROCESSES
    together = _clients(server.uri, [runs[at : at + each] for at in range(0, CLIENTS, each)], seconds=4)
    taken = [one for client in together for one in client["milliseconds"]]
    return {
        "one_ms": statistics.median(alone["milliseconds"]),
        "one_p99_ms": _p99(alone["milliseconds"]),
        "many_per_s": sum(len(client["milliseconds"]) / client["seconds"] for client in together),
        "many_p50_ms": statistics.median(taken),
        "many_p99_ms": _p99(taken),
        "errors": sum(client["errors"] for client in [alone, *together]),
    }


def _clients(uri: str, runs: list[list[str]], *, seconds: float) -> list[dict[str, Any]]:
    """Have a process for each list of runs, and a thread for each run in it, log to a server."""
    begun = []
    for listed in runs:
        command = [str(MLFLOW_PYTHON), "-W", "ignore", str(_CLIENT), uri, str(seconds), *listed]
        begun.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for process in begun:
        assert process.stdout is not None
        process.stdout.readline()  # It has loaded MLflow.
    for process in begun:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate()[0]) for process in begun]


def _light(server: Server, runs: list[str]) -> dict[str, float]:
    asks = [log_metric(server.uri, run) for run in runs]
    hammer(server.uri, asks[:1], 0.5)
    alone = hammer(server.uri, asks[:1], 2)
    busy_s = server.cpu_s()
    together = hammer(server.uri, asks, 4)
    busy_s = server.cpu_s() - busy_s
    return {
        "one_ms": alone.p50,
        "one_p99_ms": alone.p99,
        "many_per_s": together.per_second,
        "many_p50_ms": together.p50,
        "many_p99_ms": together.p99,
        "cpu_ms": busy_s * 1e3 / len(together.milliseconds),
        "errors": alone.errors + together.errors,
        "pss_mib": server.memory()["pss_mib"],
    }


def _p99(values: list[float]) -> float:
    return sorted(values)[len(values) * 99 // 100]


def _runs(uri: str) -> list[str]:
    experiment = _post(uri, "experiments/create", {"name": "single"})["experiment_id"]
    new = {"experiment_id": experiment, "start_time": 1}
    return [_post(uri, "runs/create", new)["run"]["info"]["run_id"] for _ in range(CLIENTS)]


def _post(uri: str, call: str, body: dict[str, Any]) -> Any:
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{uri}/api/2.0/mlflow/{call}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)
