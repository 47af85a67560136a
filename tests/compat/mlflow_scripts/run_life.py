"""How runs begin, go on, end and fail."""
# ruff: noqa: PT017  # A script for MLflow, which knows nothing of pytest.

import mlflow
from mlflow.entities import RunStatus
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

client = MlflowClient()
assert mlflow.active_run() is None
run = mlflow.start_run(run_name="plain", tags={"team": "vision"}, description="what it is for")
assert mlflow.active_run().info.run_id == run.info.run_id
assert mlflow.get_artifact_uri("model").endswith(f"{run.info.run_id}/artifacts/model")
mlflow.log_param("lr", 0.1)
mlflow.log_param("lr", 0.1)
mlflow.end_run()
found = client.get_run(run.info.run_id)
assert found.data.tags["mlflow.note.content"] == "what it is for"
assert found.data.tags["mlflow.runName"] == "plain"
assert found.info.end_time >= found.info.start_time
assert dict(found.info)["status"] == "FINISHED"
assert found.to_dictionary()["data"]["params"] == {"lr": "0.1"}

with mlflow.start_run(run_id=run.info.run_id) as resumed:
    assert resumed.info.status == "RUNNING"
    mlflow.log_metric("more", 1)
    try:
        mlflow.log_param("lr", 0.2)
    except MlflowException as error:
        assert "Changing param values is not allowed" in error.message
    else:
        raise AssertionError("a param was changed")
found = client.get_run(run.info.run_id)
assert (found.info.status, found.data.metrics, found.data.params) == ("FINISHED", {"more": 1.0}, {"lr": "0.1"})

try:
    with mlflow.start_run() as failed:
        raise ValueError("bad")
except ValueError:
    pass
assert client.get_run(failed.info.run_id).info.status == "FAILED"

mlflow.start_run()
mlflow.end_run("KILLED")
assert mlflow.last_active_run().info.status == "KILLED"
assert RunStatus.is_terminated(RunStatus.from_string("KILLED"))
mlflow.end_run()

mlflow.set_tag("made", "a run by itself")
by_itself = mlflow.active_run()
assert by_itself is not None
mlflow.set_tags({"a": 1, "b": 2})
mlflow.delete_tag("a")
mlflow.end_run()
assert client.get_run(by_itself.info.run_id).data.tags["b"] == "2"
assert "a" not in client.get_run(by_itself.info.run_id).data.tags

mlflow.delete_run(by_itself.info.run_id)
try:
    mlflow.start_run(run_id=by_itself.info.run_id)
except MlflowException as error:
    assert "deleted" in error.message
else:
    raise AssertionError("a deleted run was resumed")
for wrong in ("a/../b", "", "a//b", "/a", "a$"):
    try:
        with mlflow.start_run():
            mlflow.log_metric(wrong, 1)
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE"
    else:
        raise AssertionError(f"the key {wrong!r} was taken")
