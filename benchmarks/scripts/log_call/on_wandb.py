import json
import time

import wandb

run = wandb.init(project="bench", mode="offline")
N = 20000
clock = time.perf_counter_ns
times = [0] * N
began = clock()
for i in range(N):
    t = clock()
    run.log({"loss": 0.5})
    times[i] = clock() - t
run.finish()
total = clock() - began
times.sort()
print()
print(json.dumps({"all_in_us": total / N / 1e3, "p50_us": times[N // 2] / 1e3, "p99_us": times[N * 99 // 100] / 1e3}))
