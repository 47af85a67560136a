"""Slices of journals sent by ``RemoteStore.ingest``, as the drain sends them, by one client and by 16."""

from __future__ import annotations

import json
import threading
import time
from itertools import count
from typing import NamedTuple

import numpy as np
from benchmarks.servers import Server, floor, served

from runstone.core.entities import NewRun
from runstone.core.events import Event, KeyDefined, RunStarted, SeriesLogged, Slice, encode_event
from runstone.core.ids import new_run_id, new_writer_id
from runstone.journal.format import POINT, encode_frame
from runstone.store.remote import open_remote

CLIENTS = 16
KEYS, STEPS, SLICES = 10, 25_000, 4
_SECONDS = 3.0
_START_MS = 1_750_000_000_000


def measure(kind: str, database: str = "sqlite") -> None:
    """Start a server, send it points for some seconds, and print how many it took."""
    with floor() if kind == "floor" else served(kind, database) as server:
        columns = [_columns(number) for number in range(SLICES)]
        series = [_Piece(b"".join(map(_series_frame, range(1, KEYS + 1), piece)), b"") for piece in columns]
        records = [_Piece(b"", b"".join(map(_records, range(1, KEYS + 1), piece))) for piece in columns]
        one, one_core = _send(server, series, 1)
        many, many_core = _send(server, series, CLIENTS)
        single, single_core = _send(server, records, 1)
    print(
        json.dumps(
            {
                "one_per_s": one,
                "one_per_core_s": one_core,
                "many_per_s": many,
                "many_per_core_s": many_core,
                "records_per_s": single,
                "records_per_core_s": single_core,
            }
        )
    )


class _Piece(NamedTuple):
    events: bytes
    points: bytes


def _send(server: Server, pieces: list[_Piece], clients: int) -> tuple[float, float]:
    """Return how many points a second the server took, and how many in a second of its processors' time."""
    numbers = count()
    busy_s = server.cpu_s()
    began = time.perf_counter()

    def send() -> None:
        store = open_remote(server.uri)
        while time.perf_counter() < began + _SECONDS:
            for piece in _journal(pieces):
                store.ingest([piece])
                next(numbers)
        store.close()

    working = [threading.Thread(target=send) for _ in range(clients)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    seconds = time.perf_counter() - began
    points = next(numbers) * KEYS * STEPS
    return points / seconds, points / (server.cpu_s() - busy_s)


def _journal(pieces: list[_Piece]) -> list[Slice]:
    """Return a new run's journal in slices."""
    run = NewRun(run_id=new_run_id(), run_name="ingest", start_time=_START_MS, experiment_id="0")
    first: list[Event] = [RunStarted(run), *(KeyDefined(key, f"m{key}") for key in range(1, KEYS + 1))]
    head = b"".join(encode_frame(encode_event(event)) for event in first)
    writer_id = new_writer_id()
    slices = []
    events_at = points_at = 0
    for events, points in pieces:
        given = head + events if not slices else events
        slices.append(
            Slice(
                run_id=run.run_id,
                writer_id=writer_id,
                events_at=events_at,
                events=given,
                points_at=points_at,
                points=points,
                beat_ms=_START_MS,
            )
        )
        events_at += len(given)
        points_at += len(points)
    return slices


def _columns(number: int) -> list[tuple[bytes, bytes, bytes]]:
    """Return a piece of some curves of a float32 kind."""
    rng = np.random.default_rng(number)
    steps = np.arange(number * STEPS, (number + 1) * STEPS)
    times = _START_MS + np.cumsum(rng.integers(95, 106, STEPS))
    curves = [
        (2 * np.exp(-steps / 300_000) + rng.normal(0, 0.05, STEPS)).astype("f4").astype("f8") for _ in range(KEYS)
    ]
    return [(steps.tobytes(), times.tobytes(), curve.tobytes()) for curve in curves]


def _series_frame(key: int, columns: tuple[bytes, bytes, bytes]) -> bytes:
    return encode_frame(encode_event(SeriesLogged(key, *columns)))


def _records(key: int, columns: tuple[bytes, bytes, bytes]) -> bytes:
    steps, times, values = (np.frombuffer(column, kind) for column, kind in zip(columns, ("<i8", "<i8", "<f8")))
    table = np.zeros(
        STEPS, np.dtype([("crc", "<u4"), ("key", "<u4"), ("step", "<i8"), ("ms", "<i8"), ("value", "<f8")])
    )
    assert table.itemsize == POINT.size  # The store leaves checksums to who reads journals.
    table["key"], table["step"], table["ms"], table["value"] = key, steps, times, values
    return table.tobytes()
