import os
import random
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.servers import BROWSER_PYTHON, ROOT, mlflow

RUNS, POINTS = 100, 10_000

with mlflow("store"):
    pass
runs = [f"b{number:031x}" for number in range(RUNS)]
connection = sqlite3.connect("store.db")
connection.executemany(
    "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id) "
    "VALUES (?, ?, 'LOCAL', 'bench', 'FINISHED', 1, 2, 'active', 'x', 0)",
    [(run, run) for run in runs],
)
connection.executemany(
    "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('loss', ?, ?, ?, 0, ?)",
    ((random.random(), 1_750_000_000_000 + step, step, run) for run in runs for step in range(POINTS)),
)
connection.executemany(
    "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('loss', 0.5, ?, ?, 0, ?)",
    [(1_750_000_000_000 + POINTS, POINTS - 1, run) for run in runs],
)
# Without a tag its page shows an error.
connection.executemany(
    "INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)", [(run, run) for run in runs]
)
connection.commit()
connection.close()
with mlflow("store") as server:
    page = f"{server.uri}/#/experiments/0/runs?compareRunsMode=CHART"
    subprocess.run([BROWSER_PYTHON, ROOT / "benchmarks" / "browser.py", "chart", page, "mlflow"], check=True)
