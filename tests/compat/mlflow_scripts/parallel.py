"""Parallel runs: threads and processes, each with runs of its own below one parent."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import mlflow
from mlflow import MlflowClient


def train(arguments):
    parent_id, depth = arguments
    with mlflow.start_run(run_name=f"depth-{depth}", parent_run_id=parent_id, nested=True) as run:
        mlflow.log_param("depth", depth)
        for step in range(5):
            mlflow.log_metric("score", depth * step, step=step)
        return run.info.run_id


def main():
    experiment_id = mlflow.set_experiment("parallel").experiment_id
    with mlflow.start_run(run_name="threads") as parent, ThreadPoolExecutor(4) as threads:
        made = list(threads.map(train, [(parent.info.run_id, depth) for depth in range(4)]))
        assert mlflow.active_run().info.run_id == parent.info.run_id
    by_client = MlflowClient()
    with mlflow.start_run(run_name="ids") as shared, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda i: by_client.log_metric(shared.info.run_id, f"thread-{i}", i), range(8)))
    found = by_client.search_runs([experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert {run.info.run_id for run in found} == set(made)
    assert {run.info.status for run in found} == {"FINISHED"}
    assert sorted(run.data.metrics["score"] for run in found) == [0, 4, 8, 12]
    assert mlflow.get_run(shared.info.run_id).data.metrics == {f"thread-{i}": float(i) for i in range(8)}

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        made = pool.map(train, [(parent.info.run_id, depth) for depth in (10, 11)])
    assert [mlflow.get_run(run_id).data.params["depth"] for run_id in made] == ["10", "11"]


if __name__ == "__main__":
    main()
