import os
import random
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.servers import BROWSER_PYTHON, ROOT, mlflow
from mlflow import MlflowClient

with mlflow("store") as server:
    experiment = MlflowClient(server.uri).create_experiment("search")
rng = random.Random(7)
ids = [f"{number:032x}" for number in range(1, int(sys.argv[1]) + 1)]
now = 1_750_000_000_000
connection = sqlite3.connect("store.db")
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
# Without a tag its page shows an error.
connection.executemany(
    "INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)", [(run, run) for run in ids]
)
connection.commit()
connection.close()
with mlflow("store") as server:
    page = f"{server.uri}/#/experiments/{experiment}/runs"
    subprocess.run([BROWSER_PYTHON, ROOT / "benchmarks" / "browser.py", "table", page, "mlflow"], check=True)
