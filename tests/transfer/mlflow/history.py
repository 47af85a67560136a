"""Run by the real MLflow: records a history, or says all of it as JSON (``dump``).

``make`` records the first of it, ``more`` what comes later; ``models`` records logged models and deleted things,
``later_models`` what comes to these.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import FileInfo, LoggedModelInput, LoggedModelOutput, Metric, ViewType

client = MlflowClient()


def make() -> None:
    team = client.create_experiment("team/a", tags={"k": "v"})
    mlflow.set_experiment("team/a")
    with mlflow.start_run(run_name="one", tags={"t": "1", "long": "x" * 4000}, description="about") as run:
        mlflow.log_params({"lr": 0.1, "n": "x", "empty": ""})
        points = [Metric("loss", 1 / (step + 1), 1000 + step, step) for step in range(2500)]
        for start in range(0, len(points), 1000):
            client.log_batch(run.info.run_id, metrics=points[start : start + 1000])
        client.log_batch(
            run.info.run_id,
            metrics=[Metric("odd", float("nan"), 5, 1), Metric("odd", -1.5, 4, -3), Metric("odd", 2.0, 4, -3)],
        )
        mlflow.log_metric("val/acc", 0.5)
        mlflow.log_text("hello", "d/notes.txt")
        mlflow.log_text("", "empty.txt")
        mlflow.log_text("spaced", "a b/ü.txt")
        data = mlflow.data.from_pandas(pd.DataFrame({"a": [1, 2]}), name="tiny")
        mlflow.log_input(data, context="train", tags={"x": "y"})
        with mlflow.start_run(nested=True, run_name="child"):
            mlflow.log_metric("a", 1)
    run_id = run.info.run_id
    failed = client.create_run(team, run_name="failed")
    client.set_terminated(failed.info.run_id, "FAILED")
    client.delete_run(failed.info.run_id)
    client.create_run(team, run_name="running")
    client.delete_experiment(client.create_experiment("gone"))
    model = mlflow.initialize_logged_model(name="lm", source_run_id=run_id, params={"p": "1"}, tags={"mt": "1"})
    client.log_metric(run_id, "of_model", 0.25, timestamp=7, step=2, model_id=model.model_id)
    mlflow.finalize_logged_model(model.model_id, "READY")
    client.create_registered_model("reg", tags={"a": "b"}, description="desc")
    source = f"runs:/{run_id}/d"
    for description in ("one", "two", "three"):
        client.create_model_version("reg", source, run_id, tags={"q": description}, description=description)
    client.delete_model_version("reg", "1")
    client.set_registered_model_alias("reg", "best", "3")
    client.transition_model_version_stage("reg", "2", "Production")
    client.create_model_version("reg", client.get_run(run_id).info.artifact_uri + "/d", run_id)


def more() -> None:
    [run] = client.search_runs(_ids(), filter_string="attributes.run_name = 'running'")
    client.log_metric(run.info.run_id, "late", 1.0, timestamp=1, step=1)
    client.log_text(run.info.run_id, "new", "new.txt")
    client.set_terminated(run.info.run_id, "FINISHED", end_time=99)
    [one] = client.search_runs(_ids(), filter_string="attributes.run_name = 'one'")
    client.log_metric(one.info.run_id, "loss", 0.0, timestamp=9000, step=9000)
    client.log_param(one.info.run_id, "later", "yes")
    client.create_run(_ids()[0], run_name="another")


def models() -> None:
    maker = client.create_experiment("models/made")
    user = client.create_experiment("models/used")
    making = client.create_run(maker, run_name="making", start_time=1000).info.run_id
    using = client.create_run(user, run_name="using", start_time=2000).info.run_id
    full = client.create_logged_model(
        maker, "full", making, tags={"a": "b"}, params={f"p{n}": str(n) for n in range(130)}, model_type="sk"
    )
    Path("weights").mkdir()
    Path("weights", "MLmodel").write_text("flavors: {}")
    Path("weights", "w ü.bin").write_bytes(bytes(range(256)))
    client.log_model_artifacts(full.model_id, "weights")
    client.log_metric(making, "acc", 0.5, timestamp=5, step=1, model_id=full.model_id)
    client.log_metric(making, "acc", 0.75, timestamp=6, step=2, model_id=full.model_id)
    client.log_metric(using, "odd", float("nan"), timestamp=7, step=1, model_id=full.model_id)
    client.log_metric(
        using, "eval", 0.25, timestamp=8, step=3, model_id=full.model_id, dataset_name="d", dataset_digest="1"
    )
    client.finalize_logged_model(full.model_id, "READY")
    client.log_outputs(making, [LoggedModelOutput(full.model_id, 4)])
    client.log_inputs(using, models=[LoggedModelInput(full.model_id)])
    failed = client.create_logged_model(maker, "failed", making)
    client.finalize_logged_model(failed.model_id, "FAILED")
    client.create_logged_model(user, "pending")
    client.create_registered_model("of_model")
    client.create_model_version("of_model", f"models:/{full.model_id}", making, model_id=full.model_id)
    removed = client.create_run(maker, run_name="removed", start_time=3000).info.run_id
    client.log_metric(removed, "m", 1.0, timestamp=1, step=1)
    client.log_text(removed, "text", "removed.txt")
    client.log_outputs(removed, [LoggedModelOutput(failed.model_id, 0)])
    client.set_terminated(removed, "KILLED", 4000)
    client.delete_run(removed)
    gone = client.create_experiment("models/gone", tags={"why": "old"})
    client.log_metric(client.create_run(gone, run_name="lost", start_time=5000).info.run_id, "m", 2.0, timestamp=2)
    client.create_logged_model(gone, "gone")
    client.delete_experiment(gone)


def later_models() -> None:
    """Add to what was recorded."""
    [maker] = [one.experiment_id for one in client.search_experiments() if one.name == "models/made"]
    [full] = [one for one in client.search_logged_models([maker]) if one.name == "full"]
    [making] = [one.info.run_id for one in client.search_runs([maker])]
    client.set_logged_model_tags(full.model_id, {"later": "yes"})
    client.log_metric(making, "acc", 0.8, timestamp=9, step=3, model_id=full.model_id)
    client.log_text(making, "text", "later.txt")
    second = client.create_logged_model(maker, "second", making)
    client.log_outputs(making, [LoggedModelOutput(second.model_id, 9)])


def _ids() -> list[str]:
    return [one.experiment_id for one in client.search_experiments(view_type=ViewType.ALL) if one.name == "team/a"]


def _files(listed: Callable[..., list[FileInfo]], owner_id: str) -> list[list[object]]:
    """Return paths and sizes of all files of a run or a logged model."""
    files, folders = [], [None]
    while folders:
        for file in listed(owner_id, folders.pop()):
            if file.is_dir:
                folders.append(file.path)
            else:
                files.append([file.path, file.file_size or 0])
    return sorted(files)


def dump() -> dict:
    experiments, runs = [], {}
    for one in sorted(client.search_experiments(view_type=ViewType.ALL), key=lambda e: e.name):
        experiments.append([one.name, one.lifecycle_stage, one.tags, one.experiment_id, one.creation_time])
        for run in client.search_runs([one.experiment_id], run_view_type=ViewType.ALL):
            info = run.info
            history = {
                key: [
                    [repr(p.value), p.timestamp, p.step]
                    for p in sorted(
                        client.get_metric_history(info.run_id, key), key=lambda p: (p.timestamp, p.step, p.value)
                    )
                ]
                for key in run.data.metrics
            }
            files = _files(client.list_artifacts, info.run_id)
            runs[info.run_id] = {
                "of": one.name,
                "info": [
                    info.run_name,
                    info.user_id,
                    info.status,
                    info.start_time,
                    info.end_time,
                    info.lifecycle_stage,
                ],
                "params": run.data.params,
                "tags": run.data.tags,
                "last": {key: repr(value) for key, value in run.data.metrics.items()},
                "history": history,
                "files": files,
                "inputs": [
                    [used.dataset.to_dictionary(), {tag.key: tag.value for tag in used.tags}]
                    for used in run.inputs.dataset_inputs
                ],
                "used": sorted(used.model_id for used in client.get_run(info.run_id).inputs.model_inputs),
                "made": sorted([made.model_id, made.step] for made in run.outputs.model_outputs),
            }
    models = [
        {
            "is": [m.model_id, m.name, m.source_run_id or "", str(m.status), m.params, m.tags, m.creation_timestamp],
            "type": m.model_type or "",
            "files": _files(client.list_logged_model_artifacts, m.model_id),
            "metrics": sorted(
                [x.key, repr(x.value), x.timestamp, x.step, x.run_id, x.dataset_name or "", x.dataset_digest or ""]
                for x in m.metrics or []
            ),
        }
        for m in client.search_logged_models([one.experiment_id for one in client.search_experiments()])
    ]
    registered = []
    for m in client.search_registered_models():
        versions = client.search_model_versions(f"name = '{m.name}'")
        registered.append(
            [m.name, m.tags, m.description or "", {alias: str(number) for alias, number in m.aliases.items()}]
            + [
                [
                    *(int(v.version), v.description or "", v.tags, v.current_stage, v.run_id, v.status),
                    *(v.creation_timestamp, v.model_id or "", v.source if v.source.startswith("models:") else ""),
                ]
                for v in sorted(versions, key=lambda v: int(v.version))
            ]
        )
    return {"experiments": experiments, "runs": runs, "models": models, "registered": registered}


if __name__ == "__main__":
    if sys.argv[1] == "dump":
        json.dump(dump(), sys.stdout)
    else:
        {"make": make, "more": more, "models": models, "later_models": later_models}[sys.argv[1]]()
