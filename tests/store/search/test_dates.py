from __future__ import annotations

from datetime import datetime, timezone

import pytest

from runstone.store.search.dates import to_ms

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


def clock() -> int:
    return int(NOW.timestamp()) * 1000


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=timezone.utc).timestamp()) * 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", 0),
        ("2026-01-31", ms(2026, 1, 31)),
        (" 2026-01-31 ", ms(2026, 1, 31)),
        ("2026-01-31T13:45", ms(2026, 1, 31, 13, 45)),
        ("2026-01-31 13:45:10", ms(2026, 1, 31, 13, 45, 10)),
        ("2026-01-31T13:45:10.5Z", ms(2026, 1, 31, 13, 45, 10) + 500),
        ("2026-01-31T13:45:10,123999999", ms(2026, 1, 31, 13, 45, 10) + 123),
        ("2026-01-31T13:45:10+02:00", ms(2026, 1, 31, 11, 45, 10)),
        ("2026-01-31t13:45-0330", ms(2026, 1, 31, 17, 15)),
        ("2026-01-31 13:45 +02", ms(2026, 1, 31, 11, 45)),
        ("1969-12-31T23:59:59.001", -999),
        ("0001-01-01T00:00+14:00", -62_135_596_800_000 - 14 * 3_600_000),
        ("9999-12-31T23:59:59-14:00", 253_402_300_799_000 + 14 * 3_600_000),
        ("now", ms(2026, 3, 4, 5, 6, 7)),
        ("today", ms(2026, 3, 4)),
        ("Yesterday", ms(2026, 3, 3)),
        ("7 days ago", ms(2026, 2, 25, 5, 6, 7)),
        ("1 day ago", ms(2026, 3, 3, 5, 6, 7)),
        ("-24h", ms(2026, 3, 3, 5, 6, 7)),
        ("- 7 s", ms(2026, 3, 4, 5, 6)),
        ("-6mins", ms(2026, 3, 4, 5, 0, 7)),
        ("1w ago", ms(2026, 2, 25, 5, 6, 7)),
    ],
)
def test_dates(text: str, expected: int) -> None:
    assert to_ms(text, clock) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-02-30", "no such date"),
        ("2026-13-01", "no such date"),
        ("2026-01-01T24:00", "no such date"),
        ("2026-01-01T00:00+25:00", "no such date"),
        ("0000-01-01", "no such date"),
        ("2026", "not a date"),
        ("2026-01", "not a date"),
        ("20260101", "not a date"),
        ("2026-01-01T", "not a date"),
        ("1700000000000", "not a date"),
        ("٢٠٢٦-٠١-٠١", "not a date"),
        ("7 days", "not a date"),
        ("", "not a date"),
        ("3 months ago", "'months' is no unit"),
        ("-5ms", "'ms' is no unit"),
    ],
)
def test_what_is_no_date(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        to_ms(text, clock)
