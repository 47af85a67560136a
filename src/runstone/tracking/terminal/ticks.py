"""Where an axis has its ticks, and how numbers are written beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
# From here on a tick is written with a suffix (20k), from there on with an exponent.
_SUFFIXED = 10_000
_HUGE = 1e15
_TINY = 1e-4
_LARGEST = 1.7e308


def linear_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return at most so many round numbers, evenly spaced, from low to high.

    Args:
        low: The axis' lower end.
        high: Its upper end, above low.
        most: How many ticks have room.
        whole: Integers only.
    """
    span = high / 2 - low / 2  # half of it, since the whole may overflow
    # A hair wider, since 0.4 as a float is a little more than the tick 0.4.
    start, end = max(low - span * 1e-9, -_LARGEST), min(high + span * 1e-9, _LARGEST)
    exponent = math.floor(math.log10(span)) - 3 if span > 0 else -327
    while exponent <= 309:
        for mantissa in (10, 20, 25, 50):
            # As a ratio of integers, so that 3 steps of 0.1 are 0.3 and not 0.30000000000000004.
            top, bottom = (mantissa * 10 ** max(exponent, 0), 10 ** max(-exponent, 0) * 10)
            if whole and top % bottom:
                continue
            first, last = -_floor_ratio(-start, top, bottom), _floor_ratio(end, top, bottom)
            if 0 <= last - first < most:
                return [i * top / bottom for i in range(first, last + 1)]
            if last < first:
                return []
        exponent += 1
    return []


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return powers of ten from low to high, with their 2- and 5-fold where there is room."""
    exponents = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    for mantissas in ((1, 2, 5), (1,)):
        decades = range(exponents.start - 1, exponents.stop + 1)
        ticks = [float(f"{m}e{e}") for e in decades for m in mantissas]
        ticks = [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
        if 2 <= len(ticks) <= most:
            return ticks
    if len(exponents) > most:
        every = -(-len(exponents) // most)
        return [float(f"1e{e}") for e in exponents if e % every == 0]
    return linear_ticks(low, high, most)


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """Write the ticks of a linear axis alike: as many decimals, the same suffix or exponent."""
    biggest = max((abs(tick) for tick in ticks), default=0.0)
    if biggest == 0:
        return ["0" for _ in ticks]
    if biggest >= _HUGE or biggest < _TINY:
        return [_exponential(tick) for tick in ticks]
    if biggest >= _SUFFIXED:
        unit, suffix = next((unit, suffix) for unit, suffix in _SUFFIXES if biggest >= unit)
        decimals = _decimals([tick / unit for tick in ticks], 3)
        if decimals is not None:
            return [f"{tick / unit:.{decimals}f}{suffix}" if tick else "0" for tick in ticks]
    decimals = _decimals(ticks, 12)
    return [f"{tick:,.{12 if decimals is None else decimals}f}" if tick else "0" for tick in ticks]


def short_number(value: float) -> str:
    """Write one number in four digits or few more: ``0.1234``, ``1500``, ``20k``, ``3.2e-5``."""
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if size == 0:
        return "0"
    if size >= _HUGE or size < _TINY:
        return _exponential(value)
    if size >= _SUFFIXED:
        rounded = float(f"{size:.4g}")  # 999,999 is 1M, not 1000k
        unit, suffix = next((unit, suffix) for unit, suffix in _SUFFIXES if rounded >= unit)
        return f"{value / unit:.4g}{suffix}"
    return f"{value:.4g}" if value % 1 else f"{value:.0f}"


def step_text(step: float) -> str:
    """Write a step in full if it is an integer of a readable size."""
    return f"{step:,.0f}" if step.is_integer() and abs(step) < _HUGE else short_number(step)


def _exponential(value: float) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def _decimals(values: Sequence[float], most: int) -> int | None:
    """Return the fewest decimals that write all values exactly enough to tell them apart."""
    spacing = min((abs(b - a) for a, b in pairwise(values)), default=abs(values[0]))
    tolerance = (spacing or abs(values[0])) * 1e-3
    return next((d for d in range(most + 1) if all(abs(round(v, d) - v) <= tolerance for v in values)), None)


def _floor_ratio(value: float, top: int, bottom: int) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * bottom // (denominator * top)
