"""Files and folders in, listings and downloads out."""

import os
import tempfile

import mlflow
from mlflow import MlflowClient

mlflow.set_experiment("artifacts")
with mlflow.start_run() as run:
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "deep", "er"))
        for name in ("a.txt", "deep/b.txt", "deep/er/c.txt"):
            with open(os.path.join(folder, name), "w") as file:
                file.write(f"content of {name}")
        mlflow.log_artifacts(folder, artifact_path="states")
        mlflow.log_artifact(os.path.join(folder, "a.txt"))
    mlflow.log_text("<h1>report</h1>", "reports/index.html")
    mlflow.log_dict({"layers": [64, 32], "name": "net"}, "config.json")
    mlflow.log_dict({"layers": [64, 32], "name": "net"}, "config.yml")

client = MlflowClient()
run_id = run.info.run_id
assert [file.path for file in client.list_artifacts(run_id)] == [
    "a.txt",
    "config.json",
    "config.yml",
    "reports",
    "states",
]
(nested,) = client.list_artifacts(run_id, "states/deep/er")
assert (nested.path, nested.is_dir, nested.file_size) == ("states/deep/er/c.txt", False, 25 - 1)
assert mlflow.artifacts.load_text(f"runs:/{run_id}/reports/index.html") == "<h1>report</h1>"
assert mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json") == {"layers": [64, 32], "name": "net"}
local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="states")
with open(os.path.join(local, "deep", "b.txt")) as file:
    assert file.read() == "content of deep/b.txt"
assert mlflow.get_artifact_uri is not None
