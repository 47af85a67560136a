"""The real MLflow client tracks to our server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.compat.mlflow.conftest import RunClient

FLUENT = """
import math, time
import mlflow, pandas as pd, numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

experiment = mlflow.set_experiment("team/a")
assert mlflow.get_experiment_by_name("team/a").experiment_id == experiment.experiment_id
assert experiment.artifact_location.startswith("mlflow-artifacts:/")

with mlflow.start_run(run_name="first", tags={"owner": "ana"}, description="why") as run:
    mlflow.log_params({"lr": 0.1, "name": "x"})
    mlflow.log_param("lr", 0.1)
    try:
        mlflow.log_param("lr", 0.2)
        raise SystemExit("a param changed")
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", error
        assert "Changing param values is not allowed" in str(error), error
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"nan": math.nan, "inf": math.inf, "zero": 0.0}, step=0)
    mlflow.log_text("hello", "notes/a b.txt")
    mlflow.log_dict({"a": 1}, "conf.json")
    mlflow.log_table({"x": [1, 2]}, "table.json")
    mlflow.log_table({"x": [3]}, "table.json")
    mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), key="img", step=1)
    mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"x": [1, 2]}), name="d"), context="train")
    mlflow.set_tag("gone", "1")
    mlflow.delete_tag("gone")
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("loss", 5.0)

got = mlflow.get_run(run.info.run_id)
assert got.info.status == "FINISHED" and got.info.run_name == "first", got.info
assert got.info.end_time >= got.info.start_time
assert got.data.params == {"lr": "0.1", "name": "x"}
assert got.data.metrics["loss"] == 1 / 20 and got.data.metrics["zero"] == 0.0
assert math.isnan(got.data.metrics["nan"])
assert got.data.tags["owner"] == "ana" and "gone" not in got.data.tags
assert got.data.tags["mlflow.note.content"] == "why"
[given] = got.inputs.dataset_inputs
assert given.dataset.name == "d" and given.tags[0].value == "train"
assert mlflow.get_parent_run(child.info.run_id).info.run_id == run.info.run_id

client = MlflowClient()
history = client.get_metric_history(run.info.run_id, "loss")
assert [(m.step, m.value) for m in history] == [(s, 1 / (s + 1)) for s in range(20)]
assert sorted(f.path for f in client.list_artifacts(run.info.run_id)) == ["conf.json", "images", "notes", "table.json"]
assert [(f.path, f.file_size) for f in client.list_artifacts(run.info.run_id, "notes")] == [("notes/a b.txt", 5)]
assert client.list_artifacts(run.info.run_id, "nothing") == []
uri = f"runs:/{run.info.run_id}/notes/a b.txt"
assert mlflow.artifacts.load_text(uri) == "hello"
assert mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/conf.json") == {"a": 1}
assert mlflow.load_table("table.json", run_ids=[run.info.run_id]).x.tolist() == [1, 2, 3]
folder = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, dst_path="out")
assert open("out/notes/a b.txt").read() == "hello"

frame = mlflow.search_runs(order_by=["metrics.loss DESC"])
assert frame.run_id.tolist() == [child.info.run_id, run.info.run_id], frame
assert mlflow.search_runs(filter_string="metrics.loss < 1 and params.name = 'x'").run_id.tolist() == [run.info.run_id]
for number in range(5):
    client.create_run(experiment.experiment_id, run_name=f"r{number}")
page = client.search_runs([experiment.experiment_id], max_results=3, order_by=["attribute.start_time ASC"])
names = [r.info.run_name for r in page]
while page.token:
    page = client.search_runs(
        [experiment.experiment_id], max_results=3, order_by=["attribute.start_time ASC"], page_token=page.token
    )
    names += [r.info.run_name for r in page]
assert sorted(names) == ["child", "first", "r0", "r1", "r2", "r3", "r4"], names

made = client.create_run(experiment.experiment_id, start_time=12345)
assert made.info.start_time == 12345 and made.info.run_name
client.log_batch(made.info.run_id, [Metric("m", 1.5, 1000, 2)], [Param("p", "1")], [RunTag("t", "2")])
client.log_metric(made.info.run_id, "m", 2.5, timestamp=2000, step=3)
client.update_run(made.info.run_id, status="SCHEDULED", name="renamed")
got = client.get_run(made.info.run_id)
assert got.info.run_name == "renamed" == got.data.tags["mlflow.runName"] and got.info.status == "SCHEDULED"
client.set_terminated(made.info.run_id, "KILLED", 99999)
assert client.get_run(made.info.run_id).info.end_time == 99999
client.delete_run(made.info.run_id)
try:
    client.log_metric(made.info.run_id, "m", 1.0)
    raise SystemExit("logged to a deleted run")
except MlflowException as error:
    assert "must be in the 'active' state" in str(error), error
deleted = client.search_runs([experiment.experiment_id], run_view_type=ViewType.DELETED_ONLY)
assert [r.info.run_id for r in deleted] == [made.info.run_id]
client.restore_run(made.info.run_id)
assert client.get_run(made.info.run_id).info.lifecycle_stage == "active"

future = mlflow.log_metric("async", 1.0, run_id=made.info.run_id, synchronous=False)
future.wait()
mlflow.flush_async_logging()
assert client.get_run(made.info.run_id).data.metrics["async"] == 1.0

other = client.create_experiment("other", tags={"k": "v"})
client.set_experiment_tag(other, "k2", "v2")
client.rename_experiment(other, "other2")
assert client.get_experiment(other).tags == {"k": "v", "k2": "v2"}
assert [e.name for e in client.search_experiments(filter_string="tags.k = 'v'")] == ["other2"]
client.delete_experiment(other)
assert client.get_experiment(other).lifecycle_stage == "deleted"
client.restore_experiment(other)
for wrong, code in [
    (lambda: client.create_experiment("other2"), "RESOURCE_ALREADY_EXISTS"),
    (lambda: client.get_experiment("12345"), "RESOURCE_DOES_NOT_EXIST"),
    (lambda: client.get_run("0" * 32), "RESOURCE_DOES_NOT_EXIST"),
    (lambda: client.search_runs([other], filter_string="params.x >"), "INVALID_PARAMETER_VALUE"),
    (lambda: client.search_runs([other], page_token="nonsense"), "INVALID_PARAMETER_VALUE"),
    (lambda: client.log_metric(made.info.run_id, "a//b", 1.0), "INVALID_PARAMETER_VALUE"),
    (lambda: client.delete_tag(made.info.run_id, "absent"), "RESOURCE_DOES_NOT_EXIST"),
]:
    try:
        wrong()
        raise SystemExit(f"no {code}")
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, code, error)
print("done")
"""


def test_fluent_and_client_calls(run_client: RunClient) -> None:
    assert run_client(FLUENT).strip().endswith("done")


TRACES = """
import mlflow
from mlflow.exceptions import MlflowException

mlflow.set_experiment("traced")

@mlflow.trace
def double(x):
    return 2 * x

with mlflow.start_run() as run:
    mlflow.log_metric("m", double(1))
mlflow.flush_trace_async_logging()
assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 2.0}
try:
    mlflow.search_traces(experiment_ids=[run.info.experiment_id])
except MlflowException as error:
    assert error.error_code == "NOT_IMPLEMENTED" and "traces" in str(error), error
else:
    raise AssertionError("traces are not kept")
"""


def test_traces_are_not_supported_and_break_nothing_else(run_client: RunClient) -> None:
    run_client(TRACES)
