"""What a column looks like: counts, range, mean, spread, and the values seen most.

Every figure is the same for any order of the rows.  Adding floats is not, so they are added up as integers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runstone.data.arrow_bytes import PER_SECOND
from runstone.data.table import Table, TableColumn

_MAX_DISTINCT = 2_000_000
_CHUNK = 65_536
_TOP = 10
_MAX_TIES = 1_000
_MAX_SHOWN = 100


def table_profile(table: Table) -> list[dict[str, Any]]:
    """Return a summary of each column, as plain JSON values."""
    return [column_profile(column, table.row_count) for column in table.columns]


def column_profile(column: TableColumn, row_count: int) -> dict[str, Any]:
    """Return a summary of one column.

    Returns:
        ``name``, ``type``, ``count`` (present values), ``nulls``; for numbers, times and truth values ``distinct``,
        ``min``, ``max``; for numbers also ``mean``, ``std`` (of a sample) over finite values and, if there are any,
        how many are ``nan`` or ``inf``; for text ``distinct`` and ``top``, the most frequent values with their counts.
    """
    if column.arrow is None:
        nulls = sum(value is None for value in column.objects or ())
        return {"name": column.name, "type": "object", "count": row_count - nulls, "nulls": nulls}
    nulls = column.arrow.null_count
    head = {"name": column.name, "type": str(column.arrow.type), "count": row_count - nulls, "nulls": nulls}
    return head | _figures(column.arrow)


def number_figures(values: NDArray[Any]) -> dict[str, Any]:
    """Return the figures of integers, floats or truth values, whatever their shape."""
    values = values.ravel()
    figures: dict[str, Any] = {}
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        if not finite.all():
            figures = {"nan": int(np.isnan(values).sum()), "inf": int(np.isinf(values).sum())}
            values = values[finite]
    if not len(values):
        return figures
    if len(values) <= _MAX_DISTINCT:
        ordered = np.sort(values)
        figures["distinct"] = int(np.count_nonzero(ordered[1:] != ordered[:-1])) + 1
    # Adding 0 turns -0.0 into 0.0: which of the two is the least would depend on the order.
    least, most = values.min().item() + 0, values.max().item() + 0
    figures |= {"min": least, "max": most}
    mean = _mean(values, 0.0, 1, max(abs(float(least)), abs(float(most))))
    variance = _mean(values, mean, 2, max(abs(float(least) - mean), abs(float(most) - mean)))
    figures["mean"] = mean
    figures["std"] = math.sqrt(variance * (len(values) / (len(values) - 1))) if len(values) > 1 else None
    return {key: value for key, value in figures.items() if not (isinstance(value, float) and math.isinf(value))}


def _mean(values: NDArray[Any], centre: float, power: int, bound: float) -> float:
    """Return the mean of ``(values - centre) ** power``, to the last bit the same for any order; inf if too large.

    Each term is rounded to a multiple of a power of two that lets all of them be added in 64 bits, and what rounding
    left is added likewise, so that the result errs by less than ``bound**power`` / 2**70 for 10 million values.
    """
    if bound == 0:
        return 0.0
    exponent = math.frexp(bound)[1] * power
    if math.isinf(bound) or exponent >= 1024:
        return math.inf
    bits = 61 - len(values).bit_length()
    shift = bits - exponent
    total = 0
    for start in range(0, len(values), _CHUNK):
        terms = values[start : start + _CHUNK].astype(np.float64) - centre
        scaled = np.ldexp(np.square(terms) if power == 2 else terms, shift)
        whole = np.rint(scaled)
        rest = np.rint(np.ldexp(scaled - whole, bits))
        total += (int(whole.astype(np.int64).sum()) << bits) + int(rest.astype(np.int64).sum())
    below = bits + shift
    return total / (len(values) << below) if below >= 0 else (total << -below) / len(values)


def _figures(chunks: Any) -> dict[str, Any]:
    import pyarrow as pa

    if pa.types.is_dictionary(chunks.type):
        chunks = chunks.cast(chunks.type.value_type)
    kind, name = chunks.type, str(chunks.type)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return number_figures(chunks.drop_null().to_numpy())
    if name in ("string", "large_string", "string_view"):
        return _text_figures(chunks if name == "large_string" else chunks.cast(pa.large_string()))
    if pa.types.is_duration(kind):
        seconds = chunks.drop_null().cast(pa.int64()).to_numpy() / PER_SECOND[kind.unit]
        return {f"{key}_seconds" if key != "distinct" else key: value for key, value in number_figures(seconds).items()}
    if pa.types.is_temporal(kind) and not name.startswith("month"):
        return _range(chunks)
    return {}


def _range(chunks: Any) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if chunks.null_count == len(chunks):
        return {}
    suffix = ""
    if getattr(chunks.type, "tz", None):
        # As UTC, because text in a zone's own time needs a database of zones, which small containers lack.
        chunks, suffix = chunks.cast(pa.timestamp(chunks.type.unit)), "Z"
    least, most = (value.cast(pa.string()).as_py() + suffix for value in pc.min_max(chunks).values())
    return {"distinct": pc.count_distinct(chunks).as_py(), "min": least, "max": most}


def _text_figures(chunks: Any) -> dict[str, Any]:
    import pyarrow.compute as pc

    counted = pc.value_counts(chunks.drop_null())
    counts = counted.field("counts").to_numpy(zero_copy_only=False)
    figures: dict[str, Any] = {"distinct": len(counts)}
    if not len(counts) or counts.max() == 1:
        return figures
    least = np.partition(counts, -_TOP)[-_TOP] if len(counts) > _TOP else 1
    chosen = np.flatnonzero(counts >= least)
    if len(chosen) > _MAX_TIES:
        # Too many share the last place to say which of them came first.
        chosen = np.flatnonzero(counts > least)
    texts = counted.field("values").take(chosen).to_pylist()
    ranked = sorted(zip(texts, counts[chosen].tolist(), strict=True), key=lambda entry: (-entry[1], entry[0]))
    return figures | {"top": [{"value": text[:_MAX_SHOWN], "count": count} for text, count in ranked[:_TOP]]}
