import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.fill import fill
from benchmarks.servers import BROWSER_PYTHON, ROOT, runstone

from runstone.store.open import open_store

Path("store").mkdir()
store = open_store("./store")
fill(store, int(sys.argv[1]))
experiment = store.find_experiment("search").experiment_id
store.close()
with runstone("./store") as server:
    page = f"{server.uri}/experiments/{experiment}"
    subprocess.run([BROWSER_PYTHON, ROOT / "benchmarks" / "browser.py", "table", page, "runstone"], check=True)
