"""Series over HTTP: many runs in one call, in each form, with fewer points than there are."""

from __future__ import annotations

import json
import math
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from runstone.core.entities import Metric
from runstone.core.events import KeyDefined, SeriesLogged, Slice, encode_event
from runstone.journal.format import encode_frame
from runstone.server.api.arrow import ARROW
from runstone.store.protocol import Store
from runstone.testing.store.samples import make_run

if TYPE_CHECKING:
    from tests.server.conftest import Served

_START = 1_750_000_000_000


def ask(served: Served, accept: str, **asked: Any) -> tuple[int, bytes]:
    request = urllib.request.Request(
        f"{served.uri}/api/v1/series/read",
        json.dumps(asked).encode(),
        {"Content-Type": "application/json", "Accept": accept},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Type"] == accept
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def long_run(store: Store, values: Any) -> str:
    """Return a run with a metric ``m`` of these values at the steps from 0."""
    run_id, steps = make_run(store), np.arange(len(values), dtype="<i8")
    logged = SeriesLogged(1, steps.tobytes(), (_START + steps).tobytes(), np.asarray(values, "<f8").tobytes())
    events = encode_frame(encode_event(KeyDefined(1, "m"))) + encode_frame(encode_event(logged))
    store.ingest([Slice(run_id=run_id, writer_id="w", events=events)])
    return run_id


def test_series_of_many_runs_come_as_one_arrow_table(served: Served) -> None:
    store = served.backend.store
    first, second = make_run(store), make_run(store)
    store.log_batch(first, metrics=[Metric("a", 1.5, 7, 0), Metric("a", math.nan, 8, 1), Metric("b", math.inf, 9, -1)])
    store.log_batch(second, metrics=[Metric("a", -0.0, 10, 2**62)])

    _, data = ask(served, ARROW, run_ids=[second, first], keys=["a", "b"])

    table = pa.ipc.open_stream(data).read_all()
    texts = pa.dictionary(pa.int32(), pa.string())
    assert table.schema.types == [texts, texts, pa.int64(), pa.int64(), pa.float64()]
    rows = table.to_pydict()
    assert [str(value) for value in rows.pop("value")] == ["-0.0", "1.5", "nan", "inf"]
    assert rows == {
        "run_id": [second, first, first, first],
        "key": ["a", "a", "a", "b"],
        "step": [2**62, 0, 1, -1],
        "timestamp": [10, 7, 8, 9],
    }


def test_without_points_there_is_a_table_without_rows(served: Served) -> None:
    _, data = ask(served, ARROW, run_ids=[make_run(served.backend.store)], keys=["a"])

    table = pa.ipc.open_stream(data).read_all()
    assert (table.num_rows, table.column_names) == (0, ["run_id", "key", "step", "timestamp", "value"])


def test_a_mistake_is_told_in_json_whatever_was_asked_for(served: Served) -> None:
    status, told = ask(served, ARROW, run_ids=["0" * 32], keys=["a"])

    assert (status, json.loads(told)["error"]["code"]) == (404, "not_found")


def test_without_pyarrow_the_error_says_what_to_install(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    status, told = ask(served, ARROW, run_ids=[make_run(served.backend.store)], keys=["a"])

    assert status == 501
    assert "runstone[data]" in json.loads(told)["error"]["message"]


@pytest.mark.parametrize("count", [1000, 20_000, 700_000])
def test_fewer_points_keep_ends_and_extremes_in_each_form(served: Served, count: int) -> None:
    chance = np.random.default_rng(count)
    values = chance.normal(size=count)
    values[[count // 3, count // 2]] = 1e6, -1e6
    run_id = long_run(served.backend.store, values)
    asked: dict[str, Any] = {"run_ids": [run_id], "keys": ["m"], "max_points": 500}

    table = pa.ipc.open_stream(ask(served, ARROW, **asked)[1]).read_all()
    [plain] = json.loads(ask(served, "application/json", **asked)[1])

    steps, found = table["step"].to_numpy(), table["value"].to_numpy()
    assert 250 < len(steps) <= 500
    assert (steps[0], steps[-1]) == (0, count - 1)
    assert (found.max(), found.min()) == (1e6, -1e6)
    assert np.array_equal(found, values[steps])
    assert (np.diff(steps) > 0).all()
    assert (plain["steps"], plain["values"]) == (steps.tolist(), found.tolist())


def test_a_series_no_longer_than_asked_for_is_exact(served: Served) -> None:
    values = np.random.default_rng(0).normal(size=500)
    run_id = long_run(served.backend.store, values)

    _, data = ask(served, ARROW, run_ids=[run_id], keys=["m"], max_points=500)

    table = pa.ipc.open_stream(data).read_all()
    assert table["value"].to_pylist() == values.tolist()
    assert table["timestamp"].to_pylist() == [_START + step for step in range(500)]
