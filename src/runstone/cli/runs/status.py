"""The state of a run in a word."""

from __future__ import annotations

from runstone.cli.table import Cell
from runstone.core.clock import now_ms
from runstone.core.entities import RunInfo

_STYLES = {"RUNNING": "cyan", "SCHEDULED": "blue", "FINISHED": "green", "FAILED": "red", "KILLED": "yellow"}


def status_cell(info: RunInfo) -> Cell:
    """Return a run's state, with how it came about where the word alone would mislead."""
    word: str = info.status
    if info.status == "FAILED" and (info.status_reason or "").startswith("lost"):
        word = "FAILED (lost)"
    if info.lifecycle_stage == "deleted":
        word += " (deleted)"
    return Cell(word, _STYLES.get(info.status, ""))


def duration_ms(info: RunInfo) -> int | None:
    """Return how long a run took, or has been running; None for one that ended nobody knows when."""
    if info.end_time is not None:
        return info.end_time - info.start_time
    return now_ms() - info.start_time if info.status == "RUNNING" else None
