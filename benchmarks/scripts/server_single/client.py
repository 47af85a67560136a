"""MLflow's client, logging one metric after the other in a thread for each run: ``client.py URI SECONDS RUN…``."""

import json
import sys
import threading
import time

from mlflow import MlflowClient

uri, seconds, *runs = sys.argv[1:]
client = MlflowClient(uri)
milliseconds: list[float] = []
errors: list[str] = []


def log(run_id: str) -> None:
    step = 0
    until = time.perf_counter() + float(seconds)
    while (began := time.perf_counter()) < until:
        try:
            client.log_metric(run_id, "loss", 1 / (1 + step), step=step)
        except Exception as error:
            errors.append(str(error))
        milliseconds.append((time.perf_counter() - began) * 1e3)
        step += 1


client.log_metric(runs[0], "warm", 0.0)
print("ready", flush=True)
sys.stdin.readline()
began = time.perf_counter()
working = [threading.Thread(target=log, args=(run,)) for run in runs]
for thread in working:
    thread.start()
for thread in working:
    thread.join()
print(json.dumps({"milliseconds": milliseconds, "errors": len(errors), "seconds": time.perf_counter() - began}))
