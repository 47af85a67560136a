import pandas as pd
import pytest

import runstone
from runstone.data import from_pandas, from_path, get_source


@pytest.fixture
def tracking(tmp_path, monkeypatch):
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(tmp_path / "store"))


@pytest.mark.usefixtures("tracking")
def test_a_dataset_logged_to_a_run_is_read_back_whole(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,t\n1,0.5\n2,\n")
    file = from_path(path, targets="t")
    frame = from_pandas(pd.DataFrame({"a": [2, 1], "t": [None, 0.5]}), source=path, name="frame")

    with runstone.start_run() as run:
        runstone.log_input(file, context="train", tags={"k": "v"})
        runstone.log_input(frame, context="eval")
    inputs = {entry.context: entry for entry in runstone.get_run(run.info.run_id).inputs.dataset_inputs}

    assert inputs["train"].dataset == file.to_record()
    assert inputs["eval"].dataset == frame.to_record()
    assert {tag.key: tag.value for tag in inputs["train"].tags} == {"k": "v", "mlflow.data.context": "train"}
    assert get_source(inputs["train"]).load() == str(path)
    # The same rows in another order and from another place.
    assert file.digest == frame.digest
