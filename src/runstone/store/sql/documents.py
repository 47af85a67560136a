"""A run's document: its params, metric summaries and tags, whole, in one row of MessagePack maps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from runstone.core.entities import MetricSummary, ParamValue
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks, padded

_encode = msgspec.msgpack.Encoder().encode
_EMPTY = _encode({})

decode_params = msgspec.msgpack.Decoder(dict[str, Any]).decode
decode_metrics = msgspec.msgpack.Decoder(dict[str, MetricSummary]).decode
decode_tags = msgspec.msgpack.Decoder(dict[str, str]).decode


def create(c: Connection, run_no: int) -> None:
    """Make the document of a new run."""
    c.run(
        "INSERT INTO run_documents (run_no, params, metrics, tags) VALUES (?, ?, ?, ?)",
        (run_no, _EMPTY, _EMPTY, _EMPTY),
    )


def read_params(c: Connection, run_no: int) -> dict[str, ParamValue]:
    """Return a run's params."""
    return decode_params(c.query("SELECT params FROM run_documents WHERE run_no = ?", (run_no,))[0][0])


def write_params(c: Connection, run_no: int, params: Mapping[str, ParamValue]) -> None:
    """Replace a run's params."""
    c.run("UPDATE run_documents SET params = ? WHERE run_no = ?", (_encode(params), run_no))


def read_metrics(c: Connection, run_no: int) -> dict[str, MetricSummary]:
    """Return the summaries of a run's metrics."""
    return decode_metrics(c.query("SELECT metrics FROM run_documents WHERE run_no = ?", (run_no,))[0][0])


def read_all_metrics(c: Connection, run_nos: Collection[int]) -> dict[int, dict[str, MetricSummary]]:
    """Return the summaries of the metrics of some runs."""
    if not run_nos:
        return {}
    among = padded(run_nos)
    rows = c.query(f"SELECT run_no, metrics FROM run_documents WHERE run_no IN ({marks(len(among))})", among)
    return {run_no: decode_metrics(metrics) for run_no, metrics in rows}


def write_all_metrics(c: Connection, by_run: Mapping[int, Mapping[str, MetricSummary]]) -> None:
    """Replace the summaries of the metrics of some runs."""
    c.many(
        "UPDATE run_documents SET metrics = ? WHERE run_no = ?",
        [(_encode(metrics), run_no) for run_no, metrics in by_run.items()],
    )


def read_tags(c: Connection, run_no: int) -> dict[str, str]:
    """Return a run's tags."""
    return decode_tags(c.query("SELECT tags FROM run_documents WHERE run_no = ?", (run_no,))[0][0])


def write_tags(c: Connection, run_no: int, tags: Mapping[str, str]) -> None:
    """Replace a run's tags."""
    c.run("UPDATE run_documents SET tags = ? WHERE run_no = ?", (_encode(tags), run_no))
