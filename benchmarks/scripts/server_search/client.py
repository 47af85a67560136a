"""The same by MLflow's client: ``client.py URI EXPERIMENT FILTER ORDER RUN``."""

import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from measure import timed
from mlflow import MlflowClient

uri, experiment, filter, order, run_id = sys.argv[1:]
client = MlflowClient(uri)
assert len(client.search_runs([experiment], max_results=100)) == 100
points = client.get_metric_history(run_id, "loss")
assert len(points) == 100_000
figures = {
    "client_filter_ms": timed(lambda: client.search_runs([experiment], filter, order_by=[order], max_results=100)),
    "client_history_ms": timed(lambda: client.get_metric_history(run_id, "loss"), 1),
}
print(json.dumps(figures))
