"""Dates and times in filters, as Unix milliseconds.

``datetime.fromisoformat`` is not used: what it accepts differs between Python 3.10 and 3.11.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_AGO = re.compile(r"(?:-\s*([0-9]{1,9})\s*([a-z]+)|([0-9]{1,9})\s*([a-z]+)\s+ago)")
_DAY_MS = 86_400_000
# Spelled out: cutting off a plural's "s" would read "5ms" as five minutes.
_UNITS_MS = {
    unit: size
    for units, size in (
        ("s sec secs second seconds", 1000),
        ("m min mins minute minutes", 60_000),
        ("h hr hrs hour hours", 3_600_000),
        ("d day days", _DAY_MS),
        ("w week weeks", 7 * _DAY_MS),
    )
    for unit in units.split()
}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_ms(text: str, clock: Callable[[], int]) -> int:
    """Convert a date to Unix milliseconds.

    Args:
        text: ``2026-01-31``, ``2026-01-31 13:45:10.5`` or with ``T`` and an offset (``Z``, ``+02:00``), all
            UTC unless they say otherwise, a date alone being its first moment; or ``now``, ``today``,
            ``yesterday`` (their first moments in UTC), ``7 days ago``, ``-24h``.
        clock: Gives the present in Unix milliseconds; called for relative dates only.

    Raises:
        ValueError: The text is none of these, or a day that no calendar has; the message says which.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text):
        return _from_iso(*match.groups())
    word = text.lower()
    if word == "now":
        return clock()
    if word in ("today", "yesterday"):
        now = clock()
        return now - now % _DAY_MS - (_DAY_MS if word == "yesterday" else 0)
    if match := _AGO.fullmatch(word):
        count, unit = match[1] or match[3], match[2] or match[4]
        size = _UNITS_MS.get(unit)
        if size is None:
            raise ValueError(f"{unit!r} is no unit of time; there are seconds, minutes, hours, days and weeks")
        return clock() - int(count) * size
    raise ValueError("not a date; write '2026-01-31', '2026-01-31T13:45:00+02:00', '7 days ago' or '-24h'")


def _from_iso(
    year: str,
    month: str,
    day: str,
    hour: str | None,
    minute: str | None,
    second: str | None,
    fraction: str | None,
    offset: str | None,
) -> int:
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=timezone.utc,
        )
        shift = _offset_ms(offset or "Z")
    except ValueError as error:
        raise ValueError(f"no such date: {error}") from None
    whole = (moment - _EPOCH) // timedelta(milliseconds=1)
    return whole + int((fraction or "").ljust(3, "0")[:3]) - shift


def _offset_ms(offset: str) -> int:
    if offset in ("Z", "z"):
        return 0
    digits = offset[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("an offset is at most 23:59")
    return (hours * 60 + minutes) * 60_000 * (-1 if offset[0] == "-" else 1)
