"""How messages travel, whatever they are about."""

from __future__ import annotations

from tests.server.compat.mlflow.golden.steps import ABSENT, Scenario, but, get, post, refused, taken

_EXPERIMENT = {"e": "experiment_id"}

SCENARIOS = (
    Scenario(
        "wire: bodies",
        (
            post("experiments/create", b'{"name": "wire'),
            refused("mistake", post("experiments/create", b"[]")),
            post("experiments/create", b"null"),
            refused("mistake", post("experiments/create", b"7")),
            post("experiments/create", b"\xff\xfe"),
            post("experiments/create", b'"{\\"name\\": \\"wire twice\\"}"', keep=_EXPERIMENT),
            get("experiments/get", {"experiment_id": "$e"}),
            post("experiments/create", b'{"name": "wire text"}', kind="text/plain"),
            post("experiments/create", b'{"name": "wire charset"}', kind="application/json; charset=utf-8"),
            post("experiments/create", b'{"name": "wire none"}', kind=""),
            post("experiments/create", b'{"name": "wire a", "name": "wire b"}', keep=_EXPERIMENT),
            get("experiments/get", {"experiment_id": "$e"}),
            taken("camel", post("experiments/update", {"experimentId": "$e", "newName": "wire camel"}), {}),
            post("experiments/update", {"experiment_id": "$e", "experimentId": "$e", "new_name": "wire both"}),
            post("experiments/update", {"experiment_id": "$e", "new_name": "wire c", "unknown": [1, {"a": 2}]}),
            refused("not json", post("experiments/create", b'{"name": "wire nan", "x": NaN}')),
        ),
    ),
    Scenario(
        "wire: what is not there",
        (
            *(
                refused("page", step, "ENDPOINT_NOT_FOUND", status)
                for step, status in (
                    (get("nonsense"), 404),
                    (post("nonsense/call", {}), 404),
                    (get("experiments/list"), 404),
                    (post("experiments/get", {"experiment_id": "0"}), 405),
                    (get("experiments/create"), 405),
                    (get("/api/1.0/mlflow/experiments/get"), 404),
                    (get("/api/2.0/preview/mlflow/experiments/get", {"experiment_id": "0"}), 404),
                )
            ),
            get("/ajax-api/2.0/mlflow/experiments/get", {"experiment_id": "0"}),
        ),
    ),
    Scenario(
        "wire: the server itself",
        (
            get("/health"),
            get("/version"),
            *(
                but(
                    "offers",
                    get(f"/{prefix}/3.0/mlflow/server-info"),
                    {
                        "features_enabled.gateway": ABSENT,
                        "presigned_upload_model_id_supported": False,
                        "presigned_upload_run_id_supported": False,
                    },
                )
                for prefix in ("api", "ajax-api")
            ),
        ),
    ),
)
