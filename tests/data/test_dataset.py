import json

import numpy as np
import pandas as pd

from runstone.core.entities import DatasetInput, DatasetRecord
from runstone.data import Column, Dataset, DatasetSource, from_pandas
from runstone.store.sql.datasets import check_input


def test_a_record_is_what_a_store_keeps():
    dataset = from_pandas(pd.DataFrame({"a": [1, 2]}), "https://example.org/a.csv", name="n")

    record = dataset.to_record()

    assert record == DatasetRecord(
        name="n",
        digest=dataset.digest,
        source_type="http",
        source='{"url": "https://example.org/a.csv"}',
        schema='{"mlflow_colspec": [{"type": "long", "name": "a", "required": true}]}',
        profile=json.dumps(dataset.profile),
    )
    assert dataset.to_dict() == {field: getattr(record, field) for field in record.__struct_fields__}


def test_hostile_values_make_a_record_that_a_store_takes():
    cells = [["\udfff", "a\0", np.nan, 2**80], ["a", "a\0", np.inf, -(2**80)]]
    frame = pd.DataFrame(cells, columns=pd.Index(["\ud800", "nul\0", "n", "big"], dtype=object), dtype=object)

    record = from_pandas(frame).to_record()

    assert check_input(DatasetInput(dataset=record)).dataset == record
    assert json.loads(record.profile)["num_rows"] == 2


def test_very_wide_data_is_cut_to_what_a_store_takes():
    dataset = Dataset(
        name="wide",
        digest="rows1:x",
        source=DatasetSource("local", {"uri": "a"}),
        schema=tuple(Column(name="c" * 1_000, type="int64", spec={"type": "long"}) for _ in range(20_000)),
        row_count=1,
        profiler=lambda: {"num_rows": 1, "columns": [{"name": "c" * 1_000}] * 20_000},
    )

    record = dataset.to_record()

    assert check_input(DatasetInput(dataset=record)).dataset == record
    assert json.loads(record.profile)["is_cut"] is True


def test_the_profile_is_worked_out_once_and_only_when_asked_for():
    calls = []
    dataset = Dataset(
        name="n",
        digest="d",
        source=DatasetSource("local", {}),
        schema=(),
        row_count=None,
        profiler=lambda: calls.append(1) or {"num_files": 1},
    )

    assert calls == []
    assert (dataset.profile, dataset.profile, calls) == ({"num_files": 1}, {"num_files": 1}, [1])


def test_it_shows_name_digest_and_rows():
    dataset = from_pandas(pd.DataFrame({"a": range(1_000)}), name="n", digest="d")

    assert repr(dataset) == "Dataset('n', 'd', 1,000 rows)"
