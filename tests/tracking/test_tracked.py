"""``@track``: functions as runs."""

from __future__ import annotations

import asyncio

import numpy as np
import pandas as pd
import pytest

import runstone
from runstone.core.errors import InvalidArgument

pytestmark = pytest.mark.usefixtures("store_folder")


def only_run() -> runstone.Run:
    (run,) = runstone.search_runs(search_all_experiments=True, output_format="list")
    return run


def test_call_is_a_run_with_its_arguments_and_result() -> None:
    @runstone.track(experiment="demo", tags={"team": "a"})
    def train(lr: float, epochs: int = 3, *, model: object = None) -> dict[str, object]:
        return {"loss": 0.5, "nested": {"acc": 1}, "note": "text", "flag": True}

    result = train(0.1, model=object())

    run = only_run()
    assert result["note"] == "text"
    assert (run.info.run_name, run.info.status, run.tags["team"]) == ("train", "FINISHED", "a")
    assert run.params == {"lr": 0.1, "epochs": 3}
    assert run.data.metrics == {"loss": 0.5, "nested/acc": 1.0}
    assert train.__name__ == "train"


def test_numbers_of_numpy_count_as_numbers_and_whole_tables_are_left_out() -> None:
    @runstone.track
    def train(lr: np.float64, data: pd.DataFrame, column: pd.Series[int], weights: np.ndarray) -> dict[str, object]:
        return {"loss": np.float32(0.5), "accuracy": np.array(0.25), "curve": np.arange(3), "ok": np.bool_(True)}

    train(np.float64(0.1), pd.DataFrame({"a": [1]}), pd.Series([1]), np.ones(3))

    run = only_run()
    assert run.params == {"lr": 0.1}
    assert run.data.metrics == {"loss": 0.5, "accuracy": 0.25}


def test_bare_decorator_and_switches() -> None:
    @runstone.track
    def first(value: int) -> int:
        return value

    @runstone.track(log_arguments=False, log_result=False, run_name="quiet")
    def second(value: int) -> dict[str, int]:
        return {"value": value}

    assert (first(1), second(2)) == (1, {"value": 2})

    runs = {run.info.run_name: run for run in runstone.search_runs(["0"], output_format="list")}
    assert (runs["first"].params, runs["quiet"].params, runs["quiet"].data.metrics) == ({"value": 1}, {}, {})


def test_exception_fails_the_run_and_reaches_the_caller() -> None:
    @runstone.track
    def broken() -> None:
        raise ValueError("no data")

    with pytest.raises(ValueError, match="no data"):
        broken()

    assert (only_run().info.status, only_run().info.status_reason) == ("FAILED", "ValueError: no data")


def test_wrong_arguments_are_the_functions_own_error() -> None:
    @runstone.track
    def train(lr: float) -> None: ...

    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        train()  # type: ignore[call-arg]


def test_async_functions_are_runs_of_their_own_side_by_side() -> None:
    @runstone.track
    async def train(number: int) -> dict[str, int]:
        await asyncio.sleep(0)
        runstone.log_metric("within", number)
        return {"result": number}

    async def main() -> None:
        await asyncio.gather(*(train(number) for number in range(5)))

    asyncio.run(main())

    runs = runstone.search_runs(["0"], output_format="list")
    assert sorted(run.params["number"] for run in runs) == list(range(5))  # type: ignore[type-var]
    for run in runs:
        assert run.data.metrics == {"within": run.params["number"], "result": run.params["number"]}


def test_failure_of_an_async_function_fails_its_run() -> None:
    @runstone.track
    async def broken() -> None:
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        asyncio.run(broken())

    assert only_run().info.status == "FAILED"


def test_call_within_a_run_is_nested() -> None:
    @runstone.track
    def trial() -> None: ...

    with runstone.start_run() as outer:
        trial()

    trials = runstone.search_runs(["0"], "attributes.run_name = 'trial'", output_format="list")
    assert [run.info.parent_run_id for run in trials] == [outer.run_id]


def test_generator_functions_are_refused() -> None:
    def generate():  # type: ignore[no-untyped-def]
        yield 1

    with pytest.raises(InvalidArgument, match="generator function"):
        runstone.track(generate)
