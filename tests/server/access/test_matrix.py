"""Every operation and every endpoint, tried by everybody.

What somebody may do is written here a second time, by hand, as what an operation needs and where; an operation that is
not in this table fails the test, and so does an endpoint that lets a stranger in.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from starlette.routing import Route
from tests.server.access.conftest import PEOPLE, Team

from runstone.core.entities import ArtifactEntry, Metric, NewRun, Node, WebhookEvent
from runstone.core.errors import PermissionDenied, RunstoneError, Unauthenticated
from runstone.core.events import Slice
from runstone.core.ids import new_run_id
from runstone.server.access.door import PUBLIC
from runstone.server.access.rules import RULES
from runstone.store.operations import AT_HOME, BY_NAME
from runstone.store.protocol import Store

_RANK = {"nobody": 0, "viewer": 1, "editor": 2, "admin": 3}
_DIGEST = "0" * 64


class Things(NamedTuple):
    """Something of each kind, on which operations are tried."""

    experiment: str
    experiment_id: str
    run_id: str
    model_id: str
    registered: str


class Case(NamedTuple):
    """What an operation needs, and how it is tried.

    Attributes:
        role: The least role.
        where: ``there``: on what it is done to; ``everywhere``; ``anywhere``; ``self``: by the user it is about.
        call: Does it to some things.
    """

    role: str
    where: str
    call: Callable[[Store, Things], Any]


def _event() -> list[WebhookEvent]:
    return [WebhookEvent("run", "finished")]


CASES = {
    "get_info": Case("viewer", "anywhere", lambda s, t: s.get_info()),
    "iter_digests": Case("viewer", "everywhere", lambda s, t: s.iter_digests()),
    "create_experiment": Case("editor", "there", lambda s, t: s.create_experiment(t.experiment + "2")),
    "search_experiments": Case("viewer", "anywhere", lambda s, t: s.search_experiments()),
    "count_experiment_runs": Case("viewer", "there", lambda s, t: s.count_experiment_runs([t.experiment_id])),
    "find_experiment": Case("viewer", "there", lambda s, t: s.find_experiment(t.experiment)),
    "get_experiment": Case("viewer", "there", lambda s, t: s.get_experiment(t.experiment_id)),
    "rename_experiment": Case("editor", "there", lambda s, t: s.rename_experiment(t.experiment_id, t.experiment)),
    "delete_experiment": Case("admin", "there", lambda s, t: s.delete_experiment(t.experiment_id)),
    "restore_experiment": Case("admin", "there", lambda s, t: s.restore_experiment(t.experiment_id)),
    "set_experiment_tags": Case("editor", "there", lambda s, t: s.set_experiment_tags(t.experiment_id, {"a": "b"})),
    "delete_experiment_tag": Case("editor", "there", lambda s, t: s.delete_experiment_tag(t.experiment_id, "a")),
    "create_run": Case("editor", "there", lambda s, t: s.create_run(_new(t))),
    "search_runs": Case("viewer", "there", lambda s, t: s.search_runs([t.experiment_id])),
    "search_run_ids": Case("viewer", "there", lambda s, t: s.search_run_ids([t.experiment_id])),
    "read_runs": Case("viewer", "there", lambda s, t: s.read_runs([t.run_id])),
    "count_run_keys": Case("viewer", "there", lambda s, t: s.count_run_keys([t.run_id])),
    "count_runs": Case("viewer", "there", lambda s, t: s.count_runs([t.experiment_id])),
    "close_lost_runs": Case("editor", "anywhere", lambda s, t: s.close_lost_runs(now_ms=1, silence_ms=1)),
    "get_run": Case("viewer", "there", lambda s, t: s.get_run(t.run_id)),
    "update_run": Case("editor", "there", lambda s, t: s.update_run(t.run_id, name="x")),
    "delete_run": Case("editor", "there", lambda s, t: s.delete_run(t.run_id)),
    "restore_run": Case("editor", "there", lambda s, t: s.restore_run(t.run_id)),
    "log_batch": Case("editor", "there", lambda s, t: s.log_batch(t.run_id, params={"a": 1})),
    "delete_tag": Case("editor", "there", lambda s, t: s.delete_tag(t.run_id, "a")),
    "log_inputs": Case("editor", "there", lambda s, t: s.log_inputs(t.run_id)),
    "log_outputs": Case("editor", "there", lambda s, t: s.log_outputs(t.run_id, models=[])),
    "get_metric_history": Case("viewer", "there", lambda s, t: s.get_metric_history(t.run_id, "loss")),
    "read_console": Case("viewer", "there", lambda s, t: s.read_console(t.run_id)),
    "ingest": Case("editor", "there", lambda s, t: s.ingest([Slice(run_id=t.run_id, writer_id="w")])),
    "read_series": Case("viewer", "there", lambda s, t: s.read_series([t.run_id], ["loss"])),
    "put_artifacts": Case("editor", "there", lambda s, t: s.put_artifacts(t.run_id, [_entry()])),
    "iter_artifacts": Case("viewer", "there", lambda s, t: s.iter_artifacts(t.run_id)),
    "delete_artifacts": Case("editor", "there", lambda s, t: s.delete_artifacts(t.run_id, "a")),
    "find_artifact": Case("viewer", "there", lambda s, t: s.find_artifact(t.run_id, "a")),
    "list_artifacts": Case("viewer", "there", lambda s, t: s.list_artifacts(t.model_id)),
    "search_datasets": Case("viewer", "there", lambda s, t: s.search_datasets([t.experiment_id])),
    "get_dataset": Case("viewer", "everywhere", lambda s, t: s.get_dataset("d", "x")),
    "list_edges": Case("viewer", "there", lambda s, t: s.list_edges(Node("run", t.run_id))),
    "create_logged_model": Case("editor", "there", lambda s, t: s.create_logged_model(t.experiment_id)),
    "search_logged_models": Case("viewer", "there", lambda s, t: s.search_logged_models([t.experiment_id])),
    "get_logged_model": Case("viewer", "there", lambda s, t: s.get_logged_model(t.model_id)),
    "finalize_logged_model": Case("editor", "there", lambda s, t: s.finalize_logged_model(t.model_id, "READY")),
    "delete_logged_model": Case("editor", "there", lambda s, t: s.delete_logged_model(t.model_id)),
    "log_logged_model_params": Case("editor", "there", lambda s, t: s.log_logged_model_params(t.model_id, {"a": "1"})),
    "set_logged_model_tags": Case("editor", "there", lambda s, t: s.set_logged_model_tags(t.model_id, {"a": "1"})),
    "delete_logged_model_tag": Case("editor", "there", lambda s, t: s.delete_logged_model_tag(t.model_id, "a")),
    "create_registered_model": Case("editor", "there", lambda s, t: s.create_registered_model(t.registered + "2")),
    "search_registered_models": Case("viewer", "anywhere", lambda s, t: s.search_registered_models()),
    "get_registered_model": Case("viewer", "there", lambda s, t: s.get_registered_model(t.registered)),
    "update_registered_model": Case(
        "editor", "there", lambda s, t: s.update_registered_model(t.registered, description="d")
    ),
    "delete_registered_model": Case("admin", "there", lambda s, t: s.delete_registered_model(t.registered)),
    "rename_registered_model": Case(
        "editor", "there", lambda s, t: s.rename_registered_model(t.registered, t.registered + "3")
    ),
    "get_latest_versions": Case("viewer", "there", lambda s, t: s.get_latest_versions(t.registered)),
    "set_registered_model_tag": Case(
        "editor", "there", lambda s, t: s.set_registered_model_tag(t.registered, "a", "b")
    ),
    "delete_registered_model_tag": Case(
        "editor", "there", lambda s, t: s.delete_registered_model_tag(t.registered, "a")
    ),
    "set_registered_model_alias": Case(
        "editor", "there", lambda s, t: s.set_registered_model_alias(t.registered, "best", "1")
    ),
    "list_alias_moves": Case("viewer", "there", lambda s, t: s.list_alias_moves(t.registered)),
    "delete_registered_model_alias": Case(
        "editor", "there", lambda s, t: s.delete_registered_model_alias(t.registered, "best")
    ),
    "get_model_version_by_alias": Case(
        "viewer", "there", lambda s, t: s.get_model_version_by_alias(t.registered, "best")
    ),
    "create_model_version": Case(
        "editor", "there", lambda s, t: s.create_model_version(t.registered, f"runs:/{t.run_id}/m", run_id=t.run_id)
    ),
    "search_model_versions": Case("viewer", "anywhere", lambda s, t: s.search_model_versions()),
    "get_model_version": Case("viewer", "there", lambda s, t: s.get_model_version(t.registered, "1")),
    "update_model_version": Case(
        "editor", "there", lambda s, t: s.update_model_version(t.registered, "1", description="d")
    ),
    "delete_model_version": Case("editor", "there", lambda s, t: s.delete_model_version(t.registered, "1")),
    "transition_model_version_stage": Case(
        "editor", "there", lambda s, t: s.transition_model_version_stage(t.registered, "1", "Production")
    ),
    "get_model_version_download_uri": Case(
        "viewer", "there", lambda s, t: s.get_model_version_download_uri(t.registered, "1")
    ),
    "set_model_version_tag": Case("editor", "there", lambda s, t: s.set_model_version_tag(t.registered, "1", "a", "b")),
    "delete_model_version_tag": Case(
        "editor", "there", lambda s, t: s.delete_model_version_tag(t.registered, "1", "a")
    ),
    "create_webhook": Case("admin", "everywhere", lambda s, t: s.create_webhook("w", "https://a.example", _event())),
    "list_webhooks": Case("admin", "everywhere", lambda s, t: s.list_webhooks()),
    "get_webhook": Case("admin", "everywhere", lambda s, t: s.get_webhook("x")),
    "update_webhook": Case("admin", "everywhere", lambda s, t: s.update_webhook("x", name="y")),
    "delete_webhook": Case("admin", "everywhere", lambda s, t: s.delete_webhook("x")),
    "list_deliveries": Case("admin", "everywhere", lambda s, t: s.list_deliveries("x")),
    "create_user": Case("admin", "everywhere", lambda s, t: s.create_user("new")),
    "list_users": Case("admin", "everywhere", lambda s, t: s.list_users()),
    "get_user": Case("nobody", "self", lambda s, t: s.get_user("nobody")),
    "update_user": Case("admin", "everywhere", lambda s, t: s.update_user("nobody", grants=[])),
    "delete_user": Case("admin", "everywhere", lambda s, t: s.delete_user("somebody")),
    "create_token": Case("nobody", "self", lambda s, t: s.create_token("nobody", "t")),
    "list_tokens": Case("nobody", "self", lambda s, t: s.list_tokens("nobody")),
    "delete_token": Case("nobody", "self", lambda s, t: s.delete_token("nobody", "x")),
    "search_audit": Case("admin", "everywhere", lambda s, t: s.search_audit()),
}


def _new(things: Things) -> NewRun:
    return NewRun(run_id=new_run_id(), run_name="n", start_time=1, experiment_id=things.experiment_id)


def _entry() -> ArtifactEntry:
    return ArtifactEntry(path="a", digest=_DIGEST, size_bytes=1, created_ms=1)


def _things(store: Store, experiment: str, registered: str) -> Things:
    made = store.create_experiment(experiment).experiment_id
    run_id = new_run_id()
    store.create_run(NewRun(run_id=run_id, run_name="r", start_time=1, experiment_id=made))
    store.log_batch(run_id, metrics=[Metric("loss", 1.0, 1, 1)])
    model_id = store.create_logged_model(made).model_id
    store.create_registered_model(registered)
    store.create_model_version(registered, f"runs:/{run_id}/m", run_id=run_id)
    return Things(experiment, made, run_id, model_id, registered)


def _may(name: str, case: Case, *, inside: bool) -> bool:
    role, _, scope = name.partition("-of-")
    if case.where == "self":
        return name in ("nobody", "admin")
    enough = _RANK[role] >= _RANK[case.role]
    match case.where:
        case "anywhere":
            return enough
        case "everywhere":
            return enough and not scope
        case _:
            return enough and (not scope or inside)


def test_every_operation_has_a_rule_and_is_tried() -> None:
    assert set(BY_NAME) == set(RULES) == set(CASES)
    assert not set(AT_HOME) & set(RULES)


@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_may_do_what_the_table_says(team: Team, name: str, inside: bool) -> None:
    things = _things(team.store, "fraud/a" if inside else "other/a", "fraud-model" if inside else "other-model")
    store = team.as_(name)
    wrong = []
    for operation, case in CASES.items():
        try:
            case.call(store, things)
            done = True
        except PermissionDenied:
            done = False
        except RunstoneError:
            done = True  # It was let in, and met something else.
        if done != _may(name, case, inside=inside):
            wrong.append(f"{operation}: {'let in' if done else 'refused'}")
    store.close()

    assert not wrong


def _endpoints(team: Team) -> list[tuple[str, str]]:
    inner: Any = team.app
    while not hasattr(inner, "routes"):
        inner = inner._app
    return sorted(
        {
            (method, route.path.replace("{", "").replace("}", "").replace(":path", ""))
            for route in inner.routes
            if isinstance(route, Route)
            for method in route.methods or ()
        }
    )


def _status(team: Team, method: str, path: str, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(team.uri + path, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_no_endpoint_lets_a_stranger_in_but_a_few(team: Team) -> None:
    endpoints = _endpoints(team)
    assert len(endpoints) > 250

    open_to_all = {path for method, path in endpoints if _status(team, method, path, None) != 401}

    assert open_to_all == PUBLIC


def test_a_token_that_is_none_opens_nothing(team: Team) -> None:
    for token in ("x", "rst_" + "a" * 43):
        answers = {_status(team, method, path, token) for method, path in _endpoints(team) if path not in PUBLIC}

        assert answers == {401}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/experiments/0/",
        "//api/v1/experiments/0",
        "/health/../api/v1/experiments/0",
        "/health/..;/api/v1/experiments/0",
        "/health%2f..%2fapi/v1/experiments/0",
        "/login/../metrics",
        "/login;/api/v1/experiments/0",
        "/health?/api/v1/experiments/0#",
        "/%68ealth/../metrics",
        "/API/V1/experiments/0",
        "/api/v1/openapi.json/../experiments/0",
        "/static/../api/v1/users",
    ],
)
def test_no_spelling_of_a_path_gets_past_the_door(team: Team, path: str) -> None:
    import http.client

    connection = http.client.HTTPConnection(team.uri.removeprefix("http://"))
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()

    assert answer.status in (401, 404) or body == b"OK"


def test_strangers_are_told_to_log_in(team: Team) -> None:
    store = team.as_("viewer")
    store._connection._pool.headers.pop("Authorization")  # type: ignore[attr-defined]  # ours

    with pytest.raises(Unauthenticated, match="log in first"):
        store.get_info()
    store.close()
