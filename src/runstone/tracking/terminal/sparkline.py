"""A series in one line of text."""

from __future__ import annotations

import math
from collections.abc import Iterable

_BARS = "▁▂▃▄▅▆▇█"
_LEVEL = _BARS[3]
_NOT_FINITE = "·"


def sparkline(values: Iterable[float], width: int | None = None) -> str:
    """Draw values as bars of eight heights, ``▂▅█▃``.

    Args:
        values: Numbers; NaN and infinities show as ``·``.
        width: The most characters to use. More values are averaged in groups, fewer not stretched.

    Returns:
        One character a value or group; all of middle height if the values are equal; empty if there are none.
    """
    heights = [float(value) for value in values]
    if width is not None and len(heights) > width:
        heights = _grouped(heights, max(width, 1))
    finite = [height for height in heights if math.isfinite(height)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_bar(height, low, high) for height in heights)


def _bar(height: float, low: float, high: float) -> str:
    if not math.isfinite(height):
        return _NOT_FINITE
    # Halved, since the difference of two large numbers may overflow.
    span = high / 2 - low / 2
    if span == 0:
        return _LEVEL
    fraction = (height / 2 - low / 2) / span
    return _BARS[min(int(fraction * len(_BARS)), len(_BARS) - 1)]


def _grouped(heights: list[float], groups: int) -> list[float]:
    bounds = [len(heights) * i // groups for i in range(groups + 1)]
    return [_mean(heights[bounds[i] : bounds[i + 1]]) for i in range(groups)]


def _mean(heights: list[float]) -> float:
    finite = [height for height in heights if math.isfinite(height)]
    return sum(height / len(finite) for height in finite) if finite else math.nan
