"""What a store must do for users, tokens and the audit log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from runstone.core.clock import now_ms
from runstone.core.entities.team import AuditRecord, Grant
from runstone.core.errors import AlreadyExists, InvalidArgument, InvalidState, NotFound, PermissionDenied
from runstone.core.page import iter_pages
from runstone.store.protocol import Store

_PASSWORD = "correct horse battery"
_LATER = 10_000
_FRAUD = Grant("editor", "experiment", "fraud/*")


class TeamSuite:
    """Users, tokens, sessions, the audit log."""

    def test_a_user_is_kept_as_made(self, store: Store) -> None:
        made = store.create_user("ada@example.org", kind="service", grants=[Grant("viewer"), _FRAUD, _FRAUD])

        assert made.grants == (Grant("viewer"), _FRAUD) or made.grants == (_FRAUD, Grant("viewer"))
        assert (made.kind, made.is_active, made.has_password) == ("service", True, False)
        assert store.get_user("ada@example.org") == made
        assert store.has_users()

    def test_a_name_is_given_once(self, store: Store) -> None:
        assert not store.has_users()
        store.create_user("ada")

        with pytest.raises(AlreadyExists):
            store.create_user("ada")
        with pytest.raises(NotFound):
            store.get_user("Ada")

    @pytest.mark.parametrize("name", ["", " ", "a b", "-a", "a\0", "é", "a" * 129, "a\nb", "a/b", "<b>"])
    def test_names_are_of_few_characters(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_user(name)

    @pytest.mark.parametrize(
        "grants",
        [
            [Grant("owner")],  # type: ignore[arg-type]
            [Grant("viewer", "run")],  # type: ignore[arg-type]
            [Grant("viewer", "experiment", "a*b")],
            [Grant("viewer", "experiment", "")],
            [Grant("viewer"), Grant("admin")],
        ],
    )
    def test_grants_are_checked(self, store: Store, grants: list[Grant]) -> None:
        with pytest.raises(InvalidArgument):
            store.create_user("ada", grants=grants)

    def test_users_come_in_pages(self, store: Store) -> None:
        for name in ("c", "a", "b"):
            store.create_user(name)

        pages = iter_pages(lambda token: store.list_users(max_results=2, page_token=token))

        assert [user.name for user in pages] == ["a", "b", "c"]

    def test_a_password_lets_its_user_in(self, store: Store) -> None:
        made = store.create_user("ada", password=_PASSWORD)

        assert made.has_password
        assert store.check_password("ada", _PASSWORD) == made
        assert store.check_password("ada", _PASSWORD + "!") is None
        assert store.check_password("bob", _PASSWORD) is None
        assert store.check_password("a\0da", _PASSWORD) is None
        assert store.check_password("ada", "\ud800") is None

    def test_without_a_password_nobody_gets_in_by_one(self, store: Store) -> None:
        store.create_user("ada")

        assert store.check_password("ada", "") is None
        assert store.check_password("ada", "a password that nobody has") is None

    @pytest.mark.parametrize("password", ["", "short", "x" * 1025])
    def test_passwords_have_a_length(self, store: Store, password: str) -> None:
        with pytest.raises(InvalidArgument) as caught:
            store.create_user("ada", password=password)

        assert not password or password not in str(caught.value)

    def test_another_password_replaces_the_first_and_ends_sessions(self, store: Store) -> None:
        store.create_user("ada", password=_PASSWORD)
        session = store.issue_token("ada", "session", expires_ms=now_ms() + _LATER)
        token = store.create_token("ada", "ci")

        store.update_user("ada", password="another one entirely")

        assert store.check_password("ada", _PASSWORD) is None
        assert store.check_password("ada", "another one entirely") is not None
        assert store.find_bearer(session.secret, now_ms=now_ms()) is None
        assert store.find_bearer(token.secret, now_ms=now_ms()) is not None

    def test_who_is_not_active_gets_in_by_no_way(self, store: Store) -> None:
        store.create_user("ada", password=_PASSWORD)
        token = store.create_token("ada", "ci")

        store.update_user("ada", is_active=False)

        assert store.check_password("ada", _PASSWORD) is None
        assert store.find_bearer(token.secret, now_ms=now_ms()) is None
        store.update_user("ada", is_active=True)
        assert store.find_bearer(token.secret, now_ms=now_ms()) is not None

    def test_a_token_stands_for_its_user(self, store: Store) -> None:
        user = store.create_user("ada", grants=[_FRAUD])
        issued = store.create_token("ada", "ci", grants=[Grant("viewer")])

        bearer = store.find_bearer(issued.secret, now_ms=now_ms())

        assert bearer is not None
        assert bearer.user == user
        assert bearer.token.grants == (Grant("viewer"),)
        assert store.find_bearer(issued.secret + "x", now_ms=now_ms()) is None
        assert store.find_bearer("", now_ms=now_ms()) is None
        assert store.find_bearer("\ud800", now_ms=now_ms()) is None

    def test_the_secret_is_nowhere_but_in_the_answer(self, store: Store) -> None:
        store.create_user("ada")
        issued = store.create_token("ada", "ci")

        assert issued.secret not in repr(store.list_tokens("ada"))
        assert issued.secret not in repr(store.find_bearer(issued.secret, now_ms=now_ms()))

    def test_a_token_expires(self, store: Store) -> None:
        store.create_user("ada")
        expires_ms = now_ms() + _LATER
        issued = store.create_token("ada", "ci", expires_ms=expires_ms)

        assert store.find_bearer(issued.secret, now_ms=expires_ms - 1) is not None
        assert store.find_bearer(issued.secret, now_ms=expires_ms) is None
        with pytest.raises(InvalidArgument):
            store.create_token("ada", "late", expires_ms=1)

    def test_a_token_is_revoked(self, store: Store) -> None:
        store.create_user("ada")
        store.create_user("bob")
        issued = store.create_token("ada", "ci")

        with pytest.raises(NotFound):
            store.delete_token("bob", issued.token.token_id)
        store.delete_token("ada", issued.token.token_id)

        assert store.find_bearer(issued.secret, now_ms=now_ms()) is None
        with pytest.raises(NotFound):
            store.delete_token("ada", issued.token.token_id)

    def test_when_a_token_was_last_used_is_kept_to_the_minute(self, store: Store) -> None:
        store.create_user("ada")
        issued = store.create_token("ada", "ci")
        used_ms = now_ms()

        store.find_bearer(issued.secret, now_ms=used_ms)
        store.find_bearer(issued.secret, now_ms=used_ms + 10)

        assert [token.last_used_ms for token in store.list_tokens("ada")] == [used_ms]

    def test_with_a_user_go_the_tokens(self, store: Store) -> None:
        store.create_user("ada")
        issued = store.create_token("ada", "ci")

        store.delete_user("ada")

        assert store.find_bearer(issued.secret, now_ms=now_ms()) is None
        with pytest.raises(NotFound):
            store.list_tokens("ada")
        with pytest.raises(NotFound):
            store.create_token("ada", "again")

    def test_the_last_admin_stays(self, store: Store) -> None:
        store.create_user("ada", grants=[Grant("admin")])
        store.create_user("robot", kind="service", grants=[Grant("admin")])
        store.create_user("bob")

        for change in (
            lambda: store.delete_user("ada"),
            lambda: store.update_user("ada", is_active=False),
            lambda: store.update_user("ada", grants=[Grant("editor")]),
        ):
            with pytest.raises(InvalidState):
                change()
        store.update_user("bob", grants=[Grant("admin")])
        store.delete_user("ada")

    def test_of_two_admins_who_remove_each_other_one_stays(self, store: Store) -> None:
        for name in ("ada", "bob"):
            store.create_user(name, grants=[Grant("admin")])

        def remove(name: str) -> bool:
            try:
                store.delete_user(name)
            except InvalidState:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            done = list(threads.map(remove, ("ada", "bob")))

        assert sorted(done) == [False, True]

    def test_the_first_admin_is_made_once(self, store: Store) -> None:
        first = store.issue_token("", "setup", expires_ms=now_ms() + _LATER)
        second = store.issue_token("", "setup", expires_ms=now_ms() + _LATER)

        made = store.create_first_admin(first.secret, "ada", _PASSWORD, now_ms=now_ms())

        assert made.grants == (Grant("admin"),)
        assert store.check_password("ada", _PASSWORD) == made
        for secret in (first.secret, second.secret, "rsu_x"):
            with pytest.raises(PermissionDenied):
                store.create_first_admin(secret, "eve", _PASSWORD, now_ms=now_ms())

    def test_a_setup_token_opens_nothing_else_and_expires(self, store: Store) -> None:
        issued = store.issue_token("", "setup", expires_ms=now_ms() + _LATER)

        assert store.find_bearer(issued.secret, now_ms=now_ms()) is None
        with pytest.raises(PermissionDenied):
            store.create_first_admin(issued.secret, "eve", _PASSWORD, now_ms=now_ms() + _LATER + 1)

    def test_of_many_who_ask_for_a_shared_secret_all_get_the_same(self, store: Store) -> None:
        with ThreadPoolExecutor(4) as threads:
            found = set(threads.map(lambda _: store.shared_secret("uploads"), range(8)))

        assert [len(secret) for secret in found] == [32]
        assert store.shared_secret("uploads") in found
        assert store.shared_secret("other") not in found

    def test_the_audit_log_is_found_by_who_what_and_on_what(self, store: Store) -> None:
        for at, (actor, action, target) in enumerate(
            [("ada", "delete_run", "r1"), ("bob", "delete_run", "r2"), ("ada", "login", "")]
        ):
            store.add_audit(
                AuditRecord(
                    at_ms=at, actor=actor, action=action, target=target, detail='{"x":"\ud800\0"}', address="::1"
                )
            )

        assert [line.at_ms for line in store.search_audit()] == [2, 1, 0]
        assert [line.at_ms for line in store.search_audit(actor="ada")] == [2, 0]
        assert [line.at_ms for line in store.search_audit(action="delete_run", target="r2")] == [1]
        pages = iter_pages(lambda token: store.search_audit(max_results=1, page_token=token))
        assert [line.actor for line in pages] == ["ada", "bob", "ada"]
