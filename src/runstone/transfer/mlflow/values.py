"""Values as MLflow's API writes them."""

from __future__ import annotations

import math


def number_text(value: float) -> float | str:
    """Return a number, or the text that stands for one that JSON has none for."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
