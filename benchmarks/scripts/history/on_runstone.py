import json
import os
import statistics
import time

import numpy as np

import runstone

os.environ["RUNSTONE_CAPTURE"] = "none"
rng = np.random.default_rng(0)
ids = []
for _ in range(100):
    with runstone.start_run() as run:
        runstone.log_series("loss", rng.random(10_000).astype("f4").astype("f8"))
        ids.append(run.run_id)
with runstone.start_run() as run:
    runstone.log_series("loss", rng.random(100_000).astype("f4").astype("f8"))
client = runstone.Client()


def timed(work):
    client.read_series(run.run_id, "loss")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


print(
    json.dumps(
        {
            "one_ms": timed(lambda: client.read_series(run.run_id, "loss")),
            "many_ms": timed(lambda: client.read_series(ids, "loss")),
        }
    )
)
