"""Finding runs: filters, orders, tables and lists, several experiments."""
# ruff: noqa: PT017  # A script for MLflow, which knows nothing of pytest.

import mlflow

first = mlflow.create_experiment("search-a", tags={"team": "vision"})
second = mlflow.create_experiment("search-b")
for experiment_id in (first, second):
    for number in range(4):
        with mlflow.start_run(experiment_id=experiment_id, run_name=f"run-{number}"):
            mlflow.log_param("number", number)
            mlflow.log_param("parity", "even" if number % 2 == 0 else "odd")
            mlflow.log_metric("m", 1.55 * number, step=1)
            mlflow.set_tag("s.release", "1.1.0-RC" if number < 2 else "1.2.0-GA")

table = mlflow.search_runs([first, second], filter_string="metrics.m > 2 AND tags.s.release = '1.2.0-GA'")
assert len(table) == 4
assert set(table["params.parity"]) == {"even", "odd"}
assert set(table["experiment_id"]) == {first, second}
assert {"run_id", "status", "artifact_uri", "start_time", "end_time", "metrics.m", "tags.s.release"} <= set(table)

runs = mlflow.search_runs(
    [first], "params.parity = 'even'", order_by=["metrics.m DESC"], output_format="list", max_results=10
)
assert [run.info.run_name for run in runs] == ["run-2", "run-0"]
named = mlflow.search_runs(experiment_names=["search-b"], filter_string="attributes.run_name LIKE 'run-%'")
assert len(named) == 4
assert [found.name for found in mlflow.search_experiments(filter_string="tags.team = 'vision'")] == ["search-a"]
ids = ", ".join(f"'{run.info.run_id}'" for run in runs)
assert len(mlflow.search_runs([first], filter_string=f"attributes.run_id IN ({ids})")) == 2

try:
    mlflow.search_runs([first], filter_string="metrics.m >")
except mlflow.exceptions.MlflowException as error:
    assert error.error_code == "INVALID_PARAMETER_VALUE"
else:
    raise AssertionError("a filter that ends too early was accepted")
