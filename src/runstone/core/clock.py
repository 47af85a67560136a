"""The wall clock in the unit the store keeps: Unix milliseconds."""

from __future__ import annotations

import time
from datetime import datetime, timezone


def now_ms() -> int:
    """Return the present time in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def to_datetime(timestamp_ms: int) -> datetime:
    """Convert Unix milliseconds to an aware UTC datetime."""
    return datetime.fromtimestamp(timestamp_ms / 1000, tz=timezone.utc)


def from_datetime(moment: datetime) -> int:
    """Convert a datetime to Unix milliseconds; a naive one is taken as local time."""
    return round(moment.timestamp() * 1000)
