import datetime as dt
import decimal
import os
import subprocess
import sys
import uuid
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.data.object_bytes import decimal_text, object_bytes

UTC = dt.timezone.utc


def test_values_that_python_calls_equal_but_are_of_other_types_differ():
    values = [None, 0, 0.0, -0.0, False, "", b"", "0", 0j, [], {}, set(), (0,), [[]], decimal.Decimal(0), "None"]

    assert len({object_bytes(value, "x") for value in values}) == len(values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, 2), [1, 2]),
        (np.int8(3), 3),
        (np.array([1.5]), [1.5]),
        (pd.NA, None),
        (pd.NaT, None),
        (float("nan"), -float("nan")),
        (decimal.Decimal("1.50"), decimal.Decimal("1.5")),
        (dt.datetime(2020, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), dt.datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_what_counts_as_the_same(one, other):
    assert object_bytes(one, "x") == object_bytes(other, "x")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["ab", "c"], ["a", "bc"]),
        ([[1], 2], [[1, 2]]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
        (2**70, 2**70 + 1),
        ("\ud800", "\ud801"),
        ("a\0", "a"),
        (dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, tzinfo=UTC)),
        (dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)),
        (pd.Timedelta(1, "ns"), pd.Timedelta(2, "ns")),
        (np.datetime64(1, "s"), np.datetime64(1, "ms")),
        (uuid.UUID(int=1), uuid.UUID(int=2)),
        (PurePosixPath("a"), "a"),
    ],
)
def test_what_counts_as_different(one, other):
    assert object_bytes(one, "x") != object_bytes(other, "x")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def shape(value):
    """The value with its types, in which -0.0 and 0.0, or 1 and True, are told apart."""
    if isinstance(value, list):
        return ("list", tuple(map(shape, value)))
    if isinstance(value, dict):
        return ("dict", frozenset((key, shape(item)) for key, item in value.items()))
    return (type(value).__name__, repr(value))


@given(plain, plain)
def test_bytes_are_equal_exactly_if_types_and_values_are(one, other):
    assert (object_bytes(one, "x") == object_bytes(other, "x")) == (shape(one) == shape(other))


@pytest.mark.parametrize(
    "value", [object(), [object()], {"a": lambda: 1}, np.array([(1,)], [("a", "i4")])[0], range(3)]
)
def test_an_object_whose_value_cannot_be_told_is_an_error_that_names_the_place(value):
    with pytest.raises(InvalidArgument, match="column 'x' holds a"):
        object_bytes(value, "column 'x'")


def test_a_list_that_contains_itself_is_an_error():
    loop: list[object] = []
    loop.append(loop)

    with pytest.raises(InvalidArgument, match="nested deeper"):
        object_bytes(loop, "x")


def test_sets_have_the_same_bytes_in_every_process():
    code = "from runstone.data.object_bytes import object_bytes; print(object_bytes({'a', 'b', 'c', 'd'}, 'x'))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(seen) == 1


@given(st.decimals(allow_nan=False), st.decimals(allow_nan=False))
def test_decimal_texts_are_equal_exactly_if_the_numbers_are(one, other):
    assert (decimal_text(one) == decimal_text(other)) == (one == other)
