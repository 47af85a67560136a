"""Metrics over time: steps, timestamps, values of other kinds, several at once, another run than the active one."""

import math
import time

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric

client = MlflowClient()
with mlflow.start_run() as run:
    run_id = run.info.run_id
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("negative", -1.5, step=-3)
    mlflow.log_metric("when", 1, timestamp=1_600_000_000_000)
    mlflow.log_metrics({"a": np.float32(0.5), "b": np.int64(3), "c": np.array(2.5), "d": True}, step=4)
    mlflow.log_metric("nan", float("nan"))
    mlflow.log_metric("same", 1, step=0)
    mlflow.log_metric("same", 2, step=0)
    mlflow.log_metric("out of order", 5, step=9)
    mlflow.log_metric("out of order", 6, step=3)
    waiting = mlflow.log_metric("later", 1, synchronous=False)
    waiting.wait()
    mlflow.log_params({"p": 1}, synchronous=False).wait()
mlflow.log_metric("after the end", 1.0, run_id=run_id)

metrics = mlflow.get_run(run_id).data.metrics
assert metrics["loss"] == 1 / 20
assert metrics["negative"] == -1.5
assert (metrics["a"], metrics["b"], metrics["c"], metrics["d"]) == (0.5, 3.0, 2.5, 1.0)
assert math.isnan(metrics["nan"])
assert metrics["same"] == 2.0
assert metrics["out of order"] == 5.0
assert metrics["later"] == 1.0
assert metrics["after the end"] == 1.0

history = client.get_metric_history(run_id, "loss")
assert [point.step for point in history] == list(range(20))
assert [point.value for point in history] == [1 / (step + 1) for step in range(20)]
assert all(abs(point.timestamp - time.time() * 1000) < 600_000 for point in history)
assert [point.timestamp for point in client.get_metric_history(run_id, "when")] == [1_600_000_000_000]
assert client.get_metric_history(run_id, "absent") == []

now = int(time.time() * 1000)
client.log_batch(run_id, metrics=[Metric(f"m{i % 3}", i, now, i // 3) for i in range(3000)])
assert len(client.get_metric_history(run_id, "m0")) == 1000
