import json
import random
import sqlite3
import statistics
import sys
import time

import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")
experiment = mlflow.create_experiment("search")
runs = int(sys.argv[1])
rng = random.Random(7)
connection = sqlite3.connect("mlflow.db")
ids = [f"{i:032x}" for i in range(1, runs + 1)]
now = 1_750_000_000_000
connection.executemany(
    "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id) "
    "VALUES (?, ?, 'LOCAL', 'bench', 'FINISHED', ?, ?, 'active', 'x', ?)",
    [(run, f"run-{at}", now + at * 1000, now + at * 1000 + 500, int(experiment)) for at, run in enumerate(ids)],
)
connection.executemany(
    "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
    ((f"p{i}", f"v{rng.randrange(40)}", run) for run in ids for i in range(20)),
)
connection.executemany(
    "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, 99, 0, ?)",
    ((f"m{i}", rng.random(), now, run) for run in ids for i in range(20)),
)
connection.execute("ANALYZE")
connection.commit()
client = mlflow.MlflowClient()


def timed(work, times=5):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e3


print(
    json.dumps(
        {
            "filter_ms": timed(
                lambda: client.search_runs(
                    [experiment], "metrics.m3 > 0.9 and params.p5 = 'v7'", order_by=["metrics.m1 DESC"], max_results=100
                )
            ),
            "page_ms": timed(lambda: client.search_runs([experiment], max_results=100)),
            "table_ms": timed(lambda: mlflow.search_runs([experiment]), 1),
        }
    )
)
