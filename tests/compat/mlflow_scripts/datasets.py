"""A dataset as the input of a run."""

import mlflow
import pandas as pd

frame = pd.DataFrame({"size": [1.0, 2.0, 3.0], "colour": ["r", "g", "b"], "good": [1, 0, 1]})
dataset = mlflow.data.from_pandas(frame, name="wine", targets="good")
mlflow.set_experiment("datasets")
with mlflow.start_run() as run:
    mlflow.log_input(dataset, context="training")

(logged,) = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
assert (logged.dataset.name, logged.dataset.digest) == ("wine", dataset.digest)
assert [(tag.key, tag.value) for tag in logged.tags] == [("mlflow.data.context", "training")]
assert mlflow.data.from_pandas(frame, name="wine", targets="good").digest == dataset.digest
other = mlflow.data.from_pandas(frame.assign(size=[1.0, 2.0, 4.0]), name="wine", targets="good")
assert other.digest != dataset.digest
