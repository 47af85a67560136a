import os
import random
import subprocess
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from aim import Run
from benchmarks.servers import BROWSER_PYTHON, ROOT, aim

RUNS = int(sys.argv[1])
if RUNS > 10_000:
    sys.exit("Aim takes 50 ms a run to be filled: more than an hour for 100,000.")

for number in range(RUNS):
    run = Run(
        repo=".",
        experiment="search",
        system_tracking_interval=None,
        log_system_params=False,
        capture_terminal_logs=False,
    )
    run.name = f"run-{number}"
    run["hparams"] = {f"p{i}": f"v{random.randrange(40)}" for i in range(20)}
    for i in range(20):
        run.track(random.random(), name=f"m{i}", step=99)
    run.close()
with aim(".") as server:
    page = f"{server.uri}/runs"
    subprocess.run([BROWSER_PYTHON, ROOT / "benchmarks" / "browser.py", "table", page, "aim"], check=True)
