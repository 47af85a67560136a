"""Whatever is given to a log call is recorded exactly, or refused at the call; nothing is half written."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runstone
from runstone.core.errors import ImmutableParam, InvalidArgument
from runstone.core.limits import INT64_MAX, INT64_MIN
from runstone.tracking.active import ActiveRun

pytestmark = pytest.mark.usefixtures("store_folder")

quick = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def run(store_folder: Path) -> ActiveRun:
    return runstone.start_run()


class Tensor:
    """A tensor of one element, as far as logging is concerned."""

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


class BrokenTensor(Tensor):
    def item(self) -> object:
        raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")


hostile_texts = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Cc", "So"]), max_size=5),
    st.sampled_from(
        [
            "",
            ".",
            "..",
            "a/..",
            "../a",
            "/a",
            "a/",
            "a//b",
            "a\0b",
            "\ud800",
            "🦉",
            "ü",
            "a" * 250,
            "a" * 251,
            "x" * 10_000,
            " ",
            "a b",
            "a:b",
            "a;b",
            "a\nb",
            "a'b",
            'a"b',
            "a%b",
            "ａ",
            "%2e%2e",
        ]
    ),
)
hostile_numbers = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from(
        [
            math.nan,
            math.inf,
            -math.inf,
            -0.0,
            10**400,
            -(10**400),
            2**53 + 1,
            True,
            False,
            "1",
            "nan",
            b"1",
            None,
            [1],
            Decimal("0.1"),
            Decimal("sNaN"),
            Decimal("1e400"),
            Fraction(1, 3),
            Fraction(10**400),
            1j,
            object(),
            Tensor(0.5),
            Tensor(2),
            Tensor(10**400),
            Tensor(True),
            Tensor("1"),
            BrokenTensor(0),
            np.float32(0.1),
            np.float64("nan"),
            np.int64(-5),
            np.uint64(2**64 - 1),
            np.bool_(True),
            np.float16(0.1),
            np.array(1.5),
            np.array([1.5]),
            np.array([1.5, 2.5]),
            np.array([]),
            np.str_("1"),
            np.complex128(1),
        ]
    ),
)
hostile_steps = st.one_of(
    st.integers(-(2**70), 2**70),
    st.sampled_from(
        [
            INT64_MIN,
            INT64_MIN - 1,
            INT64_MAX,
            INT64_MAX + 1,
            -1,
            0,
            True,
            False,
            1.0,
            1.5,
            math.nan,
            "1",
            [1],
            np.int64(3),
            np.int32(-3),
            np.uint64(2**64 - 1),
            np.bool_(True),
            np.float64(1),
            np.array(3),
            np.array([3]),
        ]
    ),
)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def recorded(run: ActiveRun) -> dict[str, list[tuple[int, int, bytes]]]:
    runstone.flush()
    keys = list(run.metrics)
    series = runstone.read_series(run.run_id, keys)
    return {
        key: list(zip(columns.steps.tolist(), columns.timestamps.tolist(), map(bits, columns.values), strict=True))
        for (_, key), columns in series.items()
    }


@quick
@given(key=hostile_texts, value=hostile_numbers, step=hostile_steps, timestamp=st.one_of(st.none(), hostile_steps))
def test_metric_is_recorded_exactly_or_refused(key: str, value: Any, step: Any, timestamp: Any) -> None:
    with runstone.start_run(nested=True) as run:
        try:
            runstone.log_metric(key, value, step=step, timestamp=timestamp)
        except InvalidArgument:
            expected = {}
        else:
            number = value.item() if hasattr(value, "item") else value
            expected = {key: (int(step), bits(float(number)))}

        found = recorded(run)

    assert {key: (points[0][0], points[0][2]) for key, points in found.items()} == expected
    assert all(len(points) == 1 for points in found.values())
    if expected and timestamp is not None:
        assert found[key][0][1] == int(timestamp)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 2**53 + 1, np.float32(0.1), 7]
)
def test_extreme_values_come_back_bit_for_bit(run: ActiveRun, value: float) -> None:
    runstone.log_metric("m", value)

    assert [point[2] for point in recorded(run)["m"]] == [bits(float(value))]


@pytest.mark.parametrize("step", [INT64_MIN, -1, 0, INT64_MAX, np.int64(-7), np.array(3)])
def test_any_int64_is_a_step(run: ActiveRun, step: Any) -> None:
    runstone.log_metric("m", 1.0, step=step)

    assert [point[0] for point in recorded(run)["m"]] == [int(step)]


@pytest.mark.parametrize("key", [["a"], {"a": 1}, None, 3, b"a", ("a",)])
def test_key_that_is_no_text_is_refused(run: ActiveRun, key: Any) -> None:
    with pytest.raises(InvalidArgument):
        runstone.log_metric(key, 1.0)

    assert recorded(run) == {}


@quick
@given(values=st.dictionaries(hostile_texts, hostile_numbers, min_size=1, max_size=4))
def test_dict_of_metrics_is_recorded_as_a_whole_or_not_at_all(values: dict[str, Any]) -> None:
    with runstone.start_run(nested=True) as run:
        try:
            runstone.log(values, step=1)
        except InvalidArgument:
            expected: set[str] = set()
        else:
            expected = set(values)

        assert recorded(run).keys() == expected


def test_several_metrics_are_recorded_as_a_whole_or_not_at_all(run: ActiveRun) -> None:
    with pytest.raises(InvalidArgument):
        runstone.log_metrics({"good": 1.0, "bad\0": 2.0})
    with pytest.raises(InvalidArgument):
        runstone.log_metrics({"good": 1.0, "bad": "two"})  # type: ignore[dict-item]

    assert recorded(run) == {}


@quick
@given(
    key=hostile_texts,
    value=st.one_of(hostile_texts, hostile_numbers, st.lists(st.one_of(hostile_texts, st.integers()), max_size=3)),
)
def test_param_is_recorded_exactly_or_refused(key: str, value: Any) -> None:
    with runstone.start_run(nested=True) as run:
        try:
            runstone.log_param(key, value)
        except InvalidArgument:
            assert run.params == {}
            return
        (found,) = run.params.items()

    assert found[0] == key
    if type(value) in (str, bool):
        assert found[1] == value[:6000] if isinstance(value, str) else found[1] is value
    elif type(value) is int and INT64_MIN <= value <= INT64_MAX:
        assert (type(found[1]), found[1]) == (int, value)
    elif type(value) is float:
        assert isinstance(found[1], float)
        assert bits(found[1]) == bits(value)


def test_params_are_recorded_as_a_whole_or_not_at_all(run: ActiveRun) -> None:
    runstone.log_param("lr", 0.1)

    with pytest.raises(ImmutableParam, match="lr"):
        runstone.log_params({"epochs": 3, "lr": 0.2})
    with pytest.raises(InvalidArgument):
        runstone.log_params({"depth": 3, "bad\0": 0.2})

    assert run.params == {"lr": 0.1}


@quick
@given(key=hostile_texts, value=st.one_of(hostile_texts, hostile_numbers))
def test_tag_is_recorded_exactly_or_refused(key: str, value: Any) -> None:
    with runstone.start_run(nested=True) as run:
        before = set(run.tags)
        try:
            runstone.set_tag(key, value)
        except InvalidArgument:
            assert set(run.tags) == before
            return
        tags = run.tags

    assert tags[key] == str(value)[:8000]


def test_tags_are_recorded_as_a_whole_or_not_at_all(run: ActiveRun) -> None:
    before = run.tags

    with pytest.raises(InvalidArgument):
        runstone.set_tags({"good": 1, "bad\0": 2})

    assert run.tags == before


@pytest.mark.parametrize(
    "arguments",
    [
        {"params": {"bad\0": 1}},
        {"params": {"a": {"b": 1}, "a.b": 2}},
        {"tags": {"bad\0": 1}},
        {"tags": {"note": "\ud800"}},
        {"run_name": "a\0b"},
        {"run_name": "x" * 10_000},
        {"experiment": ""},
        {"experiment_id": "not-a-number"},
        {"parent_run_id": "../up"},
        {"description": "\ud800"},
    ],
)
def test_start_with_a_wrong_argument_leaves_no_run(store_folder: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        runstone.start_run(**arguments)

    assert runstone.active_run() is None
    assert runstone.search_runs(search_all_experiments=True, output_format="list") == []
    assert list(store_folder.glob("journal/*")) == []


@pytest.mark.parametrize(
    "arguments", [{"params": {"lr": 0.2}}, {"params": {"bad\0": 1}}, {"tags": {"bad\0": 1}}, {"run_name": "a\0b"}]
)
def test_resuming_with_a_wrong_argument_leaves_the_run_as_it_was(arguments: dict[str, Any]) -> None:
    with runstone.start_run(params={"lr": 0.1}) as run:
        pass
    before = runstone.get_run(run.run_id)

    with pytest.raises(InvalidArgument):
        runstone.start_run(run_id=run.run_id, **arguments)

    assert runstone.active_run() is None
    assert runstone.get_run(run.run_id) == before


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": [1.0, "x"]},
        {"values": [[1.0], [2.0]]},
        {"values": [1.0, 2.0], "steps": [1]},
        {"values": [1.0], "steps": [0.5]},
        {"values": [1.0], "steps": np.array([2**63], dtype=np.uint64)},
        {"values": [1.0], "timestamps": [-1]},
        {"values": [1.0], "timestamps": "now"},
    ],
)
def test_series_that_does_not_fit_is_refused_as_a_whole(run: ActiveRun, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        runstone.log_series("loss", **arguments)

    assert recorded(run) == {}


def test_long_series_comes_back_whole(run: ActiveRun) -> None:
    values = np.random.default_rng(0).normal(size=600_000)
    steps = np.arange(600_000) * 3 - 17

    runstone.log_series("loss", values, steps, 5)

    columns = runstone.read_series(run.run_id, "loss")[run.run_id, "loss"]
    assert np.array_equal(columns.values, values)
    assert np.array_equal(columns.steps, steps)
    assert set(columns.timestamps.tolist()) == {5}
