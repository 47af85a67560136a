"""Ways in: tokens, passwords, sessions of browsers, and the first admin."""

from __future__ import annotations

import base64
import http.client
import re
import time
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec
import pytest
from tests.server.access.conftest import PASSWORD, Team

from runstone.core.clock import now_ms
from runstone.core.entities.team import Grant
from runstone.core.errors import PermissionDenied, Unauthenticated
from runstone.server.access import authentication
from runstone.server.access.authentication import COOKIE
from runstone.server.access.login import setup_path
from runstone.server.access.tries import Tries
from runstone.store.remote import open_remote


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cookie(self) -> str:
        """What a browser would send back."""
        return self.headers.get("set-cookie", "").partition(";")[0]


def ask(team: Team, method: str, path: str, *, body: bytes | None = None, **headers: str) -> Answer:
    """Send one request as nothing but its headers say."""
    connection = http.client.HTTPConnection(team.uri.removeprefix("http://"))
    try:
        connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def json(value: Any) -> dict[str, Any]:
    return {"body": msgspec.json.encode(value), "Content_Type": "application/json"}


def form(**fields: str) -> dict[str, Any]:
    return {"body": urlencode(fields).encode(), "Content_Type": "application/x-www-form-urlencoded"}


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def ada(team: Team) -> Team:
    """The server, with a person who has a password."""
    team.store.create_user("ada", password=PASSWORD, grants=[Grant("editor")])
    return team


def test_a_name_and_password_let_in(ada: Team) -> None:
    assert ask(ada, "GET", "/api/v1/info", Authorization=basic("ada", PASSWORD)).status == 200
    assert ask(ada, "GET", "/api/v1/info", Authorization=basic("ada", "wrong")).status == 401
    assert ask(ada, "GET", "/api/v1/info", Authorization=basic("eve", PASSWORD)).status == 401


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic YQ==", "Bearer", "Bearer ", "Digest x", "x" * 5000])
def test_what_is_no_credential_is_refused(ada: Team, header: str) -> None:
    assert ask(ada, "GET", "/api/v1/info", Authorization=header).status in (400, 401)


def test_a_token_is_taken_as_a_password_too(ada: Team) -> None:
    assert ask(ada, "GET", "/api/v1/me", Authorization=basic("token", ada.tokens["viewer"])).status == 200


def test_a_session_is_no_token_and_a_token_no_session(ada: Team) -> None:
    session = ada.store.issue_token("ada", "session", expires_ms=now_ms() + 60_000).secret

    assert ask(ada, "GET", "/api/v1/info", Authorization=f"Bearer {session}").status == 401
    assert ask(ada, "GET", "/api/v1/info", Cookie=f"{COOKIE}={ada.tokens['viewer']}").status == 401
    assert ask(ada, "GET", "/api/v1/info", Cookie=f"{COOKIE}={session}").status == 200


def test_logging_in_by_the_page(ada: Team) -> None:
    strayed = ask(ada, "GET", "/metrics?x=1", Accept="text/html")
    assert (strayed.status, strayed.headers["location"]) == (303, "/login?next=%2Fmetrics%3Fx%3D1")
    page = ask(ada, "GET", strayed.headers["location"])
    assert b'value="/metrics?x=1"' in page.body
    assert "script" not in page.headers["content-security-policy"]

    entered = ask(ada, "POST", "/login", **form(name="ada", password=PASSWORD, next="/metrics?x=1"))

    assert (entered.status, entered.headers["location"]) == (303, "/metrics?x=1")
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert "samesite=lax" in entered.headers["set-cookie"].lower()
    me = msgspec.json.decode(ask(ada, "GET", "/api/v1/me", Cookie=entered.cookie).body)
    assert (me["name"], me["how"]) == ("ada", "session")


