"""Runs, their params and tags."""

from __future__ import annotations

from tests.server.compat.mlflow.golden.steps import ABSENT, Scenario, but, get, post, refused

_EXPERIMENT = {"e": "experiment_id"}
_RUN = {"r": "run.info.run_id"}

SCENARIOS = (
    Scenario(
        "run: its life",
        (
            post("experiments/create", {"name": "run life"}, keep=_EXPERIMENT),
            post(
                "runs/create",
                {
                    "experiment_id": "$e",
                    "user_id": "ana",
                    "run_name": "first",
                    "start_time": 12345,
                    "tags": [{"key": "a", "value": "1"}, {"key": "mlflow.user", "value": "ana"}],
                },
                keep=_RUN,
            ),
            get("runs/get", {"run_id": "$r"}),
            get("runs/get", {"run_uuid": "$r"}),
            post("runs/update", {"run_id": "$r", "status": "FINISHED", "end_time": 23456}),
            but("resumed", post("runs/update", {"run_id": "$r", "status": "RUNNING"}), {"run_info.end_time": ABSENT}),
            post("runs/update", {"run_id": "$r", "status": 5, "end_time": "34567"}),
            post("runs/update", {"run_uuid": "$r", "status": "FAILED"}),
            post("runs/update", {"run_id": "$r", "run_name": "second"}),
            post("runs/update", {"run_id": "$r", "run_name": ""}),
            post("runs/update", {"run_id": "$r"}),
            get("runs/get", {"run_id": "$r"}),
            post("runs/set-tag", {"run_id": "$r", "key": "mlflow.runName", "value": "third"}),
            get("runs/get", {"run_id": "$r"}),
            post("runs/delete", {"run_id": "$r"}),
            post("runs/delete", {"run_id": "$r"}),
            get("runs/get", {"run_id": "$r"}),
            post("runs/update", {"run_id": "$r", "status": "FINISHED"}),
            post("runs/set-tag", {"run_id": "$r", "key": "a", "value": "2"}),
            post("runs/delete-tag", {"run_id": "$r", "key": "a"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "a", "value": "2"}),
            post("runs/log-metric", {"run_id": "$r", "key": "a", "value": 2, "timestamp": 1}),
            post("runs/log-batch", {"run_id": "$r", "tags": [{"key": "a", "value": "2"}]}),
            post("runs/log-inputs", {"run_id": "$r", "models": [{"model_id": "m-1"}]}),
            post("runs/restore", {"run_id": "$r"}),
            post("runs/restore", {"run_id": "$r"}),
            get("runs/get", {"run_id": "$r"}),
        ),
    ),
    Scenario(
        "run: made",
        (
            post("experiments/create", {"name": "run made"}, keep=_EXPERIMENT),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "bare"}, keep=_RUN),
            get("runs/get", {"run_id": "$r"}),
            post(
                "runs/create",
                {"experiment_id": "$e", "start_time": 5, "tags": [{"key": "mlflow.runName", "value": "by tag"}]},
            ),
            post(
                "runs/create",
                {
                    "experiment_id": "$e",
                    "start_time": 5,
                    "run_name": "same",
                    "tags": [{"key": "mlflow.runName", "value": "same"}],
                },
            ),
            post(
                "runs/create",
                {"experiment_id": "$e", "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]},
            ),
            post(
                "runs/create",
                {
                    "experiment_id": "$e",
                    "start_time": 5,
                    "run_name": "child",
                    "tags": [{"key": "mlflow.parentRunId", "value": "$r"}],
                },
            ),
            post("runs/create", {"experiment_id": "$e", "start_time": "17", "run_name": "time as text"}),
            post("runs/create", {"experimentId": "$e", "startTime": 17, "runName": "camelCase"}),
            post("runs/create", {"experiment_id": "$e", "start_time": 17, "run_name": "日本 <b>", "unknown": {"a": 1}}),
            refused("experiment", post("runs/create", {"start_time": 17, "run_name": "no experiment"})),
            refused("experiment", post("runs/create", {"experiment_id": "", "start_time": 17})),
            post("runs/create", {"experiment_id": "999999"}),
            post("runs/create", {"experiment_id": "nonsense"}),
            post("runs/create", {"experiment_id": "$e", "start_time": "noon"}),
            post("runs/create", {"experiment_id": "$e", "run_name": 7}),
            but(
                "start",
                post("runs/create", {"experiment_id": "$e", "run_name": "now"}),
                {"run.info.start_time": "<now>"},
            ),
            refused("half", post("runs/create", {"experiment_id": "$e", "tags": {"a": "b"}})),
            refused("name", post("runs/create", {"experiment_id": "$e", "tags": [{"key": "a//b", "value": "c"}]})),
        ),
    ),
    Scenario(
        "run: asked for wrongly",
        (
            *(
                step
                for call in ("update", "delete", "restore")
                for step in (
                    post(f"runs/{call}", {}),
                    post(f"runs/{call}", {"run_id": ""}),
                    post(f"runs/{call}", {"run_id": "nobody"}),
                    post(f"runs/{call}", {"run_id": 7}),
                )
            ),
            get("runs/get"),
            get("runs/get", {"run_id": "nobody"}),
            refused("id", get("runs/get", {"run_id": "no/body"})),
            refused("id", get("runs/get", {"run_id": "x" * 300})),
            post("runs/create", {"experiment_id": "0", "start_time": 5, "run_name": "r"}, keep=_RUN),
            post("runs/update", {"run_id": "$r", "end_time": "noon"}),
            refused("enumeration", post("runs/update", {"run_id": "$r", "status": "NONSENSE"})),
            post("runs/update", {"run_id": "$r", "status": 9}),
        ),
    ),
    Scenario(
        "run: params",
        (
            post("runs/create", {"experiment_id": "0", "start_time": 5, "run_name": "params"}, keep=_RUN),
            post("runs/log-parameter", {"run_id": "$r", "key": "lr", "value": "0.1"}),
            post("runs/log-parameter", {"run_uuid": "$r", "key": "a/b.c-d e:f_g", "value": "日本"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "lr", "value": "0.1"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "lr", "value": "0.2"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "empty", "value": ""}),
            post("runs/log-parameter", {"run_id": "$r", "key": "none"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "x" * 250, "value": "v"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "x" * 251, "value": "v"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "long", "value": "v" * 6000}),
            post("runs/log-parameter", {"run_id": "$r", "key": "longer", "value": "w" * 6001}),
            get("runs/get", {"run_id": "$r"}),
            post("runs/log-parameter", {"run_id": "$r", "value": "v"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "", "value": "v"}),
            post("runs/log-parameter", {"key": "k", "value": "v"}),
            post("runs/log-parameter", {"run_id": "nobody", "key": "k", "value": "v"}),
            post("runs/log-parameter", {"run_id": "$r", "key": 7, "value": "v"}),
            post("runs/log-parameter", {"run_id": "$r", "key": "k", "value": 7}),
            post("runs/log-parameter", {"run_id": "$r", "key": "k", "value": [1]}),
            *(
                post("runs/log-parameter", {"run_id": "$r", "key": key, "value": "v"})
                for key in ("a//b", "/a", "a/", "../a", "a/../b", ".", "..", "a?b", "a#b", "a\nb", "a\\b")
            ),
        ),
    ),
    Scenario(
        "run: tags",
        (
            post("runs/create", {"experiment_id": "0", "start_time": 5, "run_name": "tags"}, keep=_RUN),
            post("runs/set-tag", {"run_id": "$r", "key": "a", "value": "1"}),
            post("runs/set-tag", {"run_id": "$r", "key": "a", "value": "2"}),
            post("runs/set-tag", {"run_uuid": "$r", "key": "b", "value": "3"}),
            post("runs/set-tag", {"run_id": "$r", "key": "empty", "value": ""}),
            post("runs/set-tag", {"run_id": "$r", "key": "none"}),
            post("runs/set-tag", {"run_id": "$r", "key": "long", "value": "v" * 8000}),
            post("runs/set-tag", {"run_id": "$r", "key": "longer", "value": "v" * 8001}),
            get("runs/get", {"run_id": "$r"}),
            post("runs/delete-tag", {"run_id": "$r", "key": "a"}),
            post("runs/delete-tag", {"run_id": "$r", "key": "a"}),
            post("runs/delete-tag", {"run_id": "$r", "key": "long"}),
            post("runs/delete-tag", {"run_id": "$r", "key": "longer"}),
            get("runs/get", {"run_id": "$r"}),
            post("runs/set-tag", {"run_id": "$r", "value": "v"}),
            post("runs/set-tag", {"key": "a", "value": "v"}),
            post("runs/set-tag", {"run_id": "nobody", "key": "a", "value": "v"}),
            post("runs/set-tag", {"run_id": "$r", "key": "x" * 251, "value": "v"}),
            post("runs/set-tag", {"run_id": "$r", "key": "a//b", "value": "v"}),
            post("runs/set-tag", {"run_id": "$r", "key": "k", "value": 7}),
            post("runs/set-tag", {"run_id": "$r", "key": "k", "value": {"a": 1}}),
            post("runs/delete-tag", {"run_id": "$r"}),
            post("runs/delete-tag", {"key": "a"}),
            post("runs/delete-tag", {"run_id": "nobody", "key": "a"}),
        ),
    ),
    Scenario(
        "run: models in the tag of old",
        (
            post("runs/create", {"experiment_id": "0", "start_time": 5, "run_name": "log-model"}, keep=_RUN),
            post(
                "runs/log-model",
                {
                    "run_id": "$r",
                    "model_json": '{"artifact_path": "m", "flavors": {"f": {"a": 1}}, "utc_time_created": "2024-01-01",'
                    ' "run_id": "1", "model_uuid": "2", "mlflow_version": "3.0"}',
                },
            ),
            post(
                "runs/log-model",
                {
                    "run_id": "$r",
                    "model_json": '{"artifact_path": "n", "flavors": {}, "utc_time_created": "2024-01-01",'
                    ' "run_id": "1", "model_uuid": "3", "mlflow_version": "3.0"}',
                },
            ),
            but(
                "model json",
                get("runs/get", {"run_id": "$r"}),
                {
                    "run.data.tags.0.value": '[{"artifact_path": "m", "flavors": {"f": {"a": 1}}, "utc_time_created": '
                    '"2024-01-01", "run_id": "1", "model_uuid": "2", "mlflow_version": "3.0"}, {"artifact_path": "n", '
                    '"flavors": {}, "utc_time_created": "2024-01-01", "run_id": "1", "model_uuid": "3", '
                    '"mlflow_version": "3.0"}]'
                },
            ),
            post("runs/log-model", {"run_id": "$r", "model_json": "{}"}),
            post("runs/log-model", {"run_id": "$r", "model_json": "nonsense"}),
            refused("mistake", post("runs/log-model", {"run_id": "$r", "model_json": "[]"})),
            post("runs/log-model", {"run_id": "$r"}),
            post("runs/log-model", {"model_json": "{}"}),
            post(
                "runs/log-model",
                {
                    "run_id": "nobody",
                    "model_json": '{"artifact_path": "n", "flavors": {}, "utc_time_created": "1", "run_id": "1"}',
                },
            ),
        ),
    ),
)
