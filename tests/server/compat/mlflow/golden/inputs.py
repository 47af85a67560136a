"""What goes into runs and comes out of them."""

from __future__ import annotations

from typing import Any

from tests.server.compat.mlflow.golden.steps import Scenario, Step, but, get, post, refused, taken

_EXPERIMENT = {"e": "experiment_id"}
_RUN = {"r": "run.info.run_id"}
_MODEL = {"m": "model.info.model_id"}


def _run(name: str, **keep: Any) -> Step:
    return post("runs/create", {"experiment_id": "$e", "start_time": 5, "run_name": name}, **keep)


def _dataset(name: str = "d", digest: str = "1", **more: Any) -> dict[str, Any]:
    return {"name": name, "digest": digest, "source_type": "local", "source": '{"uri": "x"}', **more}


def _inputs(*datasets: dict[str, Any], **more: Any) -> Step:
    return post("runs/log-inputs", {"run_id": "$r", "datasets": list(datasets), **more})


def _used(dataset: dict[str, Any], **tags: str) -> dict[str, Any]:
    return {"dataset": dataset, "tags": [{"key": key, "value": value} for key, value in tags.items()]}


_SEEN = get("runs/get", {"run_id": "$r"})
_CONTEXT = {"mlflow.data.context": "train"}

SCENARIOS = (
    Scenario(
        "inputs: datasets",
        (
            post("experiments/create", {"name": "inputs"}, keep=_EXPERIMENT),
            _run("inputs", keep=_RUN),
            _inputs(_used(_dataset(schema='{"a": 1}', profile='{"rows": 2}'), **_CONTEXT)),
            _SEEN,
            _inputs(_used(_dataset(schema='{"other": 1}'), **_CONTEXT)),
            _inputs(_used(_dataset("e", "2"))),
            _inputs(_used(_dataset("f", "3"), a="b", c="d"), _used(_dataset("g", "4"))),
            _SEEN,
            _inputs(),
            post("runs/search", {"experiment_ids": ["$e"]}),
            post("runs/search", {"experiment_ids": ["$e"], "filter": "datasets.name = 'd'"}),
            post("runs/search", {"experiment_ids": ["$e"], "filter": "dataset.digest = '9'"}),
            post("runs/search", {"experiment_ids": ["$e"], "filter": "datasets.context LIKE 'tr%'"}),
            post("/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": ["$e"]}),
            post("/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": ["999999"]}),
            post("/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": []}),
            post("/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": ["0"] * 21}),
        ),
    ),
    Scenario(
        "inputs: models",
        (
            post("experiments/create", {"name": "model inputs"}, keep=_EXPERIMENT),
            _run("model inputs", keep=_RUN),
            post(
                "logged-models",
                {"experiment_id": "$e", "name": "m", "model_type": "t", "source_run_id": "$r"},
                keep=_MODEL,
            ),
            _inputs(models=[{"model_id": "$m"}]),
            post("runs/outputs", {"run_id": "$r", "models": [{"model_id": "$m", "step": 7}]}),
            _SEEN,
            but(
                "more",
                post("runs/search", {"experiment_ids": ["$e"]}),
                {"runs.0.inputs.model_inputs": [{"model_id": "<model 1>"}]},
            ),
            taken("repeat", post("runs/outputs", {"run_id": "$r", "models": [{"model_id": "$m", "step": 7}]}), {}),
            _SEEN,
        ),
    ),
    Scenario(
        "inputs: given wrongly",
        (
            post("experiments/create", {"name": "wrong inputs"}, keep=_EXPERIMENT),
            _run("wrong inputs", keep=_RUN),
            post("runs/log-inputs", {}),
            post("runs/log-inputs", {"run_id": "nobody", "datasets": [_used(_dataset())]}),
            post("runs/log-inputs", {"run_id": "$r"}),
            _inputs(_used(_dataset("x" * 501))),
            _inputs(_used(_dataset(source="x" * 65_536))),
            _inputs(_used(_dataset(schema="x" * 1_048_576))),
            _inputs(_used(_dataset(), **{"k" * 256: "v"})),
            _inputs(_used(_dataset(), k="v" * 501)),
            post("runs/log-inputs", {"run_id": "$r", "datasets": "d"}),
            post("runs/outputs", {}),
            post("runs/outputs", {"run_id": "$r"}),
            post("runs/outputs", {"run_id": "$r", "models": []}),
            post("runs/outputs", {"run_id": "$r", "models": "m"}),
            _SEEN,
            *(
                refused("half", post("runs/log-inputs", {"run_id": "$r", "datasets": [given]}))
                for given in (
                    {"tags": []},
                    "d",
                    *(_used({**_dataset(), name: None}) for name in ("name", "digest", "source_type", "source")),
                    _used(_dataset(source=7)),
                )
            ),
            refused("half", post("runs/outputs", {"run_id": "$r", "models": [{}]})),
            taken("digest", _inputs(_used(_dataset(digest="x" * 37))), {}),
        ),
    ),
    Scenario(
        "inputs: of what is not there",
        (
            post("experiments/create", {"name": "lost inputs"}, keep=_EXPERIMENT),
            _run("lost inputs", keep=_RUN),
            _inputs(models=[{"model_id": "m-absent"}]),
            post("runs/outputs", {"run_id": "$r", "models": [{"model_id": "m-absent", "step": 1}]}),
            post("runs/outputs", {"run_id": "nobody", "models": [{"model_id": "m-absent", "step": 1}]}),
        ),
    ),
)
