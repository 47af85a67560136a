"""MLflow's client sends and fetches files: ``client.py URI``."""

import json
import os
import sys

from files import BIG_BYTES, SMALL, make_big, make_small, timed
from mlflow import MlflowClient

client = MlflowClient(sys.argv[1])
run = client.create_run(client.create_experiment("artifacts")).info
assert run.artifact_uri.startswith("mlflow-artifacts:"), run.artifact_uri
make_big("big-mlflow")
make_small("small-mlflow")
figures = {
    "client_big_in_s": timed(lambda: client.log_artifact(run.run_id, "big-mlflow")),
    "client_small_in_s": timed(lambda: client.log_artifacts(run.run_id, "small-mlflow", "small")),
}
os.remove("big-mlflow")
os.mkdir("down")
figures["client_big_out_s"] = timed(lambda: client.download_artifacts(run.run_id, "big-mlflow", "down"))
assert os.path.getsize("down/big-mlflow") == BIG_BYTES
os.remove("down/big-mlflow")
figures["client_small_out_s"] = timed(lambda: client.download_artifacts(run.run_id, "small", "down"))
assert len(os.listdir("down/small")) == SMALL
print(json.dumps(figures))
