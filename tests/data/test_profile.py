import datetime as dt
import json
import math
import statistics

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.data import from_arrow, from_numpy, from_pandas
from runstone.data.profile import number_figures

TEXT = "string" if pd.__version__.startswith("2.") else "large_string"


def columns(dataset):
    return {column["name"]: column for column in dataset.profile["columns"]}


def test_a_profile_counts_rows_values_and_what_is_missing():
    profile = from_pandas(pd.DataFrame({"a": [1.0, 2.0, np.nan, 6.0], "b": ["x", "y", "x", None]})).profile

    assert profile == {
        "num_rows": 4,
        "num_elements": 8,
        "columns": [
            {"name": "a", "type": "double", "count": 3, "nulls": 1, "distinct": 3,
             "min": 1.0, "max": 6.0, "mean": 3.0, "std": pytest.approx(math.sqrt(7))},
            {"name": "b", "type": TEXT, "count": 3, "nulls": 1, "distinct": 2,
             "top": [{"value": "x", "count": 2}, {"value": "y", "count": 1}]},
        ],
    }  # fmt: skip


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), st.randoms(use_true_random=False))
def test_figures_are_right_and_the_same_for_any_order(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)

    figures = number_figures(np.array(values))

    assert repr(number_figures(np.array(shuffled))) == repr(figures)
    assert figures["distinct"] == len(set(values))
    assert (figures["min"], figures["max"]) == (min(values), max(values))
    assert figures["mean"] == pytest.approx(statistics.fmean(values), rel=1e-12, abs=1e-9)
    assert figures["std"] == pytest.approx(statistics.stdev(values), rel=1e-9, abs=1e-9)


@given(st.lists(st.floats(), max_size=20), st.randoms(use_true_random=False))
def test_any_floats_give_plain_json_in_any_order(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)

    assert json.dumps(number_figures(np.array(values, np.float64)), allow_nan=False) == json.dumps(
        number_figures(np.array(shuffled, np.float64)), allow_nan=False
    )


def test_nan_and_inf_are_counted_and_left_out():
    assert number_figures(np.array([1.0, np.nan, np.inf, -np.inf, 3.0])) == {
        "nan": 1, "inf": 2, "distinct": 2, "min": 1.0, "max": 3.0, "mean": 2.0, "std": math.sqrt(2)
    }  # fmt: skip


@pytest.mark.parametrize("values", [[2**63 - 1, -(2**63)], [5, 5]])
def test_least_and_greatest_integers_keep_every_digit(values):
    figures = number_figures(np.array(values, np.int64))

    assert (figures["min"], figures["max"]) == (min(values), max(values))
    assert figures["mean"] == pytest.approx(sum(values) / 2, abs=2.0**-50 * max(values))


def test_what_overflows_is_left_out():
    figures = number_figures(np.array([1.7e308, -1.7e308]))

    assert figures == {"distinct": 2, "min": -1.7e308, "max": 1.7e308}


def test_distinct_values_are_counted_up_to_a_bound():
    assert "distinct" not in number_figures(np.zeros(2_000_001, np.int8))


def test_times_are_given_in_utc():
    table = pa.table(
        {
            "t": pa.array([dt.datetime(2020, 1, 1), None], pa.timestamp("ns", "Europe/Berlin")),
            "n": pa.array([dt.datetime(2020, 1, 1), None], pa.timestamp("s")),
            "d": pa.array([dt.date(2020, 1, 1), dt.date(2021, 1, 1)]),
            "l": pa.array([1, 3], pa.duration("ms")),
            "o": pa.array([None, None], pa.timestamp("s")),
        }
    )

    found = columns(from_arrow(table))

    assert (found["t"]["min"], found["t"]["distinct"]) == ("2020-01-01 00:00:00.000000000Z", 1)
    assert found["n"]["max"] == "2020-01-01 00:00:00"
    assert (found["d"]["min"], found["d"]["max"]) == ("2020-01-01", "2021-01-01")
    assert (found["l"]["mean_seconds"], found["l"]["distinct"]) == (0.002, 2)
    assert found["o"] == {"name": "o", "type": "timestamp[s]", "count": 0, "nulls": 2}


def test_categories_booleans_lists_and_objects():
    frame = pd.DataFrame(
        {"c": pd.Categorical(["x", "x", "y"]), "b": [True, False, True], "l": [[1], [2], None], "o": [1, "a", None]}
    )

    found = columns(from_pandas(frame))

    assert found["c"]["top"] == [{"value": "x", "count": 2}, {"value": "y", "count": 1}]
    assert found["b"]["mean"] == pytest.approx(2 / 3)
    assert (found["l"]["count"], found["l"]["nulls"]) == (2, 1)
    assert found["o"] == {"name": "o", "type": "object", "count": 2, "nulls": 1}


def test_top_values_are_ranked_by_count_then_text_and_cut_short():
    texts = ["b", "b", "a", "a", "z" * 500, *(f"{i:02}" for i in range(20))]

    top = columns(from_pandas(pd.DataFrame({"t": texts})))["t"]["top"]

    assert [entry["value"] for entry in top] == ["a", "b", *(f"{i:02}" for i in range(8))]
    assert (
        max(len(entry["value"]) for entry in columns(from_pandas(pd.DataFrame({"t": ["z" * 500] * 2})))["t"]["top"])
        == 100
    )


def test_text_without_repeats_has_no_top_and_too_many_ties_are_left_out():
    ties = [str(i) for i in range(3_000)] * 2

    assert "top" not in columns(from_pandas(pd.DataFrame({"t": ["a", "b"]})))["t"]
    assert columns(from_pandas(pd.DataFrame({"t": [*ties, "x", "x", "x"]})))["t"]["top"] == [{"value": "x", "count": 3}]


def test_arrays_have_shapes_and_sizes():
    profile = from_numpy(np.zeros((2, 3)), targets=np.array([1, 2])).profile

    assert {key: value for key, value in profile.items() if key != "columns"} == {
        "num_rows": 2, "num_elements": 8, "features_shape": [2, 3], "features_size": 6, "features_nbytes": 48,
        "targets_shape": [2], "targets_size": 2, "targets_nbytes": 16,
    }  # fmt: skip
    assert [(column["name"], column["mean"]) for column in profile["columns"]] == [("features", 0.0), ("targets", 1.5)]


def test_masked_elements_are_missing():
    column = from_numpy(np.ma.array([1, 100], mask=[False, True])).profile["columns"][0]

    assert (column["count"], column["nulls"], column["max"]) == (1, 1, 1)
