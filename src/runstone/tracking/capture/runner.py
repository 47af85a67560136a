"""Running the parts of the capture, so that none of them can do harm."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import TypeVar

from runstone.tracking.capture.captured import Captured

_log = logging.getLogger("runstone")

T = TypeVar("T")


def capture_fast(parts: Collection[str]) -> dict[str, str]:
    """Return the tags that are known at once; under a millisecond."""
    if "source" not in parts:
        return {}

    from runstone.tracking.capture.source import capture_source

    return _guarded("source", capture_source, {})


def capture_slow(parts: Collection[str]) -> Captured:
    """Return what takes longer: code, environment, hardware."""
    tags: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, part in _slow_parts(parts):
        captured = _guarded(name, part, Captured({}, {}))
        tags.update(captured.tags)
        files.update(captured.files)
    return Captured(tags, files)


def _slow_parts(parts: Collection[str]) -> list[tuple[str, Callable[[], Captured]]]:
    chosen: list[tuple[str, Callable[[], Captured]]] = []
    if "code" in parts:
        from runstone.tracking.capture.code import capture_code

        chosen.append(("code", capture_code))
    if "environment" in parts:
        from runstone.tracking.capture.environment import capture_environment

        chosen.append(("environment", capture_environment))
    if "hardware" in parts:
        from runstone.tracking.capture.hardware import capture_hardware

        chosen.append(("hardware", capture_hardware))
    return chosen


def _guarded(name: str, part: Callable[[], T], otherwise: T) -> T:
    """The rim: whatever a part raises costs a warning, never the run."""
    try:
        return part()
    except Exception as error:  # noqa: BLE001
        _log.warning("the %s of this run could not be captured: %s: %s", name, type(error).__name__, error)
        return otherwise
