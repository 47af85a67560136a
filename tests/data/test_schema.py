import json

import numpy as np
import pandas as pd
import pyarrow as pa

from runstone.data import Column, from_arrow, from_numpy, from_pandas
from runstone.data.schema import schema_json


def colspec(dataset):
    return json.loads(dataset.to_record().schema)["mlflow_colspec"]


def test_columns_say_name_type_and_whether_values_are_missing():
    dataset = from_pandas(pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": [1, "x"]}))

    assert [(column.name, column.type, column.nullable) for column in dataset.schema] == [
        ("a", "int64", False), ("b", "double", True), ("c", "object", False)
    ]  # fmt: skip


def test_types_are_written_in_the_words_of_mlflow():
    types = {
        "boolean": pa.bool_(), "integer": pa.int32(), "long": pa.int64(), "float": pa.float32(), "double": pa.float64(),
        "string": pa.string(), "binary": pa.binary(), "datetime": pa.timestamp("us"), "any": pa.null(),
    }  # fmt: skip
    table = pa.table({name: pa.array([None], kind) for name, kind in types.items()})

    assert colspec(from_arrow(table)) == [{"type": name, "name": name, "required": False} for name in types]


def test_nested_types():
    table = pa.table(
        {
            "l": [[1.5]],
            "s": [{"x": "a"}],
            "m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
            "c": pa.array(["a"]).dictionary_encode(),
        }
    )

    assert colspec(from_arrow(table)) == [
        {"type": "array", "items": {"type": "double"}, "name": "l", "required": True},
        {"type": "object", "properties": {"x": {"type": "string", "required": False}}, "name": "s", "required": True},
        {"type": "map", "values": {"type": "long"}, "name": "m", "required": True},
        {"type": "string", "name": "c", "required": True},
    ]


def test_arrays_are_tensors_in_json_in_json():
    text = from_numpy(np.zeros((2, 3), ">f4"), targets={"y": np.array(["a", "b"])}).to_record().schema

    parts = json.loads(text)["mlflow_tensorspec"]

    assert json.loads(parts["features"]) == [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]
    assert json.loads(parts["targets"]) == [
        {"name": "y", "type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}
    ]


def test_a_schema_too_long_for_the_store_keeps_its_first_columns():
    columns = [Column(name=f"c{i}", type="int64", spec={"type": "long"}) for i in range(100)]

    text = schema_json(columns, 1_000)

    assert len(text) <= 1_000
    assert [entry["name"] for entry in json.loads(text)["mlflow_colspec"]] == [f"c{i}" for i in range(12)]


def test_nothing_to_say_is_none():
    assert schema_json([], 10) is None
