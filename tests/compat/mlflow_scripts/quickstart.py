"""The first steps: an experiment, a run, params, metrics, a tag, and reading them back."""

import mlflow

experiment = mlflow.set_experiment("quickstart")
with mlflow.start_run(run_name="first") as run:
    mlflow.log_param("learning_rate", 0.01)
    mlflow.log_params({"epochs": 3, "optimizer": "adam", "shuffle": True})
    for epoch in range(3):
        mlflow.log_metric("loss", 1 / (epoch + 1), step=epoch)
        mlflow.log_metrics({"accuracy": epoch / 3, "f1": epoch / 4}, step=epoch)
    mlflow.set_tag("training info", "basic model")

found = mlflow.get_run(run.info.run_id)
assert found.data.params == {"learning_rate": "0.01", "epochs": "3", "optimizer": "adam", "shuffle": "True"}
assert found.data.metrics == {"loss": 1 / 3, "accuracy": 2 / 3, "f1": 0.5}
assert found.data.tags["training info"] == "basic model"
assert found.info.status == "FINISHED"
assert found.info.run_name == "first"
assert found.info.experiment_id == experiment.experiment_id
assert mlflow.active_run() is None
assert mlflow.last_active_run().info.run_id == run.info.run_id
