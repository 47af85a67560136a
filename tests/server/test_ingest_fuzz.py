"""Slices as no client of ours makes them: none breaks the server, and what is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hypothesis
import msgspec
import pytest
import urllib3
from hypothesis import strategies as st
from tests.server.conftest import Served

from runstone.core.entities import NewRun
from runstone.core.events import KeyDefined, RunStarted, SeriesLogged, TagSet, encode_event
from runstone.core.ids import new_run_id, new_writer_id
from runstone.journal.format import Point, encode_frame, encode_point

_MSGPACK = "application/msgpack"
_INT64 = st.integers(-(2**63), 2**63 - 1)
_TEXTS = st.text(max_size=40)
_PLAIN = st.recursive(
    st.none() | st.booleans() | _INT64 | st.floats() | _TEXTS | st.binary(max_size=24),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS | _INT64, inner, max_size=3),
    max_leaves=8,
)
_TAGS = st.sampled_from(["start", "key", "param", "tag", "series", "artifact", "input", "console", "status", "novel"])
_payloads = st.one_of(
    st.tuples(_TAGS, st.lists(_PLAIN, max_size=5)).map(lambda one: msgspec.msgpack.encode([one[0], *one[1]])),
    st.binary(min_size=1, max_size=60),
    st.builds(SeriesLogged, st.integers(0, 3), *[st.binary(max_size=32)] * 3).map(encode_event),
    st.builds(TagSet, _TEXTS, st.none() | _TEXTS).map(encode_event),
)
_points = st.one_of(
    st.builds(Point, st.integers(0, 2**32 - 1), _INT64, _INT64, st.floats()).map(encode_point),
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=40),
)


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


@st.composite
def slices(draw: st.DrawFn) -> dict[str, Any]:
    """Return a slice of a new run with anything in it, sometimes with a byte changed after its checksums were made."""
    run_id = new_run_id()
    start = RunStarted(NewRun(run_id=run_id, run_name="r", start_time=1, experiment_name="e"))
    payloads = [encode_event(start), encode_event(KeyDefined(1, "loss")), *draw(st.lists(_payloads, max_size=5))]
    body = {
        "run_id": run_id,
        "writer_id": new_writer_id(),
        "events_at": 0,
        "events": _changed(draw, b"".join(map(encode_frame, payloads))),
        "points_at": 0,
        "points": _changed(draw, b"".join(draw(st.lists(_points, max_size=5)))),
        "host": "",
        "pid": 1,
        "beat_ms": None,
    }
    for name, value in draw(st.dictionaries(st.sampled_from(sorted(body)), _PLAIN, max_size=1)).items():
        body[name] = value
    return body


def _is_id(body: dict[str, Any]) -> bool:
    return isinstance(body["run_id"], str) and body["run_id"].isalnum()


def _changed(draw: st.DrawFn, data: bytes) -> bytes:
    if not data or draw(st.integers(0, 3)):
        return data
    at = draw(st.integers(0, len(data) - 1))
    return data[:at] + draw(st.binary(max_size=3)) + data[at + 1 :]


@hypothesis.given(st.lists(slices(), min_size=1, max_size=3))
@hypothesis.settings(
    max_examples=300, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck), database=None
)
def test_no_slice_breaks_the_server(served: Served, pool: urllib3.PoolManager, bodies: list[dict[str, Any]]) -> None:
    answer = pool.request(
        "POST",
        f"{served.uri}/api/v1/ingest",
        body=msgspec.msgpack.encode({"slices": bodies}),
        headers={"Content-Type": _MSGPACK, "Accept": "application/json"},
    )

    assert answer.status in (200, 400, 404, 409), answer.data
    runs = [pool.request("GET", f"{served.uri}/api/v1/runs/{body['run_id']}") for body in bodies if _is_id(body)]
    assert {run.status for run in runs} <= {200 if answer.status == 200 else 404}, [run.data for run in runs]
    assert served.backend.store.check() == []


@hypothesis.given(st.binary(max_size=200) | _PLAIN.map(msgspec.msgpack.encode))
@hypothesis.settings(
    max_examples=200, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck), database=None
)
def test_no_body_breaks_the_server(served: Served, pool: urllib3.PoolManager, body: bytes) -> None:
    answer = pool.request(
        "POST", f"{served.uri}/api/v1/ingest", body=body, headers={"Content-Type": _MSGPACK, "Accept": _MSGPACK}
    )

    assert answer.status in (200, 400), answer.data
