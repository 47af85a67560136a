import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from runstone.core.errors import InvalidArgument
from runstone.data import DatasetSource, from_arrow, from_huggingface, from_numpy, from_pandas, from_polars

FRAME = pd.DataFrame({"a": [1, 2], "y": [0, 1], "p": [1, 1]})


@pytest.mark.parametrize(
    ("function", "data"),
    [(from_pandas, FRAME), (from_polars, pl.from_pandas(FRAME)), (from_arrow, pa.Table.from_pandas(FRAME))],
)
def test_a_frame_with_targets_and_predictions(function, data):
    dataset = function(data, "s3://bucket/a.csv", targets="y", name="n", predictions="p")

    assert (dataset.name, dataset.targets, dataset.predictions, dataset.source_type) == ("n", "y", "p", "s3")
    features = dataset.features
    assert list(getattr(features, "column_names", features.columns)) == ["a"]
    assert dataset.df is data
    assert dataset.digest == function(data).digest
    assert function(data, digest="mine").digest == "mine"
    assert function(data).name == "dataset"


@pytest.mark.parametrize("argument", ["targets", "predictions"])
def test_a_column_that_is_not_there_is_an_error(argument):
    with pytest.raises(InvalidArgument, match=rf"{argument} names column 'z', and there are only \['a', 'y', 'p'\]"):
        from_pandas(FRAME, **{argument: "z"})


def test_rows_of_features_and_targets_belong_together():
    features, targets = np.arange(6).reshape(3, 2), np.array([0, 1, 1])
    order = [2, 0, 1]

    expected = from_numpy(features, targets=targets)

    assert from_numpy(features[order], targets=targets[order]).digest == expected.digest
    assert from_numpy(features[order], targets=targets).digest != expected.digest
    assert from_numpy(features).digest != expected.digest
    assert expected.features is features
    assert expected.targets is targets


def test_arrays_by_name():
    one = from_numpy({"x": np.zeros(2), "y": np.ones(2)})

    assert one.digest == from_numpy({"y": np.ones(2), "x": np.zeros(2)}).digest
    assert one.digest != from_numpy({"x": np.ones(2), "y": np.zeros(2)}).digest
    assert [column.name for column in one.schema] == ["features/x", "features/y"]
    assert one.profile["features_shape"] == {"x": [2], "y": [2]}


@pytest.mark.parametrize("features", [5, np.float64(1), [[1], [1, 2]]])
def test_what_is_no_array_is_refused(features):
    with pytest.raises(InvalidArgument, match="features are no array"):
        from_numpy(features)


def test_arrays_of_different_length_are_refused():
    with pytest.raises(InvalidArgument, match="different length"):
        from_numpy(np.zeros(3), targets=np.zeros(2))


class HubDataset:
    """Stands in for ``datasets.Dataset``: what its reference documents and this package uses, over an Arrow table."""

    split = "train"
    config_name = "default"

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.features = dict.fromkeys(table.column_names)

    def with_format(self, type: str) -> "HubDataset":
        assert type == "arrow"
        return self

    def __getitem__(self, rows: slice) -> pa.Table:
        return self._table[rows]

    def remove_columns(self, names: list[str]) -> "HubDataset":
        return HubDataset(self._table.drop_columns(names))


def test_a_hugging_face_dataset_is_its_table():
    table = pa.table({"text": ["a", "b"], "label": [0, 1]})

    dataset = from_huggingface(HubDataset(table), "owner/some-data", targets="label", revision="abc")

    assert (dataset.name, dataset.digest) == ("some-data", from_arrow(table).digest)
    assert dataset.source == DatasetSource(
        "hugging_face",
        {
            "path": "owner/some-data",
            "config_name": "default",
            "data_dir": None,
            "data_files": None,
            "split": "train",
            "revision": "abc",
        },
    )
    assert list(dataset.features.features) == ["text"]
    assert from_huggingface(HubDataset(table)).source_type == "code"


class StreamedDataset:
    """Stands in for ``datasets.IterableDataset``, which has no rows to ask for."""

    features = None

    def with_format(self, type: str) -> "StreamedDataset":
        return self


@pytest.mark.parametrize("ds", [StreamedDataset(), {"train": HubDataset(pa.table({"a": [1]}))}, pa.table({"a": [1]})])
def test_several_splits_or_something_else_are_refused(ds):
    with pytest.raises(InvalidArgument, match="choose one"):
        from_huggingface(ds)


@pytest.mark.parametrize(
    ("function", "module"), [(from_pandas, "pandas"), (from_polars, "polars"), (from_arrow, "pyarrow")]
)
def test_a_missing_library_names_its_extra(monkeypatch, function, module):
    from runstone.core.errors import MissingExtra

    monkeypatch.setitem(__import__("sys").modules, module, None)

    with pytest.raises(MissingExtra, match=r'pip install "runstone\[data\]"'):
        function(FRAME)
