"""Which lifecycle stages a listing shows."""

from __future__ import annotations

from enum import IntEnum


class ViewType(IntEnum):
    """Active things, deleted things, or both (the numbers are MLflow's)."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3
