"""Events: what one version writes, another reads."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.entities import NewRun
from runstone.core.errors import InvalidArgument
from runstone.core.events import (
    ArtifactLogged,
    ConsoleWritten,
    Event,
    KeyDefined,
    ParamLogged,
    RunStarted,
    SeriesLogged,
    StatusChanged,
    TagSet,
    decode_event,
    encode_event,
)

EVENTS: list[Event] = [
    RunStarted(NewRun(run_id="r", run_name="n", start_time=1, experiment_id="0", tags={"a": "b"})),
    KeyDefined(1, "loss"),
    ParamLogged("lr", 0.1),
    ParamLogged("layers", [1, 2.5, "x", None, True]),
    TagSet("a", None),
    SeriesLogged(1, b"12345678", b"12345678", b"12345678"),
    ArtifactLogged("a/b", "sha256:0", 3, 4),
    ConsoleWritten("stderr", 5, "text"),
    StatusChanged("FAILED", 6, "reason"),
]


@pytest.mark.parametrize("event", EVENTS, ids=[type(event).__name__ for event in EVENTS])
def test_events_come_back(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


@given(st.one_of(st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.none()))
def test_param_values_keep_their_type(value: float | int | bool | None) -> None:
    event = decode_event(encode_event(ParamLogged("p", value)))

    assert isinstance(event, ParamLogged)
    assert (type(event.value), event.value) == (type(value), value)


def test_fields_added_by_a_later_version_are_passed_over() -> None:
    later = msgspec.msgpack.encode(["key", 1, "loss", "unit", 7])

    assert decode_event(later) == KeyDefined(1, "loss")


def test_fields_with_defaults_may_be_missing_as_in_an_earlier_version() -> None:
    assert decode_event(msgspec.msgpack.encode(["status", "RUNNING"])) == StatusChanged("RUNNING")


@given(st.binary(max_size=64))
def test_garbage_is_refused_by_one_kind_of_error(data: bytes) -> None:
    try:
        decode_event(data)
    except InvalidArgument:
        return
