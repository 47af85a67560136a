import json
import os
import random
import sys
import time

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.servers import served
from mlflow import MlflowClient
from mlflow.entities import Metric

with served("mlflow", "sqlite") as server:
    client = MlflowClient(server.uri)
    run = client.create_run(client.create_experiment("ingest")).info.run_id
    busy_s = server.cpu_s()
    began = time.perf_counter()
    steps = 0
    while time.perf_counter() < began + 4:
        batch = [
            Metric(f"m{key}", random.random(), 1_750_000_000_000 + step, step)
            for step in range(steps, steps + 100)
            for key in range(10)
        ]
        client.log_batch(run, metrics=batch)
        steps += 100
    seconds = time.perf_counter() - began
    busy_s = server.cpu_s() - busy_s
print(json.dumps({"one_per_s": steps * 10 / seconds, "one_per_core_s": steps * 10 / busy_s}))
