from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.cli import text


@given(st.text())
def test_clean_text_is_printable_and_the_same_where_it_was(raw: str) -> None:
    cleaned = text.clean(raw)

    assert cleaned.replace("\u200d", "").replace("\u200c", "").isprintable()
    assert cleaned == raw or not raw.isprintable()


def test_an_emoji_of_several_characters_stays_whole() -> None:
    family = "👩\u200d👧"

    assert text.clean(family) == family
    assert text.width(family) == 4
    assert text.width("❤\ufe0f") == 1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.integers(1, 40))
def test_text_is_cut_to_its_columns(raw: str, columns: int) -> None:
    cut = text.cut(text.clean(raw), columns)

    assert text.width(cut) <= columns


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (0.99999, "0.99999"),
        (12345.678, "12346"),
        (123456.5, "123456"),
        (1e300, "1e+300"),
        (-0.000012345678, "-1.2346e-05"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_have_five_digits(value: float, shown: str) -> None:
    assert text.number(value) == shown


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (200 << 20, "200 MiB"), (1 << 62, "4096 PiB")],
)
def test_sizes_have_a_unit(size_bytes: int, shown: str) -> None:
    assert text.size(size_bytes) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0.0 s"),
        (9_940, "9.9 s"),
        (59_999, "59 s"),
        (61_000, "1 min 01 s"),
        (3_600_000, "1 h 00 min"),
        (90_000_000, "1 d 01 h"),
        (-5, "0.0 s"),
    ],
)
def test_durations_are_in_their_two_largest_units(milliseconds: int, shown: str) -> None:
    assert text.duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "just now"),
        (30, "30 s ago"),
        (90, "1 min ago"),
        (7200, "2 h ago"),
        (86_400, "yesterday"),
        (300_000, "3 days ago"),
    ],
)
def test_moments_are_told_from_now(seconds: int, shown: str) -> None:
    now = 1_700_000_000_000

    assert text.ago(now - seconds * 1000, now) == shown


def test_moments_long_past_or_to_come_are_days() -> None:
    now = 1_700_000_000_000

    assert text.ago(now - 100 * 86_400_000, now) == "2023-08-06"
    assert text.ago(now + 86_400_000, now) == "2023-11-15"
    assert text.moment(2**62) == f"{2**62} ms"
