"""Journals as programs would have written them, for filling stores of ours with points."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.typing import NDArray

from runstone.core.entities import NewRun
from runstone.core.events import Event, KeyDefined, RunStarted, SeriesLogged, Slice, encode_event
from runstone.core.ids import new_writer_id
from runstone.journal.format import encode_frame

START_MS = 1_750_000_000_000

Curve = tuple[NDArray, NDArray, NDArray]
"""Steps, timestamps and values."""


def journal(run_id: str, curves: Mapping[str, Curve] | None = None) -> Slice:
    """Return the whole journal of a run that logged some series at once."""
    run = NewRun(run_id=run_id, run_name="bench", start_time=START_MS, experiment_id="0")
    events: list[Event] = [RunStarted(run)]
    for key_id, (key, (steps, times, values)) in enumerate((curves or {}).items(), start=1):
        events.append(KeyDefined(key_id, key))
        events.append(SeriesLogged(key_id, steps.tobytes(), times.tobytes(), values.tobytes()))
    data = b"".join(encode_frame(encode_event(event)) for event in events)
    return Slice(run_id=run_id, writer_id=new_writer_id(), events=data, beat_ms=START_MS)
