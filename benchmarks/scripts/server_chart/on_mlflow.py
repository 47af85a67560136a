import json
import os
import random
import sqlite3
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.servers import mlflow
from measure import SHORT, ask_mlflow, ids

with mlflow("store"):
    pass
connection = sqlite3.connect("store.db")
connection.executemany(
    "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id) "
    "VALUES (?, ?, 'LOCAL', 'bench', 'FINISHED', 1, 2, 'active', 'x', 0)",
    [(run, run) for run in ids("a")],
)
connection.executemany(
    "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('loss', ?, ?, ?, 0, ?)",
    ((random.random(), 1_750_000_000_000 + step, step, run) for run in ids("a") for step in range(SHORT)),
)
connection.commit()
connection.close()
with mlflow("store") as server:
    print(json.dumps(ask_mlflow(server)))
