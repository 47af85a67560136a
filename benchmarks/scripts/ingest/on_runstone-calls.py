"""The same kind of curves, a call a point."""

import json
import os
import time

import numpy as np

import runstone

KEYS, STEPS = 10, 100_000
rng = np.random.default_rng(0)
curves = [
    (2 * np.exp(-np.arange(STEPS) / 30_000) + rng.normal(0, 0.05, STEPS)).astype("f4").tolist() for _ in range(KEYS)
]
names = [f"m{key}" for key in range(KEYS)]
os.environ["RUNSTONE_CAPTURE"] = "none"
began = time.perf_counter()
with runstone.start_run():
    for step in range(STEPS):
        for name, curve in zip(names, curves):
            runstone.log_metric(name, curve[step], step=step)
seconds = time.perf_counter() - began
print(
    json.dumps({"points_per_s": KEYS * STEPS / seconds, "points": KEYS * STEPS, "stored_in": ".runstone/runstone.db*"})
)
