"""Batches: points, params and tags in one call."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, get, post, refused, taken

_RUN = {"r": "run.info.run_id"}


def _run(name: str, **keep: Any) -> Step:
    return post("runs/create", {"experiment_id": "0", "start_time": 5, "run_name": name}, **keep)


def _batch(**given: Any) -> Step:
    return post("runs/log-batch", {"run_id": "$r", **given})


def _metric(key: str, value: Any = 1.0, timestamp: Any = 1, step: Any = 0) -> dict[str, Any]:
    return {"key": key, "value": value, "timestamp": timestamp, "step": step}


def _pair(key: str, value: Any = "v") -> dict[str, Any]:
    return {"key": key, "value": value}


_SEEN = get("runs/get", {"run_id": "$r"})

SCENARIOS = (
    Scenario(
        "batch: logged",
        (
            _run("batch", keep=_RUN),
            _batch(
                metrics=[_metric("m", 1.0, 10, 1), _metric("m", 2.0, 20, 2), _metric("n", 3)],
                params=[_pair("p", "1"), _pair("q", "2")],
                tags=[_pair("t", "3")],
            ),
            _SEEN,
            _batch(),
            _batch(metrics=[], params=[], tags=[]),
            _batch(params=[_pair("p", "1"), _pair("new", "1")]),
            _batch(tags=[_pair("t", "4"), _pair("t", "5")]),
            _batch(tags=[_pair("mlflow.runName", "renamed")]),
            _batch(metrics=[_metric("m", 2.0, 20, 2)]),
            _batch(metrics=[{"key": "no step", "value": 1, "timestamp": 3}]),
            _batch(params=[{"key": "no value"}], tags=[{"key": "no value"}]),
            _batch(params=[_pair("long", "v" * 6001)]),
            _batch(tags=[_pair("long", "v" * 8001)]),
            _SEEN,
            get("metrics/get-history", {"run_id": "$r", "metric_key": "m"}),
            taken("camel", post("runs/log-batch", {"runId": "$r", "metrics": [_metric("camel")]}), {}),
        ),
    ),
    Scenario(
        "batch: over the limits",
        (
            _run("batch limits", keep=_RUN),
            _batch(metrics=[_metric(f"m{i}") for i in range(1000)]),
            _batch(metrics=[_metric(f"m{i}") for i in range(1001)]),
            _batch(params=[_pair(f"p{i}") for i in range(100)]),
            _batch(params=[_pair(f"p{i}") for i in range(101)]),
            _batch(tags=[_pair(f"t{i}") for i in range(100)]),
            _batch(tags=[_pair(f"t{i}") for i in range(101)]),
            _batch(metrics=[_metric(f"x{i}") for i in range(1000)], params=[_pair("over")]),
            _batch(
                metrics=[_metric(f"x{i}") for i in range(801)],
                params=[_pair(f"x{i}") for i in range(100)],
                tags=[_pair(f"x{i}") for i in range(100)],
            ),
            _SEEN,
        ),
    ),
    Scenario(
        "batch: refused as a whole",
        (
            _run("batch refused", keep=_RUN),
            _batch(params=[_pair("p", "1")]),
            _batch(params=[_pair("p", "2"), _pair("q", "3")], metrics=[_metric("m")], tags=[_pair("t")]),
            _batch(params=[_pair("d", "1"), _pair("d", "1")], metrics=[_metric("m")], tags=[_pair("t")]),
            _batch(params=[_pair("d", "1"), _pair("d", "2")]),
            _batch(params=[_pair("ok")], metrics=[_metric("bad//key")], tags=[_pair("t")]),
            _batch(params=[_pair("ok")], metrics=[_metric("m")], tags=[_pair("bad//key")]),
            _batch(params=[_pair("bad//key")], metrics=[_metric("m")], tags=[_pair("t")]),
            _batch(params=[_pair("ok")], metrics=[_metric("m", 1, -1)]),
            _batch(params=[_pair("ok")], tags=[_pair("x" * 251)]),
            _SEEN,
        ),
    ),
    Scenario(
        "batch: given wrongly",
        (
            _run("batch wrong", keep=_RUN),
            post("runs/log-batch", {}),
            post("runs/log-batch", {"run_id": ""}),
            post("runs/log-batch", {"run_id": "nobody"}),
            post("runs/log-batch", {"run_id": "nobody", "tags": [_pair("a")]}),
            _batch(metrics=[{"value": 1, "timestamp": 1}]),
            _batch(metrics=[{"key": "k", "timestamp": 1}]),
            _batch(metrics=[{"key": "k", "value": 1}]),
            _batch(metrics=[_metric("k"), {"key": "k", "value": 1}]),
            _batch(params=[{"value": "v"}]),
            _batch(tags=[{"value": "v"}]),
            _batch(params=[_pair("")]),
            _batch(metrics=[_metric("k", None)]),
            _batch(metrics="k"),
            _batch(metrics={"key": "k"}),
            _batch(tags=7),
            _SEEN,
            *(
                refused("half", _batch(**{noun: [item]}))
                for noun, item in (
                    ("metrics", _metric("k", "text")),
                    ("metrics", _metric("k", True)),
                    ("metrics", _metric("k", 1, "noon")),
                    ("metrics", _metric("k", 1, 1, "one")),
                    ("params", _pair("k", 7)),
                    ("tags", _pair("k", ["v"])),
                )
            ),
            refused("mistake", _batch(params=["k"])),
        ),
    ),
)
