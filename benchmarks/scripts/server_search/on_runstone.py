import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
import numpy as np
from benchmarks.fill import fill
from benchmarks.journals import journal
from benchmarks.servers import runstone
from measure import FILTER, ORDER, POINTS, RUNS, SERIES_RUN, ask_mlflow, timed

from runstone.store.open import open_store
from runstone.store.remote import open_remote

store = open_store("./store")
fill(store, RUNS)
values = np.random.default_rng(0).random(POINTS).astype("f4").astype("f8")
store.ingest([journal(SERIES_RUN, {"loss": (np.arange(POINTS), 1_750_000_000_000 + np.arange(POINTS), values)})])
store.close()
with runstone("./store") as server:
    remote = open_remote(server.uri)
    assert len(remote.search_runs(["1"], max_results=100)) == 100
    figures = {
        "native_filter_ms": timed(lambda: remote.search_runs(["1"], filter=FILTER, order_by=ORDER, max_results=100)),
        "native_page_ms": timed(lambda: remote.search_runs(["1"], max_results=100)),
        "native_history_ms": timed(lambda: remote.read_series([SERIES_RUN], ["loss"])),
        **ask_mlflow(server, "1"),
    }
    remote.close()
print(json.dumps(figures))
