"""What the functions take from users, and what they say of a mistake."""

from __future__ import annotations

import io
import logging
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.core.entities import Metric, Param, RunTag
from runstone.core.errors import InvalidArgument

pytestmark = pytest.mark.usefixtures("store_folder")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (True, 1.0),
        (np.bool_(False), 0.0),
        ("0.5", 0.5),
        (np.float16(0.1), float(np.float16(0.1))),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.int64(3), 3.0),
        (Decimal("1.5"), 1.5),
    ],
)
def test_metric_is_whatever_mlflow_makes_a_float_of(value: Any, number: float) -> None:
    with runstone.start_run() as run:
        runstone.log_metric("m", value)

    assert run.data.metrics == {"m": number}


@pytest.mark.parametrize("value", ["high", None, [1], np.arange(2), 1j, b"1", Decimal("sNaN"), 10**400])
def test_metric_that_is_no_number_is_refused_at_the_call(value: Any) -> None:
    with runstone.start_run() as run, pytest.raises(InvalidArgument, match="'m'"):
        runstone.log_metric("m", value)

    assert run.data.metrics == {}


@pytest.mark.parametrize("step", [3.0, np.float32(3), np.array(3), np.int8(3)])
def test_whole_numbers_are_steps(step: Any) -> None:
    with runstone.start_run() as run:
        runstone.log_metric("m", 1, step=step)

    assert run.metrics["m"].last_step == 3


@pytest.mark.parametrize("step", [1.5, float("nan"), "1", np.arange(2)])
def test_other_steps_are_refused_at_the_call(step: Any) -> None:
    with runstone.start_run(), pytest.raises(InvalidArgument, match="'step'"):
        runstone.log_metric("m", 1, step=step)


def test_metrics_of_one_call_share_step_and_time_and_come_all_or_not_at_all() -> None:
    with runstone.start_run() as run:
        runstone.log_metrics({"a": 1, "b": 2}, step=7)
        with pytest.raises(InvalidArgument):
            runstone.log_metrics({"c": 1, "d": "two"})  # type: ignore[dict-item]

    metrics = run.metrics
    assert metrics.keys() == {"a", "b"}
    assert metrics["a"].last_step == metrics["b"].last_step == 7
    assert metrics["a"].last_timestamp == metrics["b"].last_timestamp


class Colour(str, Enum):
    RED = "red"


def test_param_of_few_bits_is_the_number_it_is_shown_as() -> None:
    with runstone.start_run() as run:
        runstone.log_params({"lr": np.float32(0.1), "half": np.float16(0.1), "text": np.str_("a"), "c": Colour.RED})

    assert run.params == {"lr": 0.1, "half": 0.1, "text": "a", "c": "red"}


@pytest.mark.parametrize("function", ["log", "log_metrics", "log_params", "set_tags"])
@pytest.mark.parametrize("values", [3, [("a", 1)], None, dict])
def test_what_is_no_dict_is_refused_by_name(function: str, values: Any) -> None:
    with runstone.start_run(), pytest.raises(InvalidArgument, match=f"{function} takes a dict, not "):
        getattr(runstone, function)(values)


def test_series_of_pandas_serve_as_dicts() -> None:
    import pandas as pd

    with runstone.start_run() as run:
        runstone.log_params(pd.Series({"lr": 0.1}))
        runstone.log_metrics(pd.Series({"loss": 0.5}))  # type: ignore[arg-type]

    assert (run.params, run.data.metrics) == ({"lr": 0.1}, {"loss": 0.5})


def test_files_of_the_wrong_kind_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with runstone.start_run() as run:
        runstone.log_bytes(b"\xff\xfe", "folder/data.bin")
        with pytest.raises(InvalidArgument, match="log_text takes text"):
            runstone.log_bytes("text", "a.txt")  # type: ignore[arg-type]
        with pytest.raises(InvalidArgument, match="must be binary"):
            runstone.log_stream(io.StringIO("x"), "a.txt")  # type: ignore[arg-type]
        with pytest.raises(InvalidArgument, match="is a file; log_artifact takes files"):
            runstone.log_artifacts(tmp_path / "a.txt")

    with pytest.raises(InvalidArgument, match="is a folder"):
        runstone.artifacts.load_text(f"runs:/{run.run_id}/folder")
    with pytest.raises(InvalidArgument, match="not text in UTF-8"):
        runstone.artifacts.load_text(f"runs:/{run.run_id}/folder/data.bin")


def test_a_single_order_or_experiment_needs_no_list() -> None:
    for value in (1, 3, 2):
        with runstone.start_run():
            runstone.log_metric("m", value)

    found = runstone.search_runs("0", order_by="metrics.m DESC")
    assert list(found["metrics.m"]) == [3, 2, 1]
    assert len(runstone.search_runs(experiment_names="Default")) == 3


def test_an_experiment_that_is_not_there_is_told(caplog: pytest.LogCaptureFixture) -> None:
    found = runstone.search_runs(experiment_names=["typo"])

    assert (len(found), found["run_id"].dtype.kind, found["start_time"].dtype.kind) == (0, "O", "M")
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "there is no experiment 'typo' to search")
    ]


def test_a_negative_number_of_results_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="max_results"):
        runstone.search_runs(max_results=-1)


def test_a_name_that_is_not_there_comes_with_what_may_be_meant() -> None:
    with pytest.raises(AttributeError) as caught:
        runstone.log_metrc  # noqa: B018

    assert (caught.value.name, caught.value.obj) == ("log_metrc", runstone)


def test_what_is_cut_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with runstone.start_run() as run:
        runstone.log_params({"long": "x" * 6001, "full": "x" * 6000, "list": list(range(6000))})
        runstone.set_tags({"long": "x" * 8001, "full": "x" * 8000})

    assert [record.getMessage().split("characters")[0] for record in caplog.records] == [
        "param long is cut to 6000 of its 6001 ",
        "param list is cut to 6000 of its 34890 ",
        "tag long is cut to 8000 of its 8001 ",
    ]
    assert run.params["long"] == "x" * 6000


@pytest.mark.parametrize(
    "batch",
    [
        {"metrics": [Metric("loss", 1.0, 0, 0), Metric("bad\0", 1.0, 0, 0)]},
        {"metrics": [Metric("loss", 1.0, -1, 0)]},
        {"tags": [RunTag("good", "x"), RunTag("bad\0", "x")]},
        {"params": [Param("a", "1"), Param("a", "1")]},
        {"params": [Param("lr", "0.2")]},
    ],
    ids=["key", "timestamp", "tag", "twice", "other value"],
)
def test_batch_is_recorded_as_a_whole_or_not_at_all(batch: dict[str, Any]) -> None:
    good = {"metrics": [Metric("m", 1.0, 0, 0)], "params": [Param("p", "1")], "tags": [RunTag("t", "1")]}
    with runstone.start_run(params={"lr": 0.1}) as run:
        before = run.tags
        with pytest.raises(InvalidArgument):
            runstone.Client().log_batch(
                run.run_id,
                **{kind: [*good[kind], *batch.get(kind, ())] for kind in good},  # type: ignore[arg-type]
            )

    assert (run.params, run.metrics, run.tags) == ({"lr": 0.1}, {}, before)
