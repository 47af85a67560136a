from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.table import decode_table, encode_table

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from matplotlib.figure import Figure
    from PIL import Image
else:
    pd, pl, pa = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    Figure, Image = pytest.importorskip("matplotlib.figure").Figure, pytest.importorskip("PIL.Image")

SUFFIXES = [".json", ".parquet", ".csv"]
cells = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
)


def split(data: object, existing: bytes | None = None) -> Any:
    return json.loads(encode_table(data, existing, "t.json"))


def rows(data: bytes, name: str) -> list[dict[str, Any]]:
    frame = decode_table(data, name).astype(object)
    return frame.where(frame.notna(), None).to_dict("records")  # type: ignore[return-value]


def test_a_dict_of_columns_as_json_is_pandas_split_layout() -> None:
    data = encode_table({"q": ["a", "b"], "score": np.array([0.5, 1.0])}, None, "t.json")

    assert data == b'{"columns":["q","score"],"data":[["a",0.5],["b",1.0]]}'
    assert pd.read_json(io.BytesIO(data), orient="split").to_dict("list") == {
        "q": ["a", "b"],
        "score": [0.5, 1.0],
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_are_appended_to_what_is_there(suffix: str) -> None:
    name = f"dir/t{suffix}"
    first = encode_table({"a": [1, 2]}, None, name)

    both = encode_table({"a": 3}, first, name)

    assert rows(both, name) == [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_of_one_side_only_are_filled_with_nulls(suffix: str) -> None:
    name = f"t{suffix}"
    first = encode_table({"a": ["x"], "b": ["y"]}, None, name)

    both = encode_table({"c": ["z"], "a": ["w"]}, first, name)

    assert rows(both, name) == [{"a": "x", "b": "y", "c": None}, {"a": "w", "b": None, "c": "z"}]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=[7, 8]),
        pl.DataFrame({"a": [1, 2], "b": ["x", None]}),
        pl.LazyFrame({"a": [1, 2], "b": ["x", None]}),
        pa.table({"a": [1, 2], "b": ["x", None]}),
        {"a": pd.Series([1, 2], index=[5, 5]), "b": pl.Series(["x", None])},
        {"a": (1, 2), "b": ["x", pd.NA]},
        {"a": {0: 1, 1: 2}, "b": {0: "x", 1: None}},
    ],
    ids=lambda data: type(data).__module__,
)
def test_tables_of_every_library_are_taken(data: object, suffix: str) -> None:
    name = f"t{suffix}"

    once = encode_table(data, None, name)
    twice = encode_table(data, once, name)

    assert rows(twice, name) == [{"a": 1, "b": "x"}, {"a": 2, "b": None}] * 2


def test_a_scalar_stands_for_each_row_and_scalars_alone_are_one_row() -> None:
    assert split({"a": [1, 2], "b": "x"})["data"] == [[1, "x"], [2, "x"]]
    assert split({"a": 1, "b": None, "c": {"k": 1}, "d": np.float32(0.5), "e": np.array(2)})["data"] == [
        [1, None, {"k": 1}, 0.5, 2]
    ]
    assert split({})["data"] == []
    assert split({"a": []}) == {"columns": ["a"], "data": []}


def test_cells_that_json_lacks() -> None:
    moment = datetime(2024, 5, 1, tzinfo=timezone.utc)

    table = split({"a": [math.nan, math.inf, -math.inf, moment, b"\x00", 2**70, np.array([1, 2]), pd.NaT, "\ud800"]})

    assert [row[0] for row in table["data"]] == [
        None, math.inf, -math.inf, "2024-05-01T00:00:00+00:00", "AA==", str(2**70), [1, 2], None, "\\ud800",
    ]  # fmt: skip


def test_infinities_are_read_by_pandas() -> None:
    data = encode_table({"a": [math.inf, -math.inf, 1.0, math.nan]}, None, "t.json")

    assert b"Infinity" not in data
    assert pd.read_json(io.BytesIO(data), orient="split")["a"].tolist()[:3] == [math.inf, -math.inf, 1.0]


def test_parquet_keeps_types() -> None:
    moment = datetime(2024, 5, 1, tzinfo=timezone.utc)
    data = encode_table({"when": [moment], "n": [1], "list": [[1, 2]]}, None, "t.parquet")

    frame = decode_table(data, "t.parquet")

    assert frame["when"][0] == moment
    assert frame["n"].dtype == np.int64
    assert list(frame["list"][0]) == [1, 2]


def test_parquet_widens_integers_to_floats_on_append() -> None:
    first = encode_table({"a": [1]}, None, "t.parquet")

    assert decode_table(encode_table({"a": [0.5]}, first, "t.parquet"), "t.parquet")["a"].tolist() == [
        1.0,
        0.5,
    ]


