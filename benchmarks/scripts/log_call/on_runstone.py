import json
import time

import runstone

N = 200_000
runstone.start_run()
for i in range(2000):
    runstone.log_metric("warm", 0.5, step=i)
clock = time.perf_counter_ns
times = [0] * N
began = clock()
for i in range(N):
    runstone.log_metric("loss", 0.5, step=i)
loop = clock() - began
runstone.end_run()
total = clock() - began
runstone.start_run()
for i in range(N):
    t = clock()
    runstone.log_metric("loss", 0.5, step=i)
    times[i] = clock() - t
runstone.end_run()
times.sort()
print(
    json.dumps(
        {
            "all_in_us": total / N / 1e3,
            "loop_us": loop / N / 1e3,
            "p50_us": times[N // 2] / 1e3,
            "p99_us": times[N * 99 // 100] / 1e3,
        }
    )
)
