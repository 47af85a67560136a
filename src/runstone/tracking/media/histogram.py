"""Histograms of arrays: counted once when logged, kept as a small JSON file."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from runstone.core.errors import InvalidArgument
from runstone.tracking.media.arrays import to_array
from runstone.tracking.media.encoded import clip, type_name

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MAX_BINS = 10_000


class Histogram(NamedTuple):
    """How many values lie in each bin.

    ``edges`` has one more entry than ``counts``; bin ``i`` is ``edges[i] <= value < edges[i + 1]``, and the
    last one holds its right edge too. Values that are no finite numbers are counted apart.
    """

    edges: list[float]
    counts: list[float]
    nan: int = 0
    inf: int = 0
    neg_inf: int = 0


def histogram(values: object = None, bins: int = 64, *, np_histogram: object = None) -> Histogram:
    """Count values in bins of equal width between the least and the greatest finite one.

    Args:
        values: An array, tensor or nested list of numbers, of any shape; empty is fine.
        bins: How many bins, 1 to 10,000. Fewer come back where floats are too coarse for so many.
        np_histogram: Instead of values: what ``numpy.histogram`` returned, ``(counts, edges)``.

    Raises:
        InvalidArgument: Both or none of values and np_histogram, or one of the wrong type or shape.
    """
    if (values is None) == (np_histogram is None):
        raise InvalidArgument("give either values or np_histogram=(counts, edges)", field="values")
    if np_histogram is not None:
        return _precomputed(np_histogram)
    if isinstance(bins, bool) or not hasattr(bins, "__index__") or not 1 <= bins.__index__() <= MAX_BINS:
        raise InvalidArgument(f"bins must be an int from 1 to {MAX_BINS}, not {str(bins)[:80]}", field="bins")
    return _count(to_array(values, field="values"), bins.__index__())


def encode_histogram(histogram: Histogram) -> bytes:
    """Write a histogram as JSON: ``{"_type": "histogram", "bins": edges, "counts": counts, "nan": 0, …}``."""
    fields = {"_type": "histogram", "bins": histogram.edges, "counts": histogram.counts}
    missing = {"nan": histogram.nan, "inf": histogram.inf, "neg_inf": histogram.neg_inf}
    return json.dumps({**fields, **missing}, allow_nan=False, separators=(",", ":")).encode("ascii")


def decode_histogram(data: bytes) -> Histogram:
    """Read what :func:`encode_histogram` wrote.

    Raises:
        InvalidArgument: The bytes are not such a file.
    """
    try:
        fields = json.loads(data)
    except ValueError as error:
        raise InvalidArgument(f"not a histogram file: {error}") from error
    if not isinstance(fields, dict) or fields.get("_type") != "histogram":
        raise InvalidArgument("not a histogram file: its _type is not 'histogram'")
    edges, counts = _checked(fields.get("bins"), fields.get("counts"))
    missing = [fields.get(name, 0) for name in ("nan", "inf", "neg_inf")]
    if not all(type(count) is int and count >= 0 for count in missing):
        raise InvalidArgument("not a histogram file: nan, inf and neg_inf have to be counts")
    return Histogram(edges, counts, *missing)


def _count(array: npt.NDArray[Any], bins: int) -> Histogram:
    import numpy as np

    flat = array.reshape(-1).astype(np.float64)
    finite = flat[np.isfinite(flat)]
    nan, inf = int(np.isnan(flat).sum()), int((flat == np.inf).sum())
    neg_inf = flat.size - finite.size - nan - inf
    counts, edges = _numpy_histogram(finite, bins)
    return Histogram([float(edge) for edge in edges], [int(n) for n in counts], nan, inf, neg_inf)


def _numpy_histogram(finite: npt.NDArray[np.float64], bins: int) -> tuple[Any, Any]:
    import numpy as np

    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if math.isfinite(high - low):
        try:
            with np.errstate(over="raise"):
                return np.histogram(finite, bins=bins)
        except (ValueError, FloatingPointError):
            pass  # more bins than there are floats between low and high, or edges beyond the greatest float
    fractions = np.linspace(0, 1, bins + 1)
    edges = np.unique(np.concatenate([[low], low * (1 - fractions[1:-1]) + high * fractions[1:-1], [high]]))
    if edges.size == 1:
        greatest = np.finfo(np.float64).max
        edges = np.array([np.nextafter(low, -greatest), np.nextafter(high, greatest)])
        if edges[0] == edges[1]:
            edges = np.sort([low, np.nextafter(low, 0.0)])
    return np.histogram(finite, bins=edges)


def _precomputed(pair: object) -> Histogram:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise InvalidArgument(
            f"np_histogram must be a pair (counts, edges) as numpy.histogram returns it, not {type_name(pair)}",
            field="np_histogram",
        )
    counts, edges = (to_array(part, field="np_histogram").tolist() for part in pair)
    return Histogram(*_checked(edges, counts))


def _checked(edges: object, counts: object) -> tuple[list[float], list[float]]:
    if not _are_numbers(edges) or not _are_numbers(counts) or len(edges) != len(counts) + 1 or not counts:
        raise InvalidArgument(
            "a histogram has counts (at least one) and one edge more than counts; "
            f"these are {clip(repr(counts))} and {clip(repr(edges))}",
            field="np_histogram",
        )
    if any(a >= b for a, b in pairwise(edges)):
        raise InvalidArgument("a histogram's edges have to grow", field="np_histogram")
    if any(count < 0 for count in counts):
        raise InvalidArgument("a histogram's counts cannot be negative", field="np_histogram")
    whole = [int(count) if float(count).is_integer() else float(count) for count in counts]
    return [float(edge) for edge in edges], whole


def _are_numbers(values: object) -> TypeGuard[Sequence[float]]:
    return isinstance(values, list) and all(
        isinstance(value, (int, float)) and math.isfinite(value) for value in values
    )
