"""Which route takes a request."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Match, Route

from runstone.blobs.local import LocalBlobs
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.routing import Routes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import Served

    from runstone.store.sql.store import SqlStore


def _routes(store: SqlStore, tmp_path: Path) -> Routes:
    inner = create_app(open_backend(store, LocalBlobs(tmp_path / "blobs")))
    while not hasattr(inner, "router"):
        inner = vars(inner)["_app"]
    found: Routes = inner.router
    return found


def test_a_path_leads_where_trying_all_routes_would_lead(store: SqlStore, tmp_path: Path) -> None:
    routes = _routes(store, tmp_path)

    for (method, path), route in routes._by_path.items():
        scope = {"type": "http", "method": method, "path": path}
        first = next(one for one in routes.routes if one.matches(scope)[0] is Match.FULL)
        assert first is route


def test_routes_with_variable_parts_are_not_found_by_their_pattern(store: SqlStore, tmp_path: Path) -> None:
    routes = _routes(store, tmp_path)

    assert any(isinstance(route, Route) and "{" in route.path for route in routes.routes)
    assert not any("{" in path for _, path in routes._by_path)


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/health", 200),
        ("HEAD", "/health", 200),
        ("POST", "/health", 405),
        ("GET", "/api/2.0/mlflow/runs/log-metric", 405),
        ("GET", "/nothing", 404),
    ],
)
def test_a_request_gets_the_status_of_its_path(served: Served, verb: str, path: str, status: int) -> None:
    asked = urllib.request.Request(served.uri + path, method=verb)
    try:
        with urllib.request.urlopen(asked) as answer:
            found = answer.status
    except urllib.error.HTTPError as error:
        found = error.code

    assert found == status
