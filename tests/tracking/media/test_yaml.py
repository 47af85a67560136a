from __future__ import annotations

import math
from typing import Any

import pytest

from runstone.tracking.media.yaml import yaml_text


def test_mappings_and_lists_nest_in_block_style() -> None:
    tree = {"model": {"layers": [{"size": 64, "act": "relu"}, [1, [2]]], "tags": [], "extra": {}}, "seed": 1}

    assert yaml_text(tree) == (
        "model:\n  layers:\n    - size: 64\n      act: relu\n    - - 1\n      - - 2\n  tags: []\n  extra: {}\nseed: 1\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e20, "1.0e+20"),
        (2.5e-7, "2.5e-07"),
        (math.nan, ".nan"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_scalars(value: Any, text: str) -> None:
    assert yaml_text(value) == text + "\n"


@pytest.mark.parametrize("text", ["adam", "train/loss", "val_acc", "a b", "resnet-50.v2"])
def test_words_stand_bare(text: str) -> None:
    assert yaml_text(text) == text + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "No",
        "null",
        "NaN",
        "1",
        "1e3",
        "0x1F",
        "12:30",
        "2024-01-01",
        "- a",
        "a: b",
        "#c",
        " a",
        "a ",
        "~",
        "a  b",
        "*x",
        "&x",
        "!x",
        "?",
        "<<",
        "=",
        ".5",
        "é",
    ],
)
def test_text_that_a_reader_could_take_for_something_else_is_quoted(text: str) -> None:
    assert yaml_text(text) == f'"{text}"\n'


def test_quoted_text_escapes_what_yaml_cannot_hold() -> None:
    assert yaml_text('a"b\\c\n\t\x00\x85\u2028\ufeff\ud800') == (
        '"a\\"b\\\\c\\n\\t\\u0000\\u0085\\u2028\\ufeff\\ud800"\n'
    )


def test_keys_are_written_as_scalars_and_long_ones_are_marked() -> None:
    assert yaml_text({1: "a", "1": "b", None: "c"}) == '1: a\n"1": b\nnull: c\n'
    assert yaml_text({"k" * 2000: {"a": 1}, "b": 2}) == f"? {'k' * 2000}\n:\n  a: 1\nb: 2\n"
