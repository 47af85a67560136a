"""Images, figures and tables."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient

mlflow.set_experiment("media")
with mlflow.start_run() as run:
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "black.png")
    for step in range(3):
        mlflow.log_image(np.full((8, 8), step * 80, dtype=np.uint8), key="grey", step=step)
    figure, axes = plt.subplots()
    axes.plot([0, 1], [2, 3])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_table({"inputs": ["what?", "why?"], "outputs": ["this", "so"]}, "answers.json")
    mlflow.log_table(pd.DataFrame({"inputs": ["who?"], "outputs": ["me"]}), "answers.json")

run_id = run.info.run_id
names = {file.path for file in MlflowClient().list_artifacts(run_id)}
assert {"black.png", "plots", "answers.json", "images"} <= names
assert len(MlflowClient().list_artifacts(run_id, "images")) > 0
image = mlflow.artifacts.load_image(f"runs:/{run_id}/black.png")
assert image.size == (8, 8)
table = mlflow.load_table("answers.json", run_ids=[run_id], extra_columns=["run_id"])
assert list(table["outputs"]) == ["this", "so", "me"]
assert set(table["run_id"]) == {run_id}
