"""A hyperparameter search: a parent run, a child for each trial, the best of them noted on the parent."""
# ruff: noqa: PT017  # A script for MLflow, which knows nothing of pytest.

import mlflow

mlflow.set_experiment("search")
with mlflow.start_run(run_name="search") as parent:
    scores = {}
    for depth in (2, 4, 8):
        with mlflow.start_run(run_name=f"depth-{depth}", nested=True) as child:
            mlflow.log_param("max_depth", depth)
            mlflow.log_metric("score", 1 - abs(depth - 4) / 10)
            scores[child.info.run_id] = 1 - abs(depth - 4) / 10
    best = max(scores, key=scores.get)
    mlflow.set_tag("best_run", best)
    mlflow.log_metric("best_score", scores[best])

children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list")
assert {run.info.run_id for run in children} == set(scores)
assert mlflow.get_parent_run(best).info.run_id == parent.info.run_id
assert mlflow.get_run(parent.info.run_id).data.tags["best_run"] == best

try:
    with mlflow.start_run():
        mlflow.start_run()
except Exception as error:
    assert "already active" in str(error)
else:
    raise AssertionError("a second run was begun without nested=True")
mlflow.end_run()
