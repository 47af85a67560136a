import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from mlflow_client import measure

from benchmarks.servers import mlflow

with mlflow("store") as server:
    print(json.dumps(measure(server)))
