"""Params: typed, immutable settings."""

from __future__ import annotations

import math
from typing import Any

from msgspec import Struct

ParamValue = bool | int | float | str | list[Any] | None


class Param(Struct, frozen=True):
    """A setting as MLflow sees it: text under a key."""

    key: str
    value: str


def param_text(value: ParamValue) -> str:
    """Return a param as text, as MLflow's clients see it."""
    return value if type(value) is str else str(value)


def param_number(value: ParamValue) -> float | None:
    """Return a param as the number search compares it by, or None if it is not one.

    Text that reads as a decimal number counts, since MLflow clients send every param as text.
    """
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float, str)):
        if isinstance(value, str) and (len(value) > 64 or "_" in value):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return None if math.isnan(number) else number
    return None
