import json
import os
import random
import time

from mlflow import MlflowClient
from mlflow.entities import Metric

client = MlflowClient("sqlite:///mlflow.db")
run = client.create_run("0").info.run_id
empty = os.path.getsize("mlflow.db")
began = time.perf_counter()
points = 0
for block in range(60):
    client.log_batch(
        run,
        metrics=[
            Metric(f"m{key}", random.random(), 1_750_000_000_000 + step * 100, step)
            for step in range(block * 100, block * 100 + 100)
            for key in range(10)
        ],
    )
    points += 1000
seconds = time.perf_counter() - began
print(
    json.dumps({"points_per_s": points / seconds, "bytes_per_point": (os.path.getsize("mlflow.db") - empty) / points})
)
