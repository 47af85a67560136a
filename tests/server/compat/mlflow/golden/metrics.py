"""Metrics: logging them, and their histories."""

from __future__ import annotations

import math
from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, but, get, post, refused

_RUN = {"r": "run.info.run_id"}
_OTHER = {"o": "run.info.run_id"}


def _run(name: str, **keep: Any) -> Step:
    return post("runs/create", {"experiment_id": "0", "start_time": 5, "run_name": name}, **keep)


def _log(value: Any, timestamp: Any, step: Any = 0, key: str = "loss", **more: Any) -> Step:
    body = {"run_id": "$r", "key": key, "value": value, "timestamp": timestamp, "step": step, **more}
    return post("runs/log-metric", body)


def _points(start: int, stop: int, key: str = "long") -> list[dict[str, Any]]:
    return [{"key": key, "value": i / 2, "timestamp": 1000 + i, "step": i} for i in range(start, stop)]


_BULK = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
_THINNED = "metrics/get-history-bulk-interval"
_NOT_FOUND = ("RESOURCE_DOES_NOT_EXIST", 404)

SCENARIOS = (
    Scenario(
        "metric: logged",
        (
            _run("metrics", keep=_RUN),
            _log(0.5, 100, 1),
            _log(0.25, 200, 2),
            _log(0.25, 200, 2),
            _log(9.0, 50, 2),
            _log(7.0, 300, -3),
            _log(1, 400, 2),
            post("runs/log-metric", {"run_uuid": "$r", "key": "by uuid", "value": 1.5, "timestamp": 7}),
            _log("0.125", "100", "3", key="as text"),
            _log(1e300, 1, key="huge"),
            _log(5e-324, 1, key="tiny"),
            _log(0.1, 1, key="a/b.c-d e:f"),
            _log(-0.0, 1, key="zero"),
            get("runs/get", {"run_id": "$r"}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "loss"}),
            get("metrics/get-history", {"run_uuid": "$r", "metric_key": "by uuid"}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "absent"}),
            get(
                "metrics/get-history",
                {"run_id": "$r", "metric_key": "loss", "max_results": 2},
                keep={"t": "next_page_token"},
            ),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "loss", "max_results": 10, "page_token": "$t"}),
        ),
    ),
    Scenario(
        "metric: not finite",
        (
            _run("not finite", keep=_RUN),
            _log("NaN", 1, 1, key="nan"),
            _log("Infinity", 1, 1, key="inf"),
            _log("-Infinity", 1, 1, key="ninf"),
            post(
                "runs/log-batch",
                {
                    "run_id": "$r",
                    "metrics": [
                        {"key": "nan", "value": "NaN", "timestamp": 5, "step": 3},
                        {"key": "inf", "value": "Infinity", "timestamp": 5, "step": 3},
                    ],
                },
            ),
            but(
                "infinity",
                get("runs/get", {"run_id": "$r"}),
                {"run.data.metrics.0.value": "Infinity", "run.data.metrics.2.value": "-Infinity"},
            ),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "nan"}),
            but(
                "infinity",
                get("metrics/get-history", {"run_id": "$r", "metric_key": "inf"}),
                {"metrics.0.value": "Infinity", "metrics.1.value": "Infinity"},
            ),
            but(
                "infinity",
                get(_THINNED, {"run_ids": ["$r"], "metric_key": "inf"}),
                {"metrics.0.value": "Infinity", "metrics.1.value": "Infinity"},
            ),
            but("infinity", get(_BULK, {"run_id": ["$r"], "metric_key": "ninf"}), {"metrics.0.value": "-Infinity"}),
            but(
                "not json",
                get(_BULK, {"run_id": ["$r"], "metric_key": "nan"}),
                {"metrics.0.value": "NaN", "metrics.1.value": "NaN"},
            ),
            _log("nan", 1, key="spelled"),
            _log("inf", 1, key="spelled"),
            _log("nonsense", 1, key="spelled"),
            *(refused("half", _log(value, 1, key="bare")) for value in (math.nan, math.inf, -math.inf)),
        ),
    ),
    Scenario(
        "metric: logged wrongly",
        (
            _run("wrong metrics", keep=_RUN),
            post("runs/log-metric", {"run_id": "$r", "value": 1, "timestamp": 1}),
            post("runs/log-metric", {"run_id": "$r", "key": "k", "timestamp": 1}),
            post("runs/log-metric", {"run_id": "$r", "key": "k", "value": 1}),
            post("runs/log-metric", {"key": "k", "value": 1, "timestamp": 1}),
            post("runs/log-metric", {"run_id": "nobody", "key": "k", "value": 1, "timestamp": 1}),
            _log(1, -1, key="k"),
            refused("half", _log(1, 1.5, key="k")),
            _log(1, "noon", key="k"),
            _log(1, None, key="k"),
            _log(1, 1, "one", key="k"),
            refused("half", _log(1, 1, 1.5, key="k")),
            _log(1, 1, None, key="null step"),
            refused("half", _log(1, 1, 2**63, key="k")),
            refused("half", _log(1, 2**63, 1, key="k")),
            refused("half", _log(True, 1, key="k")),
            _log(None, 1, key="k"),
            refused("mistake", _log([1], 1, key="k")),
            refused("mistake", _log({"a": 1}, 1, key="k")),
            _log("", 1, key="k"),
            _log(1, 1, key="x" * 251),
            _log(1, 1, key=""),
            *(_log(1, 1, key=key) for key in ("a//b", "/a", "a/", "..", "a?b", "a@b")),
            _log(1, 0, 0, key="zeros"),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "null step"}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "zeros"}),
        ),
    ),
    Scenario(
        "metric: histories",
        (
            _run("history", keep=_RUN),
            _run("history too", keep=_OTHER),
            post("runs/log-batch", {"run_id": "$r", "metrics": _points(0, 1000)}),
            post("runs/log-batch", {"run_id": "$r", "metrics": _points(1000, 1300)}),
            post("runs/log-batch", {"run_id": "$o", "metrics": _points(5, 12)}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "long"}),
            get(
                "metrics/get-history",
                {"run_id": "$r", "metric_key": "long", "max_results": 700},
                keep={"t": "next_page_token"},
            ),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "long", "max_results": 700, "page_token": "$t"}),
            get(_BULK, {"run_id": ["$o"], "metric_key": "long"}),
            get(_BULK, {"run_id": ["$o"], "metric_key": "long", "max_results": 3}),
            get(_BULK, {"run_id": ["$o"], "metric_key": "absent"}),
            get(_THINNED, {"run_ids": ["$r", "$o"], "metric_key": "long"}),
            get(_THINNED, {"run_ids": ["$o"], "metric_key": "long", "start_step": 6, "end_step": 8}),
            get(_THINNED, {"run_ids": ["$o"], "metric_key": "long", "start_step": 6, "end_step": 8, "max_results": 2}),
            get(_THINNED, {"run_ids": ["$o"], "metric_key": "long", "max_results": 3}),
            get(_THINNED, {"run_ids": ["$o"], "metric_key": "long", "max_results": 1}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "long", "max_results": 10}),
            get(
                _THINNED,
                {"run_ids": ["$r"], "metric_key": "long", "max_results": 100, "start_step": 3, "end_step": 999},
            ),
            get(_THINNED, {"run_ids": ["$r", "$o"], "metric_key": "long", "max_results": 4}),
            get(_THINNED, {"run_ids": ["$o"], "metric_key": "absent"}),
            get("/ajax-api/2.0/mlflow/" + _THINNED, {"run_ids": ["$o"], "metric_key": "long"}),
        ),
    ),
    Scenario(
        "metric: histories asked for wrongly",
        (
            _run("history wrongly", keep=_RUN),
            _log(1, 1),
            get("metrics/get-history", {"run_id": "$r"}),
            get("metrics/get-history", {"metric_key": "loss"}),
            refused("no run", get("metrics/get-history", {"run_id": "nobody", "metric_key": "loss"}), *_NOT_FOUND),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "loss", "max_results": 0}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "loss", "max_results": -1}),
            refused("half", get("metrics/get-history", {"run_id": "$r", "metric_key": "loss", "max_results": "many"})),
            get(
                "metrics/get-history",
                {"run_id": "$r", "metric_key": "loss", "max_results": 5, "page_token": "nonsense"},
            ),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "loss", "page_token": "nonsense"}),
            get(_BULK),
            get(_BULK, {"run_id": ["$r"]}),
            get(_BULK, {"metric_key": "loss"}),
            refused("no run", get(_BULK, {"run_id": ["nobody"], "metric_key": "loss"}), *_NOT_FOUND),
            get(_BULK, {"run_id": ["$r"] * 101, "metric_key": "loss"}),
            get(_BULK, {"run_id": ["$r"], "metric_key": "loss", "max_results": 30_000}),
            refused("mistake", get(_BULK, {"run_id": ["$r"], "metric_key": "loss", "max_results": "many"})),
            get(_THINNED),
            get(_THINNED, {"run_ids": ["$r"]}),
            get(_THINNED, {"metric_key": "loss"}),
            refused("no run", get(_THINNED, {"run_ids": ["nobody"], "metric_key": "loss"}), *_NOT_FOUND),
            get(_THINNED, {"run_ids": ["$r"] * 101, "metric_key": "loss"}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "loss", "max_results": 0}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "loss", "max_results": 2501}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "loss", "start_step": 1}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "loss", "end_step": 1}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "loss", "start_step": 2, "end_step": 1}),
            get(_THINNED, {"run_ids": ["$r"], "metric_key": "loss", "start_step": "one", "end_step": 1}),
        ),
    ),
)
