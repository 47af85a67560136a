"""Digests are compared with recorded ones for years: what is hashed under a prefix may never change.

Whoever must change it gives the method a new prefix, ``rows2:`` or ``files2:``.
"""

import datetime as dt
import decimal

import numpy as np
import pyarrow as pa

from runstone.data import from_arrow, from_numpy, from_path


def test_a_table_of_every_kind_of_column():
    table = pa.table(
        {
            "int": pa.array([1, None], pa.int16()),
            "float": [0.5, float("nan")],
            "bool": [True, None],
            "text": ["short", "more than thirty-one bytes of text"],
            "bytes": [b"\0", None],
            "instant": pa.array([dt.datetime(2020, 1, 1), None], pa.timestamp("us", "UTC")),
            "span": pa.array([-1, None], pa.duration("ms")),
            "date": [dt.date(2020, 1, 1), None],
            "time": [dt.time(1, 2, 3), None],
            "decimal": [decimal.Decimal("1.50"), None],
            "list": [[1, None], None],
            "struct": [{"b": 1, "a": "x"}, None],
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "null": pa.nulls(2),
        }
    )

    assert from_arrow(table).digest == "rows1:ql3fzqjxf6mlffcclrvh5lc5r4aaa7"


def test_arrays():
    features = np.array([(1, 0.5, "a"), (2, np.nan, "b")], [("i", "i4"), ("f", ">f8"), ("s", "U2")])

    dataset = from_numpy({"s": features, "o": np.array([[1], {"a": None}], object)}, targets=np.array([True, False]))

    assert dataset.digest == "rows1:frmos2bsuhtxhp5xclxsvxb7hz5r4x"


def test_a_folder(tmp_path):
    (tmp_path / "data.bin").write_bytes(b"1")
    (tmp_path / "part-0.csv").write_text("a\n1\n")
    (tmp_path / "part-1.csv").write_text("a\n2\n")

    assert from_path(tmp_path).digest == "files1:lcrlqgnewaeoe5tpr5ivy2uzyjdnr"
