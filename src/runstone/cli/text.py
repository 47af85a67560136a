"""Values as text for people, and text that others wrote made fit for a terminal."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from runstone.core.clock import now_ms
from runstone.core.entities import ParamValue, param_text

SHORT_ID = 8
"""The last digits of a run id are random, where the first are the time: they tell runs of one minute apart."""

_BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_COLORS = re.compile(r"(\x1b\[[0-9;:]*m)")
_JOINERS = "\u200c\u200d"
"""Without a width of their own, and steering nothing: they join the parts of an emoji, and letters of some scripts."""


def clean(text: str) -> str:
    """Return text in which nothing can steer the terminal: control characters are written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character in _JOINERS else _escape(character) for character in text
    )


def clean_output(text: str) -> str:
    """Return what a program printed, of many lines, in which only colours steer the terminal."""
    parts = _COLORS.split(text.replace("\r\n", "\n"))
    # Every second part is a colour.
    parts[::2] = [
        "\n".join("\t".join(map(clean, line.split("\t"))) for line in part.split("\n")) for part in parts[::2]
    ]
    return "".join(parts)


def _escape(character: str) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character) or character.encode(
        "unicode_escape", "surrogatepass"
    ).decode("ascii")


def width(text: str) -> int:
    """Return how many columns of a terminal clean text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character in _JOINERS or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, columns: int) -> str:
    """Return clean text in at most so many columns, its end cut by ``…``."""
    if width(text) <= columns:
        return text
    shown = text[: max(columns - 1, 0)]
    while width(shown) > columns - 1:
        shown = shown[:-1]
    return shown + "…"


def short_id(run_id: str) -> str:
    """Return the digits that tell a run from its neighbours."""
    return run_id[-SHORT_ID:]


def number(value: float) -> str:
    """Return a metric's value in five significant digits; a whole number as such."""
    if not math.isfinite(value):
        return str(value)
    if abs(value) < 1e9 and value == int(value):
        return f"{value:.0f}"
    if 1e5 <= abs(value) < 1e9:
        return f"{value:.0f}"
    return f"{value:.5g}"


def param(value: ParamValue) -> str:
    """Return a param's value, clean; a float in the digits that it needs."""
    return clean(param_text(value))


def count(items: int | Sequence[object], noun: str, plural: str | None = None) -> str:
    """Return ``1 run`` or ``2,000 runs``."""
    how_many = items if isinstance(items, int) else len(items)
    return f"{how_many:,} {noun if how_many == 1 else plural or noun + 's'}"


def size(size_bytes: int) -> str:
    """Return a number of bytes with a unit: ``3.4 MiB``."""
    amount = float(size_bytes)
    for unit in _BYTES:
        if amount < 1024 or unit == _BYTES[-1]:
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"


def duration(milliseconds: int) -> str:
    """Return how long something took, in the two largest units."""
    seconds = max(milliseconds, 0) / 1000
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600:02d} h"


def ago(timestamp_ms: int, now: int | None = None) -> str:
    """Return a moment as people speak of it; one longer than a month past as its day."""
    seconds = ((now_ms() if now is None else now) - timestamp_ms) / 1000
    if seconds < -60 or seconds >= 31 * 86_400:
        return moment(timestamp_ms)[:10]
    if seconds < 10:
        return "just now"
    if seconds < 60:
        return f"{int(seconds)} s ago"
    if seconds < 3600:
        return f"{int(seconds / 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds / 3600)} h ago"
    days = int(seconds / 86_400)
    return "yesterday" if days == 1 else f"{days} days ago"


def moment(timestamp_ms: int) -> str:
    """Return a moment exactly, in local time."""
    local = _local(timestamp_ms)
    return f"{timestamp_ms} ms" if local is None else local.strftime("%Y-%m-%d %H:%M:%S %z")


def iso_moment(timestamp_ms: int) -> str:
    """Return a moment exactly, in local time and one word: ``2026-01-31T12:00:00+01:00`` (ISO 8601)."""
    local = _local(timestamp_ms)
    return f"{timestamp_ms}ms" if local is None else local.isoformat(timespec="seconds")


def _local(timestamp_ms: int) -> datetime | None:
    """Return a moment in local time, or None if it is beyond what the calendar has."""
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
