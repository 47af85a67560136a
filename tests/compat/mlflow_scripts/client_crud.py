"""Everything by id: experiments, runs, batches, histories."""
# ruff: noqa: PT017  # A script for MLflow, which knows nothing of pytest.

import time

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunStatus, RunTag, ViewType

client = MlflowClient()
experiment_id = client.create_experiment("client/crud", tags={"owner": "me"})
client.set_experiment_tag(experiment_id, "stage", "draft")
client.rename_experiment(experiment_id, "client/renamed")
experiment = client.get_experiment(experiment_id)
assert (experiment.name, experiment.tags["owner"], experiment.tags["stage"]) == ("client/renamed", "me", "draft")
assert client.get_experiment_by_name("client/crud") is None

run = client.create_run(experiment_id, tags={"engineering": "ML platform"}, run_name="by-hand")
run_id = run.info.run_id
assert run.info.status == "RUNNING"
now = int(time.time() * 1000)
client.log_batch(
    run_id,
    metrics=[Metric("loss", 1 / (step + 1), now + step, step) for step in range(5)],
    params=[Param("p", "v"), Param("q", "w")],
    tags=[RunTag("t", "x")],
)
client.log_metric(run_id, "accuracy", 0.5, step=3)
client.log_param(run_id, "r", 3)
client.set_tag(run_id, "u", "y")
client.delete_tag(run_id, "t")
client.update_run(run_id, name="by-hand-2")
client.set_terminated(run_id, status=RunStatus.to_string(RunStatus.FAILED))

found = client.get_run(run_id)
assert (found.info.status, found.info.run_name) == ("FAILED", "by-hand-2")
assert found.info.end_time >= found.info.start_time
assert found.data.params == {"p": "v", "q": "w", "r": "3"}
assert found.data.metrics == {"loss": 0.2, "accuracy": 0.5}
assert found.data.tags["u"] == "y"
assert "t" not in found.data.tags
history = client.get_metric_history(run_id, "loss")
assert [(metric.step, metric.value, metric.timestamp - now) for metric in history] == [
    (step, 1 / (step + 1), step) for step in range(5)
]

client.delete_run(run_id)
assert client.get_run(run_id).info.lifecycle_stage == "deleted"
assert len(client.search_runs([experiment_id])) == 0
assert len(client.search_runs([experiment_id], run_view_type=ViewType.ALL)) == 1
client.restore_run(run_id)
assert [run.info.run_id for run in client.search_runs([experiment_id], "tags.u = 'y'")] == [run_id]

client.delete_experiment(experiment_id)
assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
client.restore_experiment(experiment_id)
assert "client/renamed" in {found.name for found in client.search_experiments()}

try:
    client.log_param(run_id, "p", "another value")
except mlflow.exceptions.MlflowException as error:
    assert error.error_code == "INVALID_PARAMETER_VALUE"
else:
    raise AssertionError("a param was changed")
try:
    client.get_run("0" * 32)
except mlflow.exceptions.MlflowException as error:
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST"
else:
    raise AssertionError("a run was found that is not there")