def test_parquet_refuses_types_that_do_not_fit() -> None:
    first = encode_table({"a": [1]}, None, "t.parquet")

    with pytest.raises(InvalidArgument, match="do not fit"):
        encode_table({"a": ["text"]}, first, "t.parquet")
    with pytest.raises(InvalidArgument, match="column 'a' mixes types"):
        encode_table({"a": ["text", 1]}, None, "t.parquet")


def test_csv_holds_long_and_awkward_cells() -> None:
    text = 'long, "quoted"\n' * 20_000
    first = encode_table({"a": [text, ""], "b": [[1], None]}, None, "t.csv")

    both = encode_table({"a": ["é"], "b": [True]}, first, "t.csv")

    assert rows(both, "t.csv") == [
        {"a": text, "b": "[1]"},
        {"a": None, "b": None},
        {"a": "é", "b": "True"},
    ]


@settings(max_examples=50)
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.lists(cells, min_size=2, max_size=2), min_size=1),
        min_size=1,
        max_size=4,
    )
)
def test_json_appends_lose_nothing(tables: list[dict[str, list[Any]]]) -> None:
    data = None
    for table in tables:
        data = encode_table(table, data, "t.json")

    assert data is not None
    read = json.loads(data)
    names = read["columns"]
    expected = [[table.get(name, [None, None])[i] for name in names] for table in tables for i in (0, 1)]
    assert read["data"] == expected


def test_a_dict_as_json_needs_no_pandas() -> None:
    program = (
        "import sys\n"
        "sys.modules['pandas'] = sys.modules['pyarrow'] = sys.modules['polars'] = None\n"
        "from runstone.tracking.media.table import decode_table, encode_table\n"
        "from runstone.core.errors import MissingExtra\n"
        "assert encode_table({'a': [1]}, encode_table({'a': 0}, None, 't.json'), 't.json')\n"
        "calls = lambda: encode_table({'a': 1}, None, 't.parquet'), lambda: decode_table(b'', 't.json')\n"
        "for call in calls:\n"
        "    try:\n"
        "        call()\n"
        "    except MissingExtra as error:\n"
        "        print(error)\n"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.count('pip install "runstone[data]"') == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("cell", [Image.new("L", (2, 2)), Figure()], ids=["pillow", "matplotlib"])
def test_images_in_cells_are_refused_with_the_way_to_go(cell: object, suffix: str) -> None:
    with pytest.raises(InvalidArgument, match=r"column 'picture' holds a .*log_image"):
        encode_table({"picture": [cell]}, None, f"t{suffix}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "must be a pandas or polars DataFrame"),
        (None, "not NoneType"),
        ([1, 2], "not list"),
        ("text", "not str"),
        (np.zeros((2, 2)), "not numpy.ndarray"),
        ({"a": [1], "b": [1, 2]}, r"different length \(a: 1, b: 2\)"),
        ({1: [1], "1": [2]}, "two columns are named '1'"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns are named 'a'"),
    ],
)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_no_table_is_refused(data: object, message: str, suffix: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        encode_table(data, None, f"t{suffix}")


@pytest.mark.parametrize("name", ["t", "t.txt", "t.xlsx", "t." + "x" * 10_000])
def test_other_extensions_are_refused(name: str) -> None:
    for call in (lambda: encode_table({"a": 1}, None, name), lambda: decode_table(b"", name)):
        with pytest.raises(InvalidArgument, match=r"as \.json, \.parquet or \.csv") as caught:
            call()
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("existing", [b"\xff\xfe\x00", b'{"rows": 1}\n{"a": 2, "b"', b"a,a\n1,2\n"])
def test_what_is_there_and_is_no_table_is_refused_by_name(existing: bytes, suffix: str) -> None:
    for call in (
        lambda: encode_table({"a": 1}, existing, f"t{suffix}"),
        lambda: decode_table(existing, f"t{suffix}"),
    ):
        with pytest.raises(InvalidArgument, match=f"table 't{suffix}': the file there"):
            call()


@pytest.mark.parametrize(
    "existing",
    [b"[]", b"{}", b'{"columns": ["a"], "data": [[1, 2]]}', b'{"columns": [1], "data": []}',
     b'{"columns": ["a", "a"], "data": []}', b'{"columns": ["a"], "data": 3}'],
)  # fmt: skip
def test_json_of_another_layout_is_refused(existing: bytes) -> None:
    with pytest.raises(InvalidArgument, match="no table of the form"):
        encode_table({"a": 1}, existing, "t.json")
