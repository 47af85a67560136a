"""Small calls that are done together: each ends as it would alone."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from runstone.core.entities import Metric
from runstone.core.errors import NotFound
from runstone.server.together import Together
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.testing.store.samples import START, make_run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import Served

_who: ContextVar[str] = ContextVar("who", default="nobody")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


def _outcomes(store: Store, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    async def work() -> list[Any]:
        together = Together(store)
        return await asyncio.gather(*map(together.do, calls), return_exceptions=True)

    return asyncio.run(work())


def _logging(store: Store, run_id: str, step: int) -> Callable[[], None]:
    return partial(store.log_batch, run_id, metrics=[Metric("loss", 0.5, START, step)])


def test_calls_that_wait_at_once_are_committed_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [make_run(store) for _ in range(5)]
    sizes: list[int] = []
    done_together = store.do_together
    monkeypatch.setattr(store, "do_together", lambda calls: (sizes.append(len(calls)), done_together(calls))[1])

    outcomes = _outcomes(store, [_logging(store, run, step) for step in range(2) for run in runs])

    assert outcomes == [None] * 10
    assert sizes == [10]
    assert [store.get_run(run).metrics["loss"].count for run in runs] == [2] * 5


def test_however_many_wait_all_are_done(store: Store) -> None:
    runs = [make_run(store) for _ in range(3)]

    outcomes = _outcomes(store, [_logging(store, run, step) for step in range(100) for run in runs])

    assert outcomes == [None] * 300
    assert [store.get_run(run).metrics["loss"].count for run in runs] == [100] * 3


def test_one_that_fails_is_told_and_the_others_are_done(store: Store) -> None:
    good, bad = make_run(store), "0" * 32

    first, failed, last = _outcomes(store, [_logging(store, run, step) for step, run in enumerate((good, bad, good))])

    assert (first, last) == (None, None)
    assert isinstance(failed, NotFound)
    assert store.get_run(good).metrics["loss"].count == 2


def test_each_is_made_in_the_context_of_its_request(store: Store) -> None:
    async def named(together: Together, name: str) -> str:
        _who.set(name)
        return await together.do(_who.get)

    async def work() -> list[str]:
        together = Together(store)
        return await asyncio.gather(*(asyncio.create_task(named(together, name)) for name in "abc"))

    assert asyncio.run(work()) == ["a", "b", "c"]


def test_clients_at_once_are_each_told_their_own(served: Served) -> None:
    store = served.backend.store
    runs = [make_run(store) for _ in range(4)]
    store.log_batch(runs[0], params={"lr": "1"})

    def post(number: int) -> tuple[int, str]:
        run = runs[number % 4]
        if number % 7 == 3:
            return _post(served, "log-parameter", {"run_id": runs[0], "key": "lr", "value": "2"})
        if number % 7 == 5:
            return _post(served, "log-metric", {"run_id": "0" * 32, "key": "loss", "value": 1, "timestamp": 1})
        return _post(served, "log-metric", {"run_id": run, "key": "loss", "value": 1, "timestamp": 1, "step": number})

    with ThreadPoolExecutor(12) as clients:
        told = list(clients.map(post, range(140)))

    expected = {3: (400, "INVALID_PARAMETER_VALUE"), 5: (404, "RESOURCE_DOES_NOT_EXIST")}
    assert told == [expected.get(number % 7, (200, "")) for number in range(140)]
    assert sum(store.get_run(run).metrics["loss"].count for run in runs) == 100


def _post(served: Served, call: str, body: dict[str, Any]) -> tuple[int, str]:
    asked = urllib.request.Request(
        f"{served.uri}/api/2.0/mlflow/runs/{call}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, json.load(answer).get("error_code", "")
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error_code"]
