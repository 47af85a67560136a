from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.core.flatten import flatten

trees = st.recursive(
    st.integers(),
    lambda children: st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=2), children, max_size=3),
    max_leaves=10,
)


def test_nested_keys_are_joined_by_the_separator() -> None:
    values = {"optimizer": {"name": "adam", "betas": {"first": 0.9}}, "seed": 1}

    assert flatten(values, ".") == {"optimizer.name": "adam", "optimizer.betas.first": 0.9, "seed": 1}
    assert flatten({"train": {"loss": 0.5}}, "/") == {"train/loss": 0.5}


def test_keys_that_are_no_text_become_text() -> None:
    assert flatten({1: {2.5: "a", None: "b"}}, ".") == {"1.2.5": "a", "1.None": "b"}


def test_an_empty_mapping_vanishes_and_a_list_stays_a_value() -> None:
    assert flatten({"a": {}, "b": [{"c": 1}]}, ".") == {"b": [{"c": 1}]}


def test_order_is_kept() -> None:
    assert list(flatten({"b": {"z": 1, "a": 2}, "a": 3}, ".")) == ["b.z", "b.a", "a"]


@pytest.mark.parametrize("values", [{"a": {"b": 1}, "a.b": 2}, {"a.b": 2, "a": {"b": 1}}, {1: "x", "1": "y"}])
def test_two_values_for_one_key_are_an_error_that_names_it(values: dict[object, object]) -> None:
    with pytest.raises(InvalidArgument, match="two values for the key") as caught:
        flatten(values, ".")

    assert caught.value.field in ("a.b", "1")


def test_a_mapping_that_contains_itself_is_an_error() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless

    with pytest.raises(InvalidArgument, match="nested deeper than 64"):
        flatten(endless, ".")


def test_sixty_four_levels_are_allowed() -> None:
    values: dict[str, object] = {"leaf": 1}
    for _ in range(64):
        values = {"x": values}

    assert list(flatten(values, ".")) == [".".join(["x"] * 64 + ["leaf"])]


@given(st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=2), trees, max_size=4))
def test_every_leaf_is_found_by_its_path(values: dict[str, object]) -> None:
    def leaf(path: str) -> object:
        node: object = values
        for part in path.split("."):
            assert isinstance(node, dict)
            node = node[part]
        return node

    def count(node: object) -> int:
        return sum(map(count, node.values())) if isinstance(node, dict) else 1

    flat = flatten(values, ".")

    assert {path: leaf(path) for path in flat} == flat
    assert len(flat) == count(values)
