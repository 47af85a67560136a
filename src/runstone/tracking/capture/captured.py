"""What a part of the capture returns, and how one that failed is reported."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

_log = logging.getLogger("runstone")
_reported: set[str] = set()


class Captured(NamedTuple):
    """Tags of the run, and files by their path among its artifacts."""

    tags: dict[str, str]
    files: dict[str, bytes]


def to_json(value: Any) -> bytes:
    """Return a value as JSON that people can read."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def report_failure(part: str, error: BaseException) -> None:
    """Log that a part failed: once in a process, however many runs it has."""
    if part not in _reported:
        _reported.add(part)
        _log.warning("capture of %s failed: %s: %s; the run goes on without it", part, type(error).__name__, error)
