"""Series as an Arrow stream, which pandas, polars, DuckDB and browsers read without parsing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from runstone.core.errors import MissingExtra
from runstone.store.series.columns import Columns

ARROW = "application/vnd.apache.arrow.stream"

IN_ARROW = ("read_series",)
"""Operations of the store whose results can be had in this form."""

_BATCH_POINTS = 1 << 20
_NONE = Columns(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


def series_stream(found: Mapping[tuple[str, str], Columns]) -> bytes:
    """Return series as one table in Arrow's IPC streaming format.

    Its columns are ``run_id`` and ``key`` (dictionaries of text), ``step``, ``timestamp`` (int64, Unix milliseconds)
    and ``value`` (float64); the points of a series stand together, sorted by (step, timestamp).

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra("Arrow", "data") from error

    sizes = [columns.size for columns in found.values()]
    arrays = [
        _repeated(pa, [run_id for run_id, _ in found], sizes),
        _repeated(pa, [key for _, key in found], sizes),
        pa.array(np.concatenate([_NONE.steps, *(columns.steps for columns in found.values())])),
        pa.array(np.concatenate([_NONE.timestamps, *(columns.timestamps for columns in found.values())])),
        pa.array(np.concatenate([_NONE.values, *(columns.values for columns in found.values())])),
    ]
    table = pa.table(arrays, names=["run_id", "key", "step", "timestamp", "value"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=_BATCH_POINTS)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _repeated(pa: Any, texts: list[str], sizes: list[int]) -> Any:
    """Return a dictionary column with each text as often as its series has points."""
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    numbers = np.repeat(np.array([places[text] for text in texts], np.int32), sizes)
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), pa.array(list(places), pa.string()))
