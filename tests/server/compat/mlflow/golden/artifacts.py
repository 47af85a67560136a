"""Artifacts: listings, the proxy, and the addresses that MLflow's pages fetch files from."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, but, delete, get, post, put, refused, taken

_PROXY = "/api/2.0/mlflow-artifacts/artifacts"
_EXPERIMENT = {"e": "experiment_id"}
_RUN = {"r": "run.info.run_id"}
_MODEL = {"m": "model.info.model_id"}
_BYTES: dict[str, Any] = {"kind": "application/octet-stream"}
_HOME = _PROXY + "/$e/$r/artifacts"


def _put(path: str, data: bytes) -> Step:
    return taken("body", put(path, data, **_BYTES), {})


def _uploaded(query: str, data: bytes) -> Step:
    return post(f"/ajax-api/2.0/mlflow/upload-artifact?{query}", data, **_BYTES)


def _run(name: str) -> tuple[Step, ...]:
    return (
        post("experiments/create", {"name": f"artifacts {name}"}, keep=_EXPERIMENT),
        post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
    )


SCENARIOS = (
    Scenario(
        "artifact: sent, listed, fetched, deleted",
        (
            *_run("proxy"),
            get("artifacts/list", {"run_id": "$r"}),
            get(_HOME),
            _put(f"{_HOME}/a.txt", b"hello"),
            _put(f"{_HOME}/a.txt", b"hello again"),
            _put(f"{_HOME}/dir/b.bin", b"\x00\x01"),
            _put(f"{_HOME}/dir/sub/c%20d.txt", b""),
            _put(f"{_HOME}/dir/%E6%97%A5.txt", b"unicode"),
            get("artifacts/list", {"run_id": "$r"}),
            get("artifacts/list", {"run_uuid": "$r", "path": "dir"}),
            but("size", get("artifacts/list", {"run_id": "$r", "path": "dir/sub"}), {"files.0.file_size": 0}),
            get("artifacts/list", {"run_id": "$r", "path": "a.txt"}),
            get("artifacts/list", {"run_id": "$r", "path": "absent"}),
            get(_PROXY, {"path": "$e/$r/artifacts"}),
            get(_PROXY, {"path": "$e/$r/artifacts/dir"}),
            get(_PROXY, {"path": "$e/$r/artifacts/a.txt"}),
            get(_PROXY, {"path": "$e/$r/artifacts/absent"}),
            get(f"{_HOME}/a.txt"),
            get(f"{_HOME}/dir/b.bin"),
            get(f"{_HOME}/dir/sub/c%20d.txt"),
            get(f"{_HOME}/dir/%E6%97%A5.txt"),
            get("/ajax-api/2.0/mlflow-artifacts/artifacts/$e/$r/artifacts/a.txt"),
            get("/get-artifact", {"run_id": "$r", "path": "a.txt"}),
            get("/get-artifact", {"run_uuid": "$r", "path": "dir/b.bin"}),
            delete(f"{_HOME}/a.txt"),
            delete(f"{_HOME}/a.txt"),
            get("artifacts/list", {"run_id": "$r"}),
            delete(f"{_HOME}/dir"),
            get("artifacts/list", {"run_id": "$r"}),
        ),
    ),
    Scenario(
        "artifact: asked for wrongly",
        (
            *_run("wrongly"),
            _put(f"{_HOME}/dir/a.txt", b"hello"),
            get("artifacts/list"),
            get("artifacts/list", {"run_id": "nobody"}),
            get("artifacts/list", {"run_id": "$r", "path": "../.."}),
            get("artifacts/list", {"run_id": "$r", "path": "/etc"}),
            get("artifacts/list", {"run_id": "$r", "path": "%2e%2e/x"}),
            get(_PROXY, {"path": "../.."}),
            get(_PROXY, {"path": "/etc"}),
            get(f"{_HOME}/absent"),
            refused("body", get(_HOME)),
            refused("body", get(f"{_HOME}/dir")),
            get(f"{_HOME}/%2e%2e/%2e%2e/x"),
            refused("path", get(f"{_HOME}/..%5c..%5cx")),
            get(f"{_HOME}/%252e%252e/x"),
            put(f"{_HOME}/%2e%2e/x", b"x", **_BYTES),
            refused("path", put(f"{_HOME}/c%3a%5cx", b"x", **_BYTES)),
            delete(f"{_HOME}/%2e%2e/x"),
            delete(f"{_HOME}/absent"),
            get("/get-artifact", {"run_id": "$r", "path": "absent"}),
            get("/get-artifact", {"run_id": "$r", "path": "../x"}),
            get("/get-artifact", {"run_id": "nobody", "path": "a"}),
            get("/get-artifact", {"run_id": "$r", "path": "dir"}),
        ),
    ),
    Scenario(
        "artifact: of models and versions",
        (
            *_run("models"),
            post(
                "logged-models",
                {"experiment_id": "$e", "name": "m", "model_type": "t", "source_run_id": "$r"},
                keep=_MODEL,
            ),
            _put(f"{_PROXY}/$e/models/$m/artifacts/MLmodel", b"flavors: {}"),
            _put(f"{_PROXY}/$e/models/$m/artifacts/data/w.bin", b"w"),
            get("logged-models/$m/artifacts/directories"),
            get("logged-models/$m/artifacts/directories", {"artifact_directory_path": "data"}),
            get("/ajax-api/2.0/mlflow/logged-models/$m/artifacts/files", {"artifact_file_path": "MLmodel"}),
            get("/ajax-api/2.0/mlflow/logged-models/$m/artifacts/files", {"artifact_file_path": "absent"}),
            get("/ajax-api/2.0/mlflow/logged-models/$m/artifacts/files", {"artifact_file_path": "../x"}),
            refused("field", get("/ajax-api/2.0/mlflow/logged-models/$m/artifacts/files")),
            get("/ajax-api/2.0/mlflow/logged-models/m-absent/artifacts/files", {"artifact_file_path": "a"}),
            _put(f"{_HOME}/model/MLmodel", b"of the run"),
            post("registered-models/create", {"name": "artifacts"}),
            but(
                "more",
                post("model-versions/create", {"name": "artifacts", "source": "models:/$m", "model_id": "$m"}),
                {"model_version.model_id": "<model 1>"},
            ),
            post("model-versions/create", {"name": "artifacts", "source": "runs:/$r/model", "run_id": "$r"}),
            post(
                "model-versions/create",
                {"name": "artifacts", "source": "mlflow-artifacts:/$e/$r/artifacts/model", "run_id": "$r"},
            ),
            get("/model-versions/get-artifact", {"name": "artifacts", "version": "1", "path": "MLmodel"}),
            taken(
                "mistake",
                get("/model-versions/get-artifact", {"name": "artifacts", "version": "2", "path": "MLmodel"}),
                "of the run",
            ),
            get("/model-versions/get-artifact", {"name": "artifacts", "version": "3", "path": "MLmodel"}),
            get("/model-versions/get-artifact", {"name": "artifacts", "version": "1", "path": "data/w.bin"}),
            get("/model-versions/get-artifact", {"name": "artifacts", "version": "1", "path": "absent"}),
            get("/model-versions/get-artifact", {"name": "artifacts", "version": "3", "path": "../a"}),
            get("/model-versions/get-artifact", {"name": "artifacts", "version": "9", "path": "MLmodel"}),
            get("/model-versions/get-artifact", {"name": "absent", "version": "1", "path": "MLmodel"}),
        ),
    ),
    Scenario(
        "artifact: sent by a page",
        (
            *_run("upload"),
            taken("body", _uploaded("run_uuid=$r&path=dir/a.txt", b"hello"), {}),
            get("artifacts/list", {"run_id": "$r", "path": "dir"}),
            get("/get-artifact", {"run_id": "$r", "path": "dir/a.txt"}),
            taken("body", _uploaded("run_uuid=$r&path=big", b"x" * (10 * 1024 * 1024)), {}),
            _uploaded("run_uuid=$r&path=bigger", b"x" * (10 * 1024 * 1024 + 1)),
            _uploaded("run_uuid=$r&path=a.txt", b""),
            _uploaded("run_uuid=$r", b"hello"),
            _uploaded("path=a.txt", b"hello"),
            _uploaded("run_uuid=nobody&path=a.txt", b"hello"),
            _uploaded("run_uuid=$r&path=../a.txt", b"hello"),
            get("artifacts/list", {"run_id": "$r"}),
        ),
    ),
    Scenario(
        "artifact: in parts, or by signed addresses",
        (
            *_run("parts"),
            post("/api/2.0/mlflow-artifacts/mpu/create/$e/$r/artifacts", {"path": "a.txt", "num_parts": 2}),
            refused(
                "parts",
                post(
                    "/api/2.0/mlflow-artifacts/mpu/complete/$e/$r/artifacts",
                    {"path": "a.txt", "upload_id": "1", "parts": [{"part_number": 1}]},
                ),
            ),
            taken(
                "parts",
                post("/api/2.0/mlflow-artifacts/mpu/abort/$e/$r/artifacts", {"path": "a.txt", "upload_id": "1"}),
                {},
            ),
            get("/api/2.0/mlflow-artifacts/presigned/$e/$r/artifacts/a.txt"),
            post("artifacts/presigned-upload-url", {"run_id": "$r", "path": "a.txt"}),
            post("artifacts/presigned-download-url", {"run_id": "$r", "path": "a.txt"}),
        ),
    ),
)
