"""Users and their grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from runstone.core.clock import now_ms
from runstone.core.entities.team import Grant, User, UserKind
from runstone.core.errors import AlreadyExists, InvalidState, NotFound
from runstone.core.page import Page
from runstone.store import rules, team_rules
from runstone.store.sql.clauses import ALWAYS, Clause
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks
from runstone.store.sql.keyset import question_digest
from runstone.store.sql.listing import SortColumn, fetch_page
from runstone.store.sql.passwords import hash_password, is_password

_BATCH = 500
_MAX_RESULTS = 1000
_ADMINS = (
    "SELECT u.name FROM users u WHERE u.is_active = 1 AND u.kind = 'person' AND EXISTS (SELECT 1 FROM user_grants g "
    "WHERE g.name = u.name AND g.scope = 'everything' AND g.role = 'admin') ORDER BY u.name"
)


class Users:
    """Users in a SQL database."""

    _database: Database

    def create_user(
        self, name: str, *, kind: UserKind = "person", password: str | None = None, grants: Sequence[Grant] = ()
    ) -> User:
        """Make a user."""
        team_rules.check_user_name(name)
        checked = team_rules.check_kind(kind)
        given = team_rules.check_grants(grants)
        kept = None if password is None else hash_password(team_rules.check_password(password))
        return self._database.write(lambda c: insert(c, name, checked, kept, given))

    def get_user(self, name: str) -> User:
        """Return one user."""
        rules.check_text(name, "name")
        return self._database.read(lambda c: get(c, name))

    def list_users(self, *, max_results: int = 1000, page_token: str | None = None) -> Page[User]:
        """Return a page of users, by name."""
        limit = rules.check_max_results(max_results, _MAX_RESULTS)

        def work(c: Connection) -> Page[User]:
            rows, token = fetch_page(
                c,
                keys=("name",),
                source=Clause("users"),
                where=ALWAYS,
                order=(SortColumn(Clause("name"), "text"),),
                question=question_digest("users"),
                limit=limit,
                page_token=page_token,
            )
            return Page(get_many(c, [row[0] for row in rows]), token)

        return self._database.read(work)

    def update_user(
        self,
        name: str,
        *,
        password: str | None = None,
        grants: Sequence[Grant] | None = None,
        is_active: bool | None = None,
    ) -> User:
        """Change what is given."""
        rules.check_text(name, "name")
        given = None if grants is None else team_rules.check_grants(grants)
        kept = None if password is None else hash_password(team_rules.check_password(password))

        def work(c: Connection) -> User:
            with _KeptAdmin(c):
                get(c, name)
                if kept is not None:
                    c.run("UPDATE users SET password_hash = ? WHERE name = ?", (kept, name))
                if is_active is not None:
                    c.run("UPDATE users SET is_active = ? WHERE name = ?", (int(is_active), name))
                if given is not None:
                    c.run("DELETE FROM user_grants WHERE name = ?", (name,))
                    _put_grants(c, name, given)
                c.run("UPDATE users SET updated_ms = ? WHERE name = ?", (now_ms(), name))
            if kept is not None or is_active is False:
                _end_sessions(c, name)
            return get(c, name)

        return self._database.write(work)

    def delete_user(self, name: str) -> None:
        """Remove a user with all tokens."""
        rules.check_text(name, "name")

        def work(c: Connection) -> None:
            with _KeptAdmin(c):
                if not c.run("DELETE FROM users WHERE name = ?", (name,)):
                    raise _not_found(name)

        self._database.write(work)

    def has_users(self) -> bool:
        """Say whether there is any user."""
        return self._database.read(has_any)

    def check_password(self, name: str, password: str) -> User | None:
        """Return the active user of this name and password, or None, after about the same time."""
        kept, user = self._database.read(lambda c: _kept_of(c, name))
        return user if is_password(password, kept) and user is not None and user.is_active else None


class _KeptAdmin:
    """Holds the rows of all admins, and refuses a change that would leave none where there were some."""

    def __init__(self, c: Connection) -> None:
        self._c = c

    def __enter__(self) -> None:
        self._had = self._c.query(f"{_ADMINS} {self._c.for_update}")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None and self._had and not self._c.query(_ADMINS):
            raise InvalidState("nobody would be left who is admin of everything; make another one first")


def get(c: Connection, name: str) -> User:
    """Return one user.

    Raises:
        NotFound: None has this name.
    """
    found = get_many(c, [name])
    if not found:
        raise _not_found(name)
    return found[0]


def get_many(c: Connection, names: Sequence[str]) -> list[User]:
    """Return the users that exist of these, in the order given."""
    found: dict[str, User] = {}
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        among = f"WHERE name IN ({marks(len(batch))})"
        grants: defaultdict[str, list[Grant]] = defaultdict(list)
        for name, role, scope, pattern in c.query(
            f"SELECT name, role, scope, pattern FROM user_grants {among} ORDER BY name, scope, pattern", batch
        ):
            grants[name].append(Grant(role, scope, pattern))
        for row in c.query(
            "SELECT name, kind, is_active, password_hash IS NOT NULL, created_ms, updated_ms FROM users " + among, batch
        ):
            found[row[0]] = User(
                name=row[0],
                kind=row[1],
                is_active=bool(row[2]),
                has_password=bool(row[3]),
                created_ms=row[4],
                updated_ms=row[5],
                grants=tuple(grants[row[0]]),
            )
    return [found[name] for name in names if name in found]


def insert(c: Connection, name: str, kind: UserKind, password_hash: str | None, grants: Sequence[Grant]) -> User:
    """Make a user.

    Raises:
        AlreadyExists.
    """
    if c.one("SELECT 1 FROM users WHERE name = ?", (name,)):
        raise AlreadyExists(f"there is a user {name!r} already")
    now = now_ms()
    c.run(
        "INSERT INTO users (name, kind, password_hash, is_active, created_ms, updated_ms) VALUES (?, ?, ?, 1, ?, ?)",
        (name, kind, password_hash, now, now),
    )
    _put_grants(c, name, grants)
    return get(c, name)


def _end_sessions(c: Connection, name: str) -> None:
    c.run("DELETE FROM tokens WHERE user_name = ? AND kind = 'session'", (name,))


def _put_grants(c: Connection, name: str, grants: Sequence[Grant]) -> None:
    c.many(
        "INSERT INTO user_grants (name, scope, pattern, role) VALUES (?, ?, ?, ?)",
        [(name, grant.scope, grant.pattern, grant.role) for grant in grants],
    )


def has_any(c: Connection) -> bool:
    """Say whether there is any user."""
    return c.one("SELECT 1 FROM users LIMIT 1") is not None


def _kept_of(c: Connection, name: str) -> tuple[str | None, User | None]:
    if not name.isascii() or "\0" in name:
        return None, None
    row = c.one("SELECT password_hash FROM users WHERE name = ?", (name,))
    return (row[0], get(c, name)) if row else (None, None)


def _not_found(name: str) -> NotFound:
    return NotFound(f"there is no user {rules.shown(name)}")
