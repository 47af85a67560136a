"""Where downloaded artifacts come to lie, and what is raised for what is not there."""

import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def below(folder):
    return sorted(
        str(path.relative_to(folder)) for path in Path(folder).rglob("*.txt") if "environment" not in str(path)
    )


with mlflow.start_run() as run:
    mlflow.log_text("x", "d/e/f.txt")
    mlflow.log_text("y", "top.txt")
    try:
        mlflow.log_artifact("there-is-no-such-file")
    except FileNotFoundError:
        pass
    else:
        raise AssertionError("a missing file was taken")
run_id = run.info.run_id

client = MlflowClient()
for wanted, at, files in [
    ("d/e/f.txt", "f.txt", ["f.txt"]),
    ("d/e", "e", ["e/f.txt"]),
    ("d", "d", ["d/e/f.txt"]),
    ("", ".", ["d/e/f.txt", "top.txt"]),
]:
    for download in (
        lambda folder, wanted=wanted: mlflow.artifacts.download_artifacts(f"runs:/{run_id}/{wanted}", dst_path=folder),
        lambda folder, wanted=wanted: mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path=wanted, dst_path=folder
        ),
        lambda folder, wanted=wanted: client.download_artifacts(run_id, wanted, folder),
    ):
        folder = tempfile.mkdtemp()
        found = download(folder)
        assert Path(found).resolve() == (Path(folder) / at).resolve(), (wanted, found)
        assert below(folder) == files, (wanted, below(folder))

try:
    mlflow.artifacts.download_artifacts(f"runs:/{run_id}/nothing")
except MlflowException:
    pass
else:
    raise AssertionError("what is not there was downloaded")
