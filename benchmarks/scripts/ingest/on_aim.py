import json
import os
import random
import time

from aim import Run

run = Run(repo=".", log_system_params=False, system_tracking_interval=None)
began = time.perf_counter()
for step in range(5_000):
    for key in range(10):
        run.track(random.random(), name=f"m{key}", step=step)
run.close()
seconds = time.perf_counter() - began
stored = sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(".aim") for name in names)
print(json.dumps({"points_per_s": 50_000 / seconds, "bytes_per_point": stored / 50_000}))
