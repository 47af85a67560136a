import json
import random
import time

from mlflow import MlflowClient
from mlflow.entities import Metric

client = MlflowClient("sqlite:///mlflow.db")


def make(points):
    run = client.create_run("0").info.run_id
    for at in range(0, points, 1000):
        client.log_batch(
            run,
            metrics=[Metric("loss", random.random(), 1_750_000_000_000 + step, step) for step in range(at, at + 1000)],
        )
    return run


one = make(100_000)
began = time.perf_counter()
client.get_metric_history(one, "loss")
one_ms = (time.perf_counter() - began) * 1e3
ten = [make(10_000) for _ in range(5)]
began = time.perf_counter()
for run in ten:
    client.get_metric_history(run, "loss")
print(json.dumps({"one_ms": one_ms, "many_ms": (time.perf_counter() - began) * 1e3 * 20}))