def test_a_wrong_password_is_told_on_the_page(ada: Team) -> None:
    refused = ask(ada, "POST", "/login", **form(name='<script>"', password="wrong", next='"><script>'))

    assert refused.status == 401
    assert b"no active user has this name and password" in refused.body
    assert b"<script>" not in refused.body
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "\\x"]
)
def test_logging_in_leads_to_no_other_server(ada: Team, target: str) -> None:
    entered = ask(ada, "POST", "/login", **form(name="ada", password=PASSWORD, next=target))

    assert entered.headers["location"] == "/"


def test_logging_out_ends_the_session(ada: Team) -> None:
    cookie = ask(ada, "POST", "/api/v1/login", **json({"name": "ada", "password": PASSWORD})).cookie
    assert ask(ada, "GET", "/api/v1/info", Cookie=cookie).status == 200

    assert ask(ada, "POST", "/api/v1/logout", Cookie=cookie, Sec_Fetch_Site="same-origin").status == 204

    assert ask(ada, "GET", "/api/v1/info", Cookie=cookie).status == 401


def test_a_session_changes_things_from_pages_of_this_server_only(ada: Team) -> None:
    cookie = ask(ada, "POST", "/api/v1/login", **json({"name": "ada", "password": PASSWORD})).cookie
    make = json({"name": "made"})

    assert ask(ada, "POST", "/api/v1/experiments", Cookie=cookie, **make).status == 403
    assert ask(ada, "POST", "/api/v1/experiments", Cookie=cookie, Sec_Fetch_Site="cross-site", **make).status == 403
    assert ask(ada, "POST", "/api/v1/experiments", Cookie=cookie, Origin="http://evil.example", **make).status == 403
    assert ask(ada, "POST", "/api/v1/experiments", Cookie=cookie, Origin="null", **make).status == 403
    assert ask(ada, "POST", "/api/v1/experiments", Cookie=cookie, Origin=ada.uri, **make).status == 200


def test_changing_ones_password_needs_the_old_one(ada: Team) -> None:
    who = basic("ada", PASSWORD)
    another = "another one entirely"

    wrong = ask(ada, "POST", "/api/v1/me/password", Authorization=who, **json(_passwords("wrong", another)))
    right = ask(ada, "POST", "/api/v1/me/password", Authorization=who, **json(_passwords(PASSWORD, another)))

    assert (wrong.status, right.status) == (401, 204)
    assert ask(ada, "GET", "/api/v1/info", Authorization=who).status == 401
    assert ask(ada, "GET", "/api/v1/info", Authorization=basic("ada", another)).status == 200


def _passwords(current: str, new: str) -> dict[str, str]:
    return {"current_password": current, "new_password": new}


def test_too_many_wrong_passwords_have_to_wait(ada: Team) -> None:
    answers = [ask(ada, "POST", "/api/v1/login", **json({"name": "ada", "password": "no"})).status for _ in range(7)]

    assert answers == [401] * 5 + [429] * 2
    # The right one has to wait, too; tokens need not.
    assert ask(ada, "POST", "/api/v1/login", **json({"name": "ada", "password": PASSWORD})).status == 429
    assert ask(ada, "GET", "/api/v1/me", Authorization=f"Bearer {ada.tokens['viewer']}").status == 200


def test_wrong_passwords_are_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    tries = Tries()
    for _ in range(5):
        tries.note_wrong("ada", "::1")
    with pytest.raises(Exception, match="15 minutes"):
        tries.check("ada", "::1")
    tries.check("ada", "::2")

    now += 901
    tries.check("ada", "::1")


def test_who_may_do_less_does_less_at_once(ada: Team) -> None:
    store = ada.as_("editor")
    store.create_experiment("one")

    admin = ada.as_("admin")
    admin.update_user("editor", grants=[Grant("viewer")])

    with pytest.raises(PermissionDenied):
        store.create_experiment("two")
    admin.update_user("editor", is_active=False)
    with pytest.raises(Unauthenticated):
        store.get_info()
    for one in (store, admin):
        one.close()


def test_a_token_that_another_server_revoked_lives_for_seconds_only(ada: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "_BELIEVED_S", 0.0)
    store = ada.as_("viewer")
    store.get_info()
    [token] = ada.store.list_tokens("viewer")

    ada.store.delete_token("viewer", token.token_id)

    with pytest.raises(Unauthenticated):
        store.get_info()
    store.close()


