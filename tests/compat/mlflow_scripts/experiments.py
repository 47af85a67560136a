"""Experiments: made, chosen, searched in pages, deleted and restored."""

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()
for name in ("a", "b", "c/d"):
    experiment_id = mlflow.create_experiment(name, tags={"kind": name[0]})
    assert isinstance(experiment_id, str)
    assert mlflow.get_experiment(experiment_id).name == name
chosen = mlflow.set_experiment("c/d")
mlflow.set_experiment_tag("note", "chosen")
mlflow.set_experiment_tags({"x": "1", "y": "2"})
assert mlflow.get_experiment_by_name("c/d").tags == {"kind": "c", "note": "chosen", "x": "1", "y": "2"}
assert mlflow.get_experiment_by_name("nowhere") is None
assert mlflow.set_experiment(experiment_id=chosen.experiment_id).name == "c/d"
with mlflow.start_run() as run:
    pass
assert run.info.experiment_id == chosen.experiment_id

assert [found.name for found in mlflow.search_experiments(order_by=["name"])] == ["Default", "a", "b", "c/d"]
assert [found.name for found in mlflow.search_experiments(filter_string="name LIKE 'c/%'")] == ["c/d"]
assert [found.name for found in mlflow.search_experiments(filter_string="tags.kind = 'a' AND name = 'a'")] == ["a"]
page = client.search_experiments(max_results=3, order_by=["name ASC"])
rest = client.search_experiments(max_results=3, order_by=["name ASC"], page_token=page.token)
assert ([found.name for found in page], [found.name for found in rest]) == (["Default", "a", "b"], ["c/d"])
assert not rest.token

mlflow.delete_experiment(chosen.experiment_id)
deleted = mlflow.search_experiments(view_type=ViewType.DELETED_ONLY)
assert [(found.name, found.lifecycle_stage) for found in deleted] == [("c/d", "deleted")]
for refused in (
    lambda: mlflow.set_experiment("c/d"),
    lambda: mlflow.create_experiment("a"),
    lambda: mlflow.get_experiment("99"),
):
    try:
        refused()
    except MlflowException:
        pass
    else:
        raise AssertionError("this should have been refused")
client.restore_experiment(chosen.experiment_id)
assert mlflow.set_experiment("c/d").lifecycle_stage == "active"
