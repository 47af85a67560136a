import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.fill import fill

import runstone
from runstone.store.open import open_store

store = open_store("./.runstone")
fill(store, int(sys.argv[1]))


def timed(work):
    times = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


figures = {
    "filter_ms": timed(
        lambda: store.search_runs(
            ["1"], filter="metrics.m3 > 0.9 and params.p5 = 'v7'", order_by=["metrics.m1 DESC"], max_results=100
        )
    ),
    "page_ms": timed(lambda: store.search_runs(["1"], max_results=100)),
}
try:
    import pandas
except ImportError:
    pass
else:
    runstone.search_runs(["1"], max_results=10)
    figures["table_ms"] = timed(lambda: runstone.search_runs(["1"]))
print(json.dumps(figures))
