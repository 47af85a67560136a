import os
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.journals import START_MS, journal
from benchmarks.servers import BROWSER_PYTHON, ROOT, runstone

from runstone.store.open import open_store

RUNS, POINTS = 100, 1_000_000

store = open_store("./store")
rng = np.random.default_rng(0)
steps = np.arange(POINTS)
times = START_MS + np.cumsum(rng.integers(95, 106, POINTS))
for number in range(RUNS):
    curve = (2 * np.exp(-3 * steps / POINTS) + rng.normal(0, 0.05, POINTS)).astype("f4").astype("f8")
    store.ingest([journal(f"b{number:031x}", {"loss": (steps, times, curve)})])
[experiment] = {run.info.experiment_id for run in store.search_runs(None, max_results=RUNS)}
store.close()
with runstone("./store") as server:
    page = f"{server.uri}/experiments/{experiment}"
    subprocess.run([BROWSER_PYTHON, ROOT / "benchmarks" / "browser.py", "chart", page, "runstone"], check=True)