def test_a_limited_token_does_no_more_than_its_limits(ada: Team) -> None:
    admin = ada.as_("admin")
    ada.store.create_experiment("fraud/a")
    limited = admin.create_token("admin", "narrow", grants=[Grant("editor", "experiment", "fraud/*")])
    admin.close()
    store = open_remote(ada.uri.replace("http://", f"http://token:{limited.secret}@"))

    store.create_experiment("fraud/b")
    for refused in (
        lambda: store.create_experiment("other"),
        lambda: store.delete_experiment("0"),
        lambda: store.create_user("eve", grants=[Grant("admin")]),
        lambda: store.create_token("admin", "wide"),
        lambda: store.search_audit(),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert [one.name for one in store.search_experiments()] == ["fraud/b", "fraud/a"]
    store.close()


def test_a_token_with_more_than_its_user_does_no_more_than_its_user(ada: Team) -> None:
    viewer = ada.as_("viewer")
    wide = viewer.create_token("viewer", "wide", grants=[Grant("admin")])
    viewer.close()
    store = open_remote(ada.uri.replace("http://", f"http://token:{wide.secret}@"))

    with pytest.raises(PermissionDenied):
        store.create_experiment("x")
    store.close()


class TestFirstAdmin:
    @pytest.fixture
    def link(self, team: Team) -> str:
        for user in team.store.list_users():
            if user.name != "admin":
                team.store.delete_user(user.name)
        team.store._database.write(lambda c: c.run("DELETE FROM users"))  # type: ignore[attr-defined]  # a SqlStore
        path = setup_path(team.store)
        assert path is not None
        return path

    def test_the_link_makes_the_admin_once(self, team: Team, link: str) -> None:
        assert b"Make the admin" in ask(team, "GET", link).body
        secret = link.partition("token=")[2]

        made = ask(team, "POST", "/setup", **form(name="root", password=PASSWORD, token=secret))

        assert made.status == 303
        assert ask(team, "GET", "/api/v1/users", Cookie=made.cookie).status == 200
        again = ask(team, "POST", "/setup", **form(name="eve", password=PASSWORD, token=secret))
        assert again.status == 403
        assert [user.name for user in team.store.list_users()] == ["root"]
        assert setup_path(team.store) is None

    def test_a_link_of_somebodys_own_makes_none(self, team: Team, link: str) -> None:
        assert ask(team, "POST", "/setup", **form(name="eve", password=PASSWORD, token="rsu_x")).status == 403
        assert ask(team, "POST", "/setup", **form(name="eve", password="short", token="rsu_x")).status == 400
        assert not team.store.has_users()

    def test_what_is_in_a_link_is_text_on_the_page(self, team: Team) -> None:
        page = ask(team, "GET", "/setup?token=" + quote('"><script>alert(1)</script>'))

        assert b"<script>" not in page.body


def test_what_was_changed_and_by_whom_is_in_the_log(ada: Team) -> None:
    admin = ada.as_("admin")
    made = admin.create_experiment("fraud/a", tags={"k": "v"})
    admin.delete_experiment(made.experiment_id)
    admin.create_user("bob", password="a long enough secret")
    admin.get_user("bob")
    ask(ada, "POST", "/api/v1/login", **json({"name": "ada", "password": "no"}))
    ask(ada, "POST", "/api/v1/login", **json({"name": "ada", "password": PASSWORD}))

    log = list(admin.search_audit())
    admin.close()

    assert [(line.actor, line.action, line.target) for line in log] == [
        ("ada", "login", ""),
        ("ada", "login_failed", ""),
        ("admin", "create_user", "bob"),
        ("admin", "delete_experiment", made.experiment_id),
        ("admin", "create_experiment", made.experiment_id),
    ]
    assert "a long enough secret" not in repr(log)
    assert all(line.address == "127.0.0.1" for line in log)
    assert all(re.fullmatch(r"[0-9a-f]{32}", line.request_id) for line in log[2:])
