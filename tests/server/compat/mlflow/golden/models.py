"""Logged models."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import (
    ABSENT,
    Scenario,
    Step,
    but,
    delete,
    get,
    patch,
    post,
    refused,
    taken,
)

_EXPERIMENT = {"e": "experiment_id"}
_RUN = {"r": "run.info.run_id"}
_MODEL = {"m": "model.info.model_id"}


def _pair(key: str, value: Any = "v") -> dict[str, Any]:
    return {"key": key, "value": value}


def _search(**given: Any) -> Step:
    return post("logged-models/search", {"experiment_ids": ["$e"], **given})


def _by(field: str, ascending: bool = True, **more: str) -> list[dict[str, Any]]:
    return [{"field_name": field, "ascending": ascending, **more}]


def _made(name: str, keep: str, **more: Any) -> Step:
    body = {"experiment_id": "$e", "name": name, "model_type": "t", "source_run_id": "$r", **more}
    return post("logged-models", body, keep={keep: "model.info.model_id"})


def _measured(model: str, value: float, **more: Any) -> Step:
    return post(
        "runs/log-metric", {"run_id": "$r", "key": "acc", "value": value, "timestamp": 1, "model_id": model, **more}
    )


_PREPARED = (
    post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
    _made("alpha", "a", params=[_pair("lr", "0.1")], tags=[_pair("team", "x")]),
    _made("beta", "b", params=[_pair("lr", "0.2")], tags=[_pair("team", "y")]),
    _made("gamma", "c"),
    patch("logged-models/$a", {"model_id": "$a", "status": "LOGGED_MODEL_READY"}),
    _measured("$a", 0.5),
    _measured("$b", 0.75),
    _measured("$b", 0.25, step=1, dataset_name="d", dataset_digest="1"),
)

_BARE: dict[str, Any] = {
    "why": "unset",
    "but": {"model.info.source_run_id": ABSENT},
}
_POINT = {
    "dataset_digest": "1",
    "dataset_name": "d",
    "key": "acc",
    "model_id": "<model 1>",
    "run_id": "<run 1>",
    "step": 0,
    "timestamp": 1,
    "value": 0.25,
}
_FOUND = {
    "data": {},
    "info": {
        "artifact_uri": "mlflow-artifacts:/<experiment 1>/models/<model 1>/artifacts",
        "creation_timestamp_ms": "<now>",
        "experiment_id": "<experiment 1>",
        "last_updated_timestamp_ms": "<now>",
        "model_id": "<model 1>",
        "model_type": "t",
        "name": "bare",
        "status": "LOGGED_MODEL_READY",
    },
}
"""What a search answers of the only model."""

SCENARIOS = (
    Scenario(
        "model: its life",
        (
            post("experiments/create", {"name": "model life"}, keep=_EXPERIMENT),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
            post(
                "logged-models",
                {
                    "experiment_id": "$e",
                    "name": "net",
                    "model_type": "agent",
                    "source_run_id": "$r",
                    "params": [_pair("lr", "0.1")],
                    "tags": [_pair("team", "x")],
                },
                keep=_MODEL,
            ),
            get("logged-models/$m"),
            patch("logged-models/$m", {"model_id": "$m", "status": "LOGGED_MODEL_READY"}),
            patch("logged-models/$m", {"model_id": "$m", "status": "LOGGED_MODEL_UPLOAD_FAILED"}),
            patch("logged-models/$m", {"model_id": "$m", "status": 2}),
            patch("logged-models/$m/tags", {"tags": [_pair("team", "y"), _pair("a b", "z"), _pair("empty", "")]}),
            get("logged-models/$m"),
            delete("logged-models/$m/tags/team"),
            delete("logged-models/$m/tags/a%20b"),
            delete("logged-models/$m/tags/absent"),
            post("logged-models/$m/params", {"model_id": "$m", "params": [_pair("depth", "3")]}),
            post("logged-models/$m/params", {"model_id": "$m", "params": []}),
            get("logged-models/$m"),
            post(
                "runs/log-metric",
                {"run_id": "$r", "key": "acc", "value": 0.5, "timestamp": 7, "step": 2, "model_id": "$m"},
            ),
            post(
                "runs/log-batch",
                {
                    "run_id": "$r",
                    "metrics": [
                        {
                            "key": "auc",
                            "value": 0.75,
                            "timestamp": 8,
                            "step": 1,
                            "model_id": "$m",
                            "dataset_name": "d",
                            "dataset_digest": "1",
                        }
                    ],
                },
            ),
            get("logged-models/$m"),
            get("runs/get", {"run_id": "$r"}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "acc"}),
            get("metrics/get-history", {"run_id": "$r", "metric_key": "auc"}),
            get("logged-models/$m/artifacts/directories"),
            get("logged-models/$m/artifacts/directories", {"artifact_directory_path": "none"}),
            delete("logged-models/$m"),
            get("logged-models/$m"),
            get("logged-models/$m", {"allow_deleted": True}),
            refused("gone", delete("logged-models/$m"), "RESOURCE_DOES_NOT_EXIST", 404),
            _search(),
        ),
    ),
    Scenario(
        "model: found",
        (
            post("experiments/create", {"name": "model found"}, keep=_EXPERIMENT),
            *_PREPARED,
            *(
                _search(order_by=_by("name"), **given)
                for given in (
                    {},
                    {"filter": "name = 'alpha'"},
                    {"filter": "name != 'alpha'"},
                    {"filter": "name LIKE 'a%'"},
                    {"filter": "attributes.name ILIKE 'A%'"},
                    {"filter": "model_id = '$b'"},
                    {"filter": "model_type = 't'"},
                    {"filter": "source_run_id = '$r'"},
                    {"filter": "params.lr = '0.1'"},
                    {"filter": "tags.team = 'y'"},
                    {"filter": "tags.team != 'y'"},
                    {"filter": "metrics.acc > 0.6"},
                    {"filter": "metrics.acc <= 0.5"},
                    {"filter": "metrics.acc > 0.1", "datasets": [{"dataset_name": "d", "dataset_digest": "1"}]},
                    {"filter": "metrics.acc > 0.1", "datasets": [{"dataset_name": "d", "dataset_digest": "2"}]},
                    {"filter": "creation_timestamp > 1000"},
                    {"filter": "last_updated_timestamp < 1000"},
                    {"filter": "creation_time > 1000"},
                    {"max_results": 2},
                )
            ),
            *(
                _search(order_by=order)
                for order in (
                    _by("name", False),
                    _by("metrics.acc") + _by("name"),
                    _by("metrics.acc", False) + _by("name"),
                    _by("metrics.acc", dataset_name="d", dataset_digest="1") + _by("name"),
                    _by("model_type") + _by("name"),
                    _by("status") + _by("name"),
                    [{"field_name": "name"}],
                )
            ),
            _search(max_results=1, order_by=_by("name")),
            post(
                "logged-models/search",
                {"experiment_ids": ["$e"], "max_results": 2, "order_by": _by("name")},
                keep={"t": "next_page_token"},
            ),
            _search(max_results=2, order_by=_by("name"), page_token="$t"),
            _search(max_results=2, order_by=_by("name", False), page_token="$t"),
            _search(max_results=2, order_by=_by("name"), filter="name = 'x'", page_token="$t"),
            post("logged-models/search", {"experiment_ids": ["999999"]}),
        ),
    ),
    Scenario(
        "model: found otherwise",
        (
            post("experiments/create", {"name": "model otherwise"}, keep=_EXPERIMENT),
            post("logged-models", {"experiment_id": "$e", "name": "bare", "model_type": "t"}, keep=_MODEL, **_BARE),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
            patch("logged-models/$m", {"model_id": "$m", "status": "LOGGED_MODEL_READY"}, **_BARE),
            taken("in path", patch("logged-models/$m", {"status": "LOGGED_MODEL_READY"}), {"model": _FOUND}),
            _search(filter="status = 'FAILED'"),
            but("state", _search(filter="status = 'READY'"), {"models": [_FOUND]}),
            _measured("$m", 0.25, dataset_name="d", dataset_digest="1"),
            but(
                "dataset",
                _search(filter="metrics.acc > 0.1", datasets=[{"dataset_name": "d"}]),
                {"models": [_FOUND | {"data": {"metrics": [_POINT]}}]},
            ),
            taken("filter", _search(filter="params.lr > '0'"), {}),
            taken("filter", _search(filter="name = 'a' OR name = 'b'"), {}),
            taken("filter", _search(filter="name = 'a'", order_by=_by("params.lr")), {}),
            refused("order", _search(order_by=_by("name", dataset_name="d"))),
        ),
    ),
    Scenario(
        "model: asked for wrongly",
        (
            post("experiments/create", {"name": "model wrongly"}, keep=_EXPERIMENT),
            *_PREPARED,
            post("logged-models", {}),
            post("logged-models", {"experiment_id": "999999", "name": "m"}),
            post("logged-models", {"experiment_id": "nonsense", "name": "m"}),
            *(post("logged-models", {"experiment_id": "$e", "name": f"a{sign}b"}) for sign in "/:.%\"'"),
            post("logged-models", {"experiment_id": "$e", "name": 7}),
            post("logged-models", {"experiment_id": "$e", "name": "m", "tags": "x"}),
            post("logged-models", {"experiment_id": "$e", "name": "m", "model_type": "t", "source_run_id": "nobody"}),
            get("logged-models/m-absent"),
            patch("logged-models/m-absent", {"model_id": "m-absent", "status": "LOGGED_MODEL_READY"}),
            patch("logged-models/$a", {"model_id": "$a"}),
            patch("logged-models/m-absent/tags", {"tags": [_pair("a")]}),
            patch("logged-models/$a/tags", {}),
            delete("logged-models/m-absent/tags/a"),
            post("logged-models/m-absent/params", {"model_id": "m-absent", "params": [_pair("a")]}),
            taken("repeat", post("logged-models/$a/params", {"model_id": "$a", "params": [_pair("lr", "0.1")]}), {}),
            refused("immutable", post("logged-models/$a/params", {"model_id": "$a", "params": [_pair("lr", "9")]})),
            delete("logged-models/m-absent"),
            get("logged-models/m-absent/artifacts/directories"),
            get("logged-models/$a/artifacts/directories", {"artifact_directory_path": "../x"}),
            post("logged-models/search", {}),
            post("logged-models/search", {"experiment_ids": []}),
            post("logged-models/search", {"experiment_ids": "$e"}),
            refused("mistake", _search(filter="nonsense = 'a'")),
            _search(filter="name ="),
            refused("mistake", _search(filter="metrics.acc = 'a'")),
            _search(order_by=_by("nonsense")),
            _search(order_by=[{"ascending": True}]),
            _search(order_by=["name"]),
            _search(datasets=[{"dataset_digest": "1"}], filter="metrics.acc > 0"),
            _search(max_results=0, order_by=_by("name")),
            refused("half", _search(max_results=-1)),
            refused("mistake", _search(page_token="nonsense")),
            refused("no model", _measured("m-absent", 0.5), "RESOURCE_DOES_NOT_EXIST", 404),
            refused("enumeration", patch("logged-models/$a", {"model_id": "$a", "status": "NONSENSE"})),
            refused("half", patch("logged-models/$a/tags", {"tags": [{"value": "v"}]})),
        ),
    ),
)
