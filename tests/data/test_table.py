"""The same rows in pandas, polars and Arrow, in any order, are the same dataset; anything else is not."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.data import from_arrow, from_pandas, from_polars

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
kinds = {
    "int8": (pa.int8(), st.integers(-128, 127)),
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "float32": (pa.float32(), st.floats(width=32)),
    "float64": (pa.float64(), st.floats()),
    "bool": (pa.bool_(), st.booleans()),
    "text": (pa.large_string(), texts),
    "category": (pa.dictionary(pa.int32(), pa.string()), texts),
    "instant": (pa.timestamp("us"), st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1))),
    "date": (pa.date32(), st.dates()),
    "list": (pa.list_(pa.int64()), st.lists(st.integers(0, 5), max_size=3)),
    "struct": (pa.struct({"a": pa.int64()}), st.fixed_dictionaries({"a": st.integers(0, 3)})),
}


@st.composite
def tables(draw, names=tuple(kinds), min_rows=0, missing=True):
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    rows = draw(st.integers(min_rows, 5))
    columns = []
    for kind in chosen:
        arrow_type, values = kinds[kind]
        cells = draw(st.lists(st.none() | values if missing else values, min_size=rows, max_size=rows))
        if pa.types.is_dictionary(arrow_type):
            columns.append(pa.array(cells, pa.string()).dictionary_encode())
        else:
            columns.append(pa.array(cells, arrow_type))
    return pa.table(columns, names=[f"{kind} {i}" for i, kind in enumerate(chosen)])


def in_order(table, order):
    return table.take(pa.array(order, pa.int64()))


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table, random):
    order = list(range(table.num_rows))
    random.shuffle(order)

    assert from_arrow(in_order(table, order)).digest == from_arrow(table).digest


@given(tables())
def test_polars_agrees_with_arrow(table):
    assert from_polars(pl.from_arrow(table)).digest == from_arrow(table).digest


# In NumPy's types pandas has nothing missing but in floats, text and objects, where NaN and None are one, and
# objects of which there are none have no type.
@given(
    tables(["int8", "int64", "uint64", "float32", "bool", "text", "category", "instant", "struct"], 1, missing=False)
)
def test_pandas_agrees_with_arrow(table):
    frame = table.to_pandas()
    nan_is_null = pa.table(
        [column if "float" not in name else pa.array(column.to_numpy(), from_pandas=True)
         for name, column in zip(table.column_names, table.columns, strict=True)],
        names=table.column_names,
    )  # fmt: skip

    assert from_pandas(frame).digest == from_arrow(nan_is_null).digest


@given(tables(["text", "category", "instant"]))
def test_pandas_agrees_with_arrow_on_what_is_missing(table):
    assert from_pandas(pl.from_arrow(table).to_pandas()).digest == from_arrow(table).digest or any(
        column.null_count == len(column) for column in table.columns
    )


@given(tables())
def test_pandas_with_arrow_types_agrees_with_arrow(table):
    assert from_pandas(table.to_pandas(types_mapper=pd.ArrowDtype)).digest == from_arrow(table).digest


@given(tables(min_rows=1), st.data())
def test_any_one_changed_value_is_another_digest(table, data):
    row, column = data.draw(st.integers(0, table.num_rows - 1)), data.draw(st.integers(0, table.num_columns - 1))
    name = table.column_names[column]
    cells = table.column(column).to_pylist()
    before = cells[row]
    cells[row] = data.draw(st.none() | kinds[name.split()[0]][1])
    array = pa.array(cells, table.schema.field(column).type)

    changed = table.set_column(column, name, array)

    # repr tells -0.0 from 0.0 and has one NaN.
    same = repr(array[row].as_py()) == repr(before)
    assert (from_arrow(changed).digest == from_arrow(table).digest) == same


@given(tables(min_rows=1), st.data())
def test_a_row_more_or_less_and_another_name_are_other_digests(table, data):
    row = data.draw(st.integers(0, table.num_rows - 1))
    rows = list(range(table.num_rows))
    names = list(table.column_names)
    names[-1] += "x"

    others = [in_order(table, [*rows, row]), in_order(table, rows[:row] + rows[row + 1 :]), table.rename_columns(names)]

    assert len({from_arrow(each).digest for each in [table, *others]}) == 4


@settings(max_examples=30)
@given(tables(["int64", "text"], min_rows=2))
def test_values_swapped_between_rows_are_another_digest(table):
    one, other = (table.slice(row, 1).to_pylist()[0] for row in (0, 1))
    first = table.column_names[0]
    cells = table.column(0).to_pylist()
    cells[0], cells[1] = cells[1], cells[0]
    swapped = table.set_column(0, first, pa.array(cells, table.schema.field(0).type))

    same = one[first] == other[first] or {k: v for k, v in one.items() if k != first} == {
        k: v for k, v in other.items() if k != first
    }

    assert (from_arrow(swapped).digest == from_arrow(table).digest) == same


def test_columns_in_another_order_are_another_digest():
    assert (
        from_pandas(pd.DataFrame({"a": [1], "b": [1]})).digest != from_pandas(pd.DataFrame({"b": [1], "a": [1]})).digest
    )


def test_columns_of_the_same_name_are_told_apart_by_place():
    one = pd.DataFrame([[1, 2]], columns=["a", "a"])
    other = pd.DataFrame([[2, 1]], columns=["a", "a"])

    dataset = from_pandas(one)

    assert dataset.digest != from_pandas(other).digest
    assert [column.name for column in dataset.schema] == ["a", "a"]


def test_an_index_that_only_counts_is_no_data_and_any_other_is():
    frame = pd.DataFrame({"a": [1, 2, 3]})
    named = frame.set_index(pd.Index(["x", "y", "z"]))
    times = frame.set_index(pd.date_range("2020-01-01", periods=3, name="day"))

    assert from_pandas(frame.iloc[[2, 0, 1]]).digest == from_pandas(frame).digest
    assert from_pandas(named).digest == from_pandas(named.reset_index()).digest
    assert from_pandas(times).digest == from_pandas(times.reset_index()).digest
    assert [column.name for column in from_pandas(times).schema] == ["day", "a"]


def test_none_and_nan_of_pandas_are_nulls_and_nan_of_polars_is_a_value():
    null = from_polars(pl.DataFrame({"a": [1.0, None]})).digest
    nan = from_polars(pl.DataFrame({"a": [1.0, float("nan")]})).digest

    assert from_pandas(pd.DataFrame({"a": [1.0, np.nan]})).digest == null
    assert from_pandas(pd.DataFrame({"a": pd.array([1.0, None], "Float64")})).digest == null
    assert from_pandas(pd.DataFrame({"a": pd.Series([1.0, None], dtype=object)})).digest == null
    assert nan != null


@pytest.mark.parametrize("text", ["object", "string", "category", "str"])
def test_every_text_type_of_pandas_is_the_same_text(text):
    series = pd.Series(["a", None, "b" * 50], dtype=text)

    assert (
        from_pandas(pd.DataFrame({"t": series})).digest
        == from_polars(pl.DataFrame({"t": ["a", None, "b" * 50]})).digest
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, "a"], [1, "b"]),
        ([1, "a"], ["1", "a"]),
        ([True, 2], [1, 2]),
        ([2**70], [2**70 + 1]),
        (["\ud800"], ["\ud801"]),
        (["a", b"b"], ["a", "b"]),
        ([[1, "a"]], [[1, "b"]]),
        ([{1, 2}], [{1, 3}]),
        ([{"a": 1}], [{"a": 2}]),
        ([{1: "a"}], [{2: "a"}]),
        ([1j], [2j]),
        ([decimal.Decimal("1.5")], [decimal.Decimal("1.6")]),
        ([dt.date(2020, 1, 1)], [dt.date(2020, 1, 2)]),
        ([float("inf")], [float("-inf")]),
        ([0.0], [-0.0]),
        (["a\0b"], ["a"]),
        ([None], ["None"]),
    ],
)
def test_cells_of_any_kind_count_by_value_and_in_any_order(one, other):
    def frame(cells):
        return pd.DataFrame({"a": pd.Series([*cells, None, None], dtype=object)})

    dataset = from_pandas(frame(one))

    assert dataset.digest == from_pandas(frame(one).iloc[::-1]).digest
    assert dataset.digest != from_pandas(frame(other)).digest
    assert dataset.to_record().schema is not None


def test_python_objects_of_polars_and_pandas_agree():
    assert (
        from_polars(pl.DataFrame({"a": pl.Series([{1, 2}, None], dtype=pl.Object)})).digest
        == from_pandas(pd.DataFrame({"a": [{2, 1}, None]})).digest
    )
    assert (
        from_polars(pl.DataFrame({"a": pl.Series([2**100], dtype=pl.Int128)})).digest
        == from_pandas(pd.DataFrame({"a": [2**100]})).digest
    )


@pytest.mark.parametrize("cell", [object(), [object()], lambda: 1])
def test_an_object_whose_value_cannot_be_told_names_its_column(cell):
    with pytest.raises(InvalidArgument, match="column 'a' holds a"):
        from_pandas(pd.DataFrame({"a": pd.Series([cell], dtype=object)}))


def test_a_list_that_contains_itself_is_an_error():
    loop: list[object] = []
    loop.append(loop)

    with pytest.raises(InvalidArgument, match="nested deeper"):
        from_pandas(pd.DataFrame({"a": [loop]}))


def test_sparse_and_byte_swapped_columns_are_their_values():
    expected = from_pandas(pd.DataFrame({"a": [0, 1]})).digest

    assert from_pandas(pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])})).digest == expected
    assert from_pandas(pd.DataFrame({"a": np.array([0, 1], ">i8")})).digest == expected


def test_empty_frames_differ_by_their_columns():
    frames = [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame({"b": []}), pd.DataFrame({"a": [1]}).iloc[:0]]
    frames.append(pd.DataFrame(index=range(3)))

    assert len({from_pandas(frame).digest for frame in frames}) == 5
    assert [from_pandas(frame).row_count for frame in frames] == [0, 0, 0, 0, 3]
    assert from_polars(pl.DataFrame({"a": []}, schema={"a": pl.Int64})).digest == from_pandas(frames[3]).digest


def test_many_rows_in_several_blocks_and_chunks():
    numbers = np.arange(40_000)
    table = pa.table({"a": numbers, "b": [str(number % 7) for number in numbers]})
    shuffled = pa.concat_tables([table.slice(30_001), table.slice(0, 30_001)])

    assert from_arrow(shuffled).digest == from_arrow(table).digest


def test_record_batches_readers_and_streams_are_tables():
    table = pa.table({"a": [1, 2]})
    batch = table.to_batches()[0]
    expected = from_arrow(table).digest

    assert from_arrow(batch).digest == expected
    assert from_arrow(pa.RecordBatchReader.from_batches(table.schema, [batch])).digest == expected
    assert from_arrow(pl.DataFrame({"a": [1, 2]})).digest == expected


def test_series_and_lazy_frames_are_tables():
    expected = from_pandas(pd.DataFrame({"a": [1, 2]})).digest

    assert from_pandas(pd.Series([1, 2], name="a")).digest == expected
    assert from_polars(pl.Series("a", [1, 2])).digest == expected
    assert from_polars(pl.LazyFrame({"a": [1, 2]})).digest == expected


@pytest.mark.parametrize("function", [from_pandas, from_polars, from_arrow])
def test_something_else_is_refused_by_name(function):
    with pytest.raises(InvalidArgument, match="not dict"):
        function({"a": [1]})
