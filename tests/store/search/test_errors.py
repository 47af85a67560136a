from __future__ import annotations

import pytest

from runstone.store.search.errors import Text, did_you_mean


@pytest.mark.parametrize("position", [0, 1, 35, 36, 37, 150, 263, 299, 300])
def test_the_caret_stands_under_its_character(position: int) -> None:
    text = "".join(chr(ord("A") + index % 26) for index in range(300))

    _, line, caret = Text(text).mistake(position, "wrong").message.split("\n")

    assert len(line) <= 4 + 72 + 2
    assert (line + " ")[caret.index("^")] == (text + " ")[position] or position == 300
    assert line.startswith("    …") is (position > 36)
    assert line.endswith("…") is (position < 264)


def test_an_empty_text_has_a_place_too() -> None:
    assert Text("", "order_by[0]").mistake(0, "empty").message == "order_by[0], character 1: empty\n    \n    ^"


def test_what_cannot_be_printed_is_replaced_one_for_one() -> None:
    message = Text("a\n\t\udc80\x07b").mistake(5, "found \udc80").message

    assert message == "filter, character 6: found \ufffd\n    a  \ufffd\ufffdb\n         ^"


def test_a_near_word_is_suggested_and_a_far_one_is_not() -> None:
    assert did_you_mean("Statsu", ["status", "name"]) == "; did you mean 'status'?"
    assert did_you_mean("zz", ["status", "name"]) == ""
