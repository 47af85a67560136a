from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.dicts import encode_dict
from runstone.tracking.media.plain import MAX_DEPTH

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=15,
)


@pytest.mark.parametrize("name", ["config.json", "config", "a.b/config.txt", "x" * 10_000])
def test_other_names_than_yaml_are_json(name: str) -> None:
    assert encode_dict({"rate": 0.1, "naïve": [1, None]}, name) == (
        '{\n  "rate": 0.1,\n  "naïve": [\n    1,\n    null\n  ]\n}'.encode()
    )


@pytest.mark.parametrize("name", ["config.yaml", "dir/config.YML"])
def test_yaml_by_extension(name: str) -> None:
    assert encode_dict({"rate": 0.1, "layers": [1, 2]}, name) == b"rate: 0.1\nlayers:\n  - 1\n  - 2\n"


@given(st.dictionaries(st.text(), trees) | st.lists(trees))
def test_json_reads_back_as_it_was(value: Any) -> None:
    assert json.loads(encode_dict(value, "x.json")) == value


def test_nan_and_infinities_are_kept() -> None:
    read = json.loads(encode_dict({"nan": math.nan, "inf": -math.inf}, "x.json"))

    assert math.isnan(read["nan"])
    assert read["inf"] == -math.inf


def test_lone_surrogates_are_kept() -> None:
    assert json.loads(encode_dict({"\ud800": "\udcff"}, "x.json")) == {"\ud800": "\udcff"}


@pytest.mark.parametrize("name", ["x.json", "x.yaml"])
def test_the_deepest_nesting_that_is_allowed_can_be_written(name: str) -> None:
    value: dict[str, Any] = {}
    for _ in range(MAX_DEPTH - 1):
        value = {"k": value}

    assert encode_dict(value, name).count(b"k") == MAX_DEPTH - 1


def test_a_dictionary_that_contains_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value["self"] = value

    with pytest.raises(InvalidArgument, match="contains itself at 'self'"):
        encode_dict(value, "x.json")


@pytest.mark.parametrize("value", [None, 3, "text", {1, 2}, dict, object()])
def test_what_is_no_dictionary_is_refused_with_what_is_accepted(value: object) -> None:
    with pytest.raises(InvalidArgument, match="must be a dict, list, dataclass or msgspec Struct, not"):
        encode_dict(value, "x.json")
