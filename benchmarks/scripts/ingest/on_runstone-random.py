"""Arrays of random float64, which nothing compresses."""

import json
import os
import time

import numpy as np

import runstone

KEYS, STEPS, PIECE = 10, 1_000_000, 10_000
rng = np.random.default_rng(0)
steps = np.arange(STEPS)
times = 1_750_000_000_000 + np.cumsum(rng.integers(95, 106, STEPS))
curves = [rng.random(STEPS) for _ in range(KEYS)]
os.environ["RUNSTONE_CAPTURE"] = "none"
began = time.perf_counter()
with runstone.start_run():
    for at in range(0, STEPS, PIECE):
        piece = slice(at, at + PIECE)
        for key, curve in enumerate(curves):
            runstone.log_series(f"m{key}", curve[piece], steps[piece], times[piece])
seconds = time.perf_counter() - began
print(
    json.dumps({"points_per_s": KEYS * STEPS / seconds, "points": KEYS * STEPS, "stored_in": ".runstone/runstone.db*"})
)
