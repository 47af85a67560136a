import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.servers import mlflow
from mlflow_client import measure

with mlflow("store") as server:
    print(json.dumps(measure(server)))
