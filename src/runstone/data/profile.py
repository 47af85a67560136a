"""What a column looks like: counts, range, mean, spread, and the values seen most.

Every figure is the same for any order of the rows: numbers are sorted before they are added up.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runstone.data.table import Table, TableColumn

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
    values = np.sort(values)
    if not len(values):
        return figures
    figures |= {
        "distinct": int(np.count_nonzero(values[1:] != values[:-1])) + 1,
        "min": values[0].item(),
        "max": values[-1].item(),
    }
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = values.astype(np.float64)
        mean = float(numbers.mean())
        spread = float(np.sqrt(np.square(numbers - mean).sum() / (len(numbers) - 1))) if len(numbers) > 1 else None
    figures["mean"] = mean if math.isfinite(mean) else None
    figures["std"] = spread if spread is not None and math.isfinite(spread) else None
    return figures


def _figures(chunks: Any) -> dict[str, Any]:
    import pyarrow as pa

    if pa.types.is_dictionary(chunks.type):
        chunks = chunks.cast(chunks.type.value_type)
    kind, name = chunks.type, str(chunks.type)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return number_figures(chunks.drop_null().to_numpy())
    if name in ("string", "large_string", "string_view"):
        return _text_figures(chunks if name == "large_string" else chunks.cast(pa.large_string()))
    if pa.types.is_temporal(kind) and not name.startswith("month"):
        return _range(chunks)
    return {}


def _range(chunks: Any) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.min_max(chunks).values()
    if not len(chunks) or chunks.null_count == len(chunks):
        return {}
    least, most = (pa.array([value]).cast(pa.string())[0].as_py() for value in found)
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
