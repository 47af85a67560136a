from __future__ import annotations

import dataclasses
import enum
import math
from collections import OrderedDict, deque
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
import pytest

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.plain import MAX_DEPTH, to_plain

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = pytest.importorskip("pandas")


@dataclasses.dataclass
class Optimizer:
    name: str
    rate: np.float32


class Layer(msgspec.Struct, rename="camel"):
    layer_size: int


class Pair(NamedTuple):
    left: int
    right: int


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(0.5), 0.5),
        (np.int8(-3), -3),
        (np.bool_(True), True),
        (np.str_("text"), "text"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array(7), 7),
        (np.datetime64("2024-05-01T12:00:00", "ns"), "2024-05-01T12:00:00.000000000"),
        (np.complex64(1 + 2j), "(1+2j)"),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Timestamp("2024-05-01", tz="UTC"), "2024-05-01T00:00:00+00:00"),
        (pd.NaT, None),
        (pd.NA, None),
        (datetime(2024, 5, 1, 12, tzinfo=timezone.utc), "2024-05-01T12:00:00+00:00"),
        (date(2024, 5, 1), "2024-05-01"),
        (PurePosixPath("a/b"), "a/b"),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", 1}), [1, "b"]),
        ((1, (2,)), [1, [2]]),
        (deque([1]), [1]),
        (range(3), [0, 1, 2]),
        (Pair(1, 2), [1, 2]),
        (Optimizer("adam", np.float32(0.5)), {"name": "adam", "rate": 0.5}),
        (Layer(64), {"layerSize": 64}),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (b"\x00\xff", "AP8="),
        (Decimal("0.10"), "0.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (OrderedDict(b=1, a={"c": None}), {"b": 1, "a": {"c": None}}),
        ({(1, 2): 1, Colour.RED: 2, np.int64(5): 3, None: 4}, {"(1, 2)": 1, "red": 2, 5: 3, None: 4}),
        (math.inf, math.inf),
    ],
)
def test_values_become_plain(value: object, plain: object) -> None:
    converted = to_plain(value)

    assert converted == plain
    assert type(converted) is type(plain)


def test_anything_else_becomes_its_text() -> None:
    class Thing:
        def __str__(self) -> str:
            return "a thing"

    assert to_plain({"x": Thing(), "y": int}) == {"x": "a thing", "y": "<class 'int'>"}


def test_a_value_that_contains_itself_is_refused_with_the_place() -> None:
    inner: dict[str, Any] = {}
    inner["parents"] = [inner]

    with pytest.raises(InvalidArgument, match=r"contains itself at 'config\.parents\[0\]'"):
        to_plain({"config": inner})


def test_one_value_in_two_places_is_no_circle() -> None:
    shared = [1]

    assert to_plain({"a": shared, "b": shared}) == {"a": [1], "b": [1]}


def test_nesting_ends_at_a_depth() -> None:
    value: list[Any] = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    to_plain(value)

    with pytest.raises(InvalidArgument, match="nested deeper than 200"):
        to_plain([value])


def test_two_keys_written_alike_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="two keys of 'a' are both written '1'"):
        to_plain({"a": {1: "x", "1": "y"}})


def test_an_integer_too_large_to_write_is_refused() -> None:
    assert to_plain(2**100) == 2**100
    with pytest.raises(InvalidArgument, match="too large"):
        to_plain({"n": 1 << 20_000})
