"""The native API as somebody without our client meets it: plain JSON over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from runstone.core.entities import Metric
from runstone.store.operations import AT_HOME, OPERATIONS
from runstone.store.protocol import Store
from runstone.testing.store.samples import make_run

if TYPE_CHECKING:
    from tests.server.conftest import Served


def call(served: Served, verb: str, path: str, body: Any = None, kind: str = "application/json") -> tuple[int, Any]:
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{served.uri}/api/v1{path}", method=verb, data=data, headers={} if data is None else {"Content-Type": kind}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_every_operation_of_the_store_is_served_or_said_to_be_done_at_home() -> None:
    names = {name for name in dir(Store) if not name.startswith("_")} - {"uri", "close"}

    assert {operation.name for operation in OPERATIONS} | AT_HOME == names
    assert len({(operation.verb, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)


def test_an_experiment_is_made_found_renamed_and_deleted(served: Served) -> None:
    _, made = call(served, "POST", "/experiments", {"name": "team/a", "tags": {"owner": "ana"}})
    path = f"/experiments/{made['experiment_id']}"

    assert call(served, "GET", path) == (200, made)
    assert call(served, "GET", "/experiments/find?name=team/a") == (200, made)
    assert call(served, "GET", "/experiments/find?name=team/b") == (204, None)
    assert call(served, "POST", f"{path}/rename", {"name": "team/b"}) == (204, None)
    assert call(served, "DELETE", path) == (204, None)
    status, page = call(served, "POST", "/experiments/search", {"view": 2})
    assert status == 200
    assert [found["name"] for found in page["items"]] == ["team/b"]


def test_pages_follow_one_another(served: Served) -> None:
    for name in "abc":
        served.backend.store.create_experiment(name)
    asked: dict[str, Any] = {"max_results": 2, "order_by": ["name"], "filter": "name != 'Default'"}

    _, first = call(served, "POST", "/experiments/search", asked)
    _, second = call(served, "POST", "/experiments/search", {**asked, "page_token": first["next_page_token"]})

    assert [found["name"] for found in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next_page_token"] is None


def test_what_json_has_no_number_for_is_text(served: Served) -> None:
    run_id = make_run(served.backend.store)
    points = [Metric("m", value, 1, step) for step, value in enumerate([float("nan"), float("inf"), -1.5])]
    served.backend.store.log_batch(run_id, metrics=points)

    _, [series] = call(served, "POST", "/series/read", {"run_ids": [run_id], "keys": ["m"]})
    _, history = call(served, "GET", f"/runs/{run_id}/history?key=m")

    assert series["values"] == ["NaN", "Infinity", -1.5]
    assert series["steps"] == [0, 1, 2]
    assert sorted(map(str, (point["value"] for point in history["items"]))) == ["-1.5", "Infinity", "NaN"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_such_a_text_is_taken_for_the_number_it_stands_for(served: Served, text: str) -> None:
    run_id = make_run(served.backend.store)
    given: dict[str, Any] = {"metrics": [{"key": "m", "value": text}, {"key": "m", "value": 1, "step": 1}]}

    assert call(served, "POST", f"/runs/{run_id}/batch", {**given, "params": {"p": text}}) == (204, None)

    _, [series] = call(served, "POST", "/series/read", {"run_ids": [run_id], "keys": ["m"]})
    assert series["values"] == [text, 1.0]
    _, run = call(served, "GET", f"/runs/{run_id}")
    assert run["params"] == {"p": text}
    assert served.backend.store.get_run(run_id).params == {"p": text}


@pytest.mark.parametrize("text", ["nan", "inf", "1", "", "0x1"])
def test_no_other_text_is_taken_for_a_number(served: Served, text: str) -> None:
    run_id = make_run(served.backend.store)

    status, told = call(served, "POST", f"/runs/{run_id}/batch", {"metrics": [{"key": "m", "value": text}]})

    assert (status, told["error"]["field"]) == (400, "metrics[0].value")


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "code", "field"),
    [
        ("GET", "/experiments/999", None, 404, "not_found", None),
        ("GET", "/experiments/x", None, 400, "invalid_argument", None),
        ("POST", "/experiments", {"name": "Default"}, 400, "already_exists", None),
        ("POST", "/experiments", {"name": ""}, 400, "invalid_argument", None),
        ("POST", "/experiments", {}, 400, "invalid_argument", "name"),
        ("POST", "/experiments", {"name": 7}, 400, "invalid_argument", "name"),
        ("POST", "/experiments", {"name": "a", "is_admin": True}, 400, "invalid_argument", "is_admin"),
        ("POST", "/experiments", [1], 400, "invalid_argument", None),
        ("POST", "/experiments", b"{", 400, "invalid_argument", None),
        ("POST", "/experiments", b"\xff", 400, "invalid_argument", None),
        ("POST", "/runs/search", {"experiment_ids": None, "filter": "metrics.a >"}, 400, "invalid_argument", None),
        ("GET", "/runs/..%2f..%2fx", None, 404, "not_found", None),
        ("GET", "/artifacts/x/find?path=../y", None, 400, "invalid_argument", None),
        ("GET", "/runs/abc/console?after=x", None, 400, "invalid_argument", "after"),
        ("POST", "/ingest", {"slices": [{"run_id": "a", "writer_id": "b", "points": "AAA"}]}, 400, None, None),
        ("GET", "/nothing", None, 404, "not_found", None),
        ("PUT", "/experiments", {}, 405, "invalid_argument", None),
    ],
)
def test_a_mistake_is_named(
    served: Served, verb: str, path: str, body: Any, status: int, code: str | None, field: str | None
) -> None:
    answered, told = call(served, verb, path, body)

    assert answered == status
    error = told["error"]
    assert error["message"]
    assert code is None or error["code"] == code
    assert field is None or error["field"] == field


def test_a_mistake_in_a_filter_points_at_the_character(served: Served) -> None:
    _, told = call(served, "POST", "/runs/search", {"experiment_ids": None, "filter": "metrics.a > 'x'"})

    assert told["error"]["position"] == 12


def test_a_body_of_another_type_is_refused(served: Served) -> None:
    status, told = call(served, "POST", "/experiments", b"name=a", kind="application/x-www-form-urlencoded")

    assert status == 400
    assert "application/json" in told["error"]["message"]
