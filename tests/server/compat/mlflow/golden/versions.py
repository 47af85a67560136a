"""Versions of registered models."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import (
    Answer,
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

_RUN = {"r": "run.info.run_id", "root": "run.info.artifact_uri"}
_EXPERIMENT = {"e": "experiment_id"}


def _pair(key: str, value: Any = "v") -> dict[str, Any]:
    return {"key": key, "value": value}


def _made(name: str, source: str, *, why: str | None = None, ours: Answer | None = None, **more: Any) -> Step:
    return post(f"{_VERSIONS}/create", {"name": name, "source": source, **more}, why=why, ours=ours)


def _elsewhere(number: int, source: str, run_id: str = "") -> Answer:
    version = {
        "creation_timestamp": "<now>",
        "current_stage": "None",
        "description": "",
        "last_updated_timestamp": "<now>",
        "name": "mv elsewhere",
        "run_id": run_id,
        "run_link": "",
        "source": source,
        "status": "READY",
        "version": str(number),
    }
    return Answer(200, {"model_version": version})


def _search(query: dict[str, Any], **more: Any) -> Step:
    return get(f"{_VERSIONS}/search", query, **more)


def _moved(version: str, stage: str, **more: Any) -> Step:
    return post(f"{_VERSIONS}/transition-stage", {"name": "mv stages", "version": version, "stage": stage, **more})


_VERSIONS = "model-versions"
_OF_MODEL = {"model_version.model_id": "<model 1>"}

SCENARIOS = (
    Scenario(
        "version: its life",
        (
            post("experiments/create", {"name": "mv life"}, keep=_EXPERIMENT),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
            post("registered-models/create", {"name": "mv life"}),
            _made(
                "mv life",
                "$root/model",
                run_id="$r",
                run_link="https://example.com/r",
                description="first",
                tags=[_pair("a", "1")],
            ),
            _made("mv life", "s3://bucket/two"),
            _made("mv life", "runs:/$r/model", run_id="$r"),
            get(f"{_VERSIONS}/get", {"name": "mv life", "version": "1"}),
            get(f"{_VERSIONS}/get", {"name": "mv life", "version": "2"}),
            get(f"{_VERSIONS}/get-download-uri", {"name": "mv life", "version": "1"}),
            get(f"{_VERSIONS}/get-download-uri", {"name": "mv life", "version": "2"}),
            get(f"{_VERSIONS}/get-download-uri", {"name": "mv life", "version": "3"}),
            patch(f"{_VERSIONS}/update", {"name": "mv life", "version": "1", "description": "second"}),
            patch(f"{_VERSIONS}/update", {"name": "mv life", "version": "1", "description": ""}),
            but(
                "description",
                patch(f"{_VERSIONS}/update", {"name": "mv life", "version": "1"}),
                {"model_version.description": ""},
            ),
            post(f"{_VERSIONS}/set-tag", {"name": "mv life", "version": "1", "key": "b", "value": "2"}),
            post(f"{_VERSIONS}/set-tag", {"name": "mv life", "version": "1", "key": "empty"}),
            patch(f"{_VERSIONS}/update", {"name": "mv life", "version": "1", "description": "third"}),
            get(f"{_VERSIONS}/get", {"name": "mv life", "version": "1"}),
            delete(f"{_VERSIONS}/delete-tag", {"name": "mv life", "version": "1", "key": "a"}),
            delete(f"{_VERSIONS}/delete-tag", {"name": "mv life", "version": "1", "key": "a"}),
            post("registered-models/alias", {"name": "mv life", "alias": "best", "version": "2"}),
            get("registered-models/get", {"name": "mv life"}),
            delete(f"{_VERSIONS}/delete", {"name": "mv life", "version": "2"}),
            get(f"{_VERSIONS}/get", {"name": "mv life", "version": "2"}),
            delete(f"{_VERSIONS}/delete", {"name": "mv life", "version": "2"}),
            get("registered-models/get", {"name": "mv life"}),
            get("registered-models/alias", {"name": "mv life", "alias": "best"}),
            _made("mv life", "s3://bucket/four"),
            delete(f"{_VERSIONS}/delete", {"name": "mv life", "version": "4"}),
            _made("mv life", "s3://bucket/five"),
        ),
    ),
    Scenario(
        "version: stages",
        (
            post("registered-models/create", {"name": "mv stages"}),
            *(_made("mv stages", f"s3://bucket/{number}") for number in range(3)),
            _moved("1", "Production"),
            _moved("2", "production"),
            _moved("3", "PRODUCTION", archive_existing_versions=True),
            get(f"{_VERSIONS}/get", {"name": "mv stages", "version": "1"}),
            _moved("1", "None", archive_existing_versions=False),
            _moved("2", "Staging"),
            _moved("3", "Archived"),
            post("registered-models/get-latest-versions", {"name": "mv stages", "stages": ["Staging", "archived"]}),
            post("registered-models/get-latest-versions", {"name": "mv stages", "stages": []}),
            get("registered-models/get-latest-versions", {"name": "mv stages", "stages": ["None"]}),
            get("registered-models/get", {"name": "mv stages"}),
            refused("mistake", _moved("2", "None", archive_existing_versions=True)),
            refused("mistake", _moved("2", "Archived", archive_existing_versions=True)),
            _moved("2", "nonsense"),
            _moved("9", "Staging"),
            _moved("2", "Staging", archive_existing_versions="perhaps"),
            post(f"{_VERSIONS}/transition-stage", {"name": "mv stages", "version": "2"}),
        ),
    ),
    Scenario(
        "version: where it comes from",
        (
            post("experiments/create", {"name": "mv sources"}, keep=_EXPERIMENT),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
            post(
                "logged-models",
                {"experiment_id": "$e", "name": "m", "model_type": "t", "source_run_id": "$r"},
                keep={"m": "model.info.model_id", "home": "model.info.artifact_uri"},
            ),
            post("registered-models/create", {"name": "mv sources"}),
            but("more", _made("mv sources", "models:/$m", model_id="$m"), _OF_MODEL),
            but("more", _made("mv sources", "models:/$m", model_id="$m", run_id="$r"), _OF_MODEL),
            but("more", _made("mv sources", "$home", model_id="$m"), _OF_MODEL),
            but(
                "registrations",
                get("logged-models/$m"),
                {
                    "model.info.registrations": [
                        {"name": "mv sources", "version": str(number)} for number in (1, 2, 3)
                    ],
                },
            ),
            refused("mistake", _made("mv sources", "models:/m-absent", model_id="m-absent")),
            but("more", _made("mv sources", "models:/mv sources/1"), _OF_MODEL),
            _made("mv sources", "models:/mv sources/99"),
            _made("mv sources", "runs:/other/model", run_id="$r"),
            _made("mv sources", "s3://bucket/x", run_id="nobody"),
            *(
                _made("mv sources", source)
                for source in (
                    "/etc/passwd",
                    "file:///etc/passwd",
                    "./local",
                    "s3://bucket/a/../b",
                    "s3://bucket/%2e%2e/b",
                    "s3://bucket/%252e%252e/b",
                    "mlflow-artifacts:/0/../../etc",
                    "http://host:5000/api/2.0/mlflow-artifacts/artifacts/../../etc",
                    "dbfs:/models/a",
                    "gs://bucket/model",
                    "",
                    "nonsense",
                    "dummy-source",
                )
            ),
        ),
    ),
    Scenario(
        "version: of files that need not be here",
        (
            post("experiments/create", {"name": "mv elsewhere"}, keep=_EXPERIMENT),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
            post("registered-models/create", {"name": "mv elsewhere"}),
            *(
                _made("mv elsewhere", source, why="source", ours=_elsewhere(number, source))
                for number, source in enumerate(
                    ("https://host/model", "hdfs://host/model", "abfss://c@a.dfs.core.windows.net/m"), 1
                )
            ),
            _made(
                "mv elsewhere",
                "runs:/$r/model",
                why="source",
                ours=_elsewhere(4, "runs:/<run 1>/model", run_id="<run 1>"),
            ),
            _made(
                "mv elsewhere",
                "$root/model",
                why="source",
                ours=_elsewhere(5, "mlflow-artifacts:/<experiment 1>/<run 1>/artifacts/model"),
            ),
        ),
    ),
    Scenario(
        "version: found",
        (
            post("experiments/create", {"name": "mv found"}, keep=_EXPERIMENT),
            post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": "r"}, keep=_RUN),
            post("registered-models/create", {"name": "mv-found"}),
            post("registered-models/create", {"name": "mv-found-2"}),
            _made("mv-found", "$root/model", run_id="$r", tags=[_pair("team", "x")]),
            _made("mv-found", "s3://bucket/b", tags=[_pair("team", "y")]),
            _made("mv-found", "s3://bucket/c"),
            _made("mv-found-2", "s3://bucket/d"),
            post("registered-models/alias", {"name": "mv-found", "alias": "best", "version": "2"}),
            *(
                _search({"filter": clause, "order_by": ["name", "version_number"]})
                for clause in (
                    "name = 'mv-found'",
                    "name LIKE 'mv-found%'",
                    "name != 'mv-found' AND name LIKE 'mv-found%'",
                    "name IN ('mv-found-2', 'absent')",
                    "run_id = '$r'",
                    "run_id IN ('$r')",
                    "source_path = 's3://bucket/b'",
                    "source_path LIKE 's3://bucket/%' AND name LIKE 'mv-found%'",
                    "version_number = 2 AND name = 'mv-found'",
                    "version_number > 1 AND name = 'mv-found'",
                    "version_number <= 1 AND name LIKE 'mv-found%'",
                    "tags.team = 'x'",
                    "tags.team != 'x' AND name = 'mv-found'",
                    "name = 'mv-found' AND tags.`team` ILIKE 'X'",
                    "attribute.name = 'mv-found'",
                    "name = 'absent'",
                )
            ),
            taken("no value", _search({"filter": "run_id != '$r' AND name LIKE 'mv-found%'"}), {}),
            *(
                _search({"filter": "name LIKE 'mv-found%'", "order_by": order})
                for order in (["name DESC", "version_number DESC"], ["version_number ASC", "name ASC"])
            ),
            _search(
                {"filter": "name LIKE 'mv-found%'", "max_results": 3, "order_by": ["name", "version_number"]},
                keep={"t": "next_page_token"},
            ),
            _search(
                {
                    "filter": "name LIKE 'mv-found%'",
                    "max_results": 3,
                    "order_by": ["name", "version_number"],
                    "page_token": "$t",
                }
            ),
        ),
    ),
    Scenario(
        "version: asked for wrongly",
        (
            post("registered-models/create", {"name": "mv wrong"}),
            _made("mv wrong", "s3://bucket/one"),
            _made("mv absent", "s3://bucket/one"),
            post(f"{_VERSIONS}/create", {"name": "mv wrong"}),
            post(f"{_VERSIONS}/create", {"source": "s3://bucket/one"}),
            _made("mv wrong", "s3://bucket/one", tags="x"),
            _made("mv wrong", "s3://bucket/one", tags=[_pair("k" * 251)]),
            get(f"{_VERSIONS}/get"),
            get(f"{_VERSIONS}/get", {"name": "mv wrong"}),
            get(f"{_VERSIONS}/get", {"name": "mv wrong", "version": "9"}),
            get(f"{_VERSIONS}/get", {"name": "mv wrong", "version": "one"}),
            refused("id", get(f"{_VERSIONS}/get", {"name": "mv wrong", "version": "-1"})),
            get(f"{_VERSIONS}/get", {"name": "mv absent", "version": "1"}),
            get(f"{_VERSIONS}/get-download-uri", {"name": "mv wrong", "version": "9"}),
            get(f"{_VERSIONS}/get-download-uri", {"name": "mv wrong"}),
            patch(f"{_VERSIONS}/update", {"name": "mv wrong", "version": "9", "description": "d"}),
            patch(f"{_VERSIONS}/update", {"name": "mv wrong", "description": "d"}),
            delete(f"{_VERSIONS}/delete", {"name": "mv wrong", "version": "9"}),
            delete(f"{_VERSIONS}/delete", {"name": "mv wrong", "version": 1}),
            post(f"{_VERSIONS}/set-tag", {"name": "mv wrong", "version": "9", "key": "a", "value": "v"}),
            post(f"{_VERSIONS}/set-tag", {"name": "mv wrong", "version": "1", "value": "v"}),
            post(f"{_VERSIONS}/set-tag", {"name": "mv wrong", "version": "1", "key": "k" * 251, "value": "v"}),
            post(f"{_VERSIONS}/set-tag", {"name": "mv wrong", "version": "1", "key": "k", "value": "v" * 100_001}),
            delete(f"{_VERSIONS}/delete-tag", {"name": "mv wrong", "version": "9", "key": "a"}),
            *(
                _search({"filter": clause})
                for clause in (
                    "name",
                    "version_number = 'a'",
                    "stage = 'None'",
                    "run_id LIKE 'x%' AND name = 'absent'",
                )
            ),
            *(
                taken("filter", _search({"filter": clause}), {})
                for clause in (
                    "version_number IN (1) AND name = 'absent'",
                    "version = 1 AND name = 'absent'",
                    "tags.a > 'b' AND name = 'absent'",
                    "name = 'absent' OR name = 'b'",
                )
            ),
            taken("mistake", _search({"filter": "tags.a IS NULL AND name = 'absent'"}), {}),
            *(_search({"filter": "name = 'absent'", "order_by": [order]}) for order in ("nonsense", "name UP")),
            taken("filter", _search({"filter": "name = 'absent'", "order_by": ["tags.a"]}), {}),
            _search({"max_results": 0}),
            _search({"max_results": 200_001}),
            _search({"page_token": "nonsense"}),
        ),
    ),
)
