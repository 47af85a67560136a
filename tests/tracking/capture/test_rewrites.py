"""Collapsed text leaves a terminal as the whole text would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.tracking.capture.rewrites import collapse

_MOVES = st.sampled_from(["\n", "\r", "\x1b[A\r", "\x1b[2A\r", "\r\x1b[2K", "\r\n"])
# All of one width: a shorter rewrite leaves the end of a longer one standing, which is not followed.
_TEXT = st.lists(st.one_of(_MOVES, st.text("abc", min_size=3, max_size=3)), max_size=30).map(
    lambda pieces: "".join(f"\r{piece}" if piece.isalpha() else piece for piece in pieces)
)


def screen(text: str) -> tuple[list[str], int]:
    """A terminal of endless size: its lines, and the line that the cursor is on, counted from where it was first."""
    lines = {0: ""}
    row = column = index = 0
    while index < len(text):
        if text[index] == "\n":
            row, column = row + 1, 0
        elif text[index] == "\r":
            column = 0
        elif text[index] == "\x1b":
            end = next(at for at in range(index, len(text)) if text[at] in "AK")
            if text[end] == "A":
                row -= int(text[index + 2 : end] or 1)
            else:
                lines[row] = ""
            index = end
        else:
            line = lines.get(row, "").ljust(column)
            lines[row] = line[:column] + text[index] + line[column + 1 :]
            column += 1
        index += 1
    return [lines.get(at, "") for at in range(min(lines), max(lines) + 1) if lines.get(at)], row


@given(_TEXT)
def test_the_screen_is_the_same(text: str) -> None:
    assert screen(collapse(text)) == screen(text)


@given(_TEXT, _TEXT)
def test_batches_one_after_another_leave_the_same_screen(first: str, second: str) -> None:
    assert screen(collapse(first) + collapse(second)) == screen(first + second)


@given(_TEXT)
def test_collapsing_again_changes_nothing(text: str) -> None:
    once = collapse(text)

    assert collapse(once) == once


@given(st.text(st.characters(blacklist_characters="\r\x1b")))
def test_text_without_rewrites_stays(text: str) -> None:
    assert collapse(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\r 10%\r 20%\r 30%", "\r 30%"),
        ("start\r 10%\r100%\ndone\n", "\r100%\ndone\n"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("\x1b[31mred\x1b[0m\n", "\x1b[31mred\x1b[0m\n"),
        ("half\r", "half\r"),
        ("\rone\n\rtwo\x1b[A\rONE\n\rTWO\x1b[A", "\rONE\n\rTWO\x1b[1A"),
        ("a\nb\n\x1b[2A\x1b[2KA\n\x1b[2KB\n", "\x1b[2KA\n\r\x1b[2KB\n"),
    ],
)
def test_what_progress_bars_write(text: str, expected: str) -> None:
    assert collapse(text) == expected


def test_two_hundred_updates_of_a_bar_are_one() -> None:
    text = "".join(f"\r{percent:3}%|{'█' * (percent // 10)}" for percent in range(200))

    assert collapse(text) == "\r199%|" + "█" * 19
