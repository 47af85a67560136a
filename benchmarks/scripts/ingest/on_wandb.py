import json
import os
import random
import time

import wandb

run = wandb.init(project="bench", mode="offline")
began = time.perf_counter()
points = 0
for step in range(10_000):
    run.log({f"m{key}": random.random() for key in range(100)})
    points += 100
run.finish()
seconds = time.perf_counter() - began
stored = sum(
    os.path.getsize(os.path.join(folder, name))
    for folder, _, names in os.walk("wandb")
    for name in names
    if name.endswith(".wandb")
)
print()
print(json.dumps({"points_per_s": points / seconds, "bytes_per_point": stored / points}))
