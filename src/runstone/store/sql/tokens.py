"""Tokens: what stands for a user in requests.

A secret is 32 random bytes, so its SHA-256 needs no salt and can be looked up; only that digest is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

import msgspec

from runstone.core import limits
from runstone.core.clock import now_ms as clock_ms
from runstone.core.entities.team import AccessToken, Bearer, Grant, IssuedToken, TokenKind, User
from runstone.core.errors import InvalidArgument, NotFound, PermissionDenied
from runstone.core.ids import new_run_id
from runstone.store import rules, team_rules
from runstone.store.sql import users
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks
from runstone.store.sql.passwords import hash_password

_PREFIXES = {"api": "rst_", "session": "rss_", "setup": "rsu_"}
"""So that a secret which ends up where it should not be is recognised by scanners."""

_COLUMNS = "token_id, user_name, name, kind, grants, created_ms, expires_ms, last_used_ms"
_TOUCH_MS = 60_000
_read_grants = msgspec.msgpack.Decoder(tuple[Grant, ...]).decode


class Tokens:
    """Tokens in a SQL database."""

    _database: Database

    def create_token(
        self, user_name: str, name: str, *, grants: Sequence[Grant] = (), expires_ms: int | None = None
    ) -> IssuedToken:
        """Make a token for programs."""
        rules.check_text(user_name, "user_name")
        called = team_rules.check_token_name(name)
        given = team_rules.check_grants(grants)
        if expires_ms is not None and not clock_ms() < expires_ms <= limits.INT64_MAX:
            raise InvalidArgument("a token expires in the future, Unix milliseconds", field="expires_ms")
        return self._database.write(lambda c: _insert(c, user_name, called, "api", given, expires_ms))

    def list_tokens(self, user_name: str) -> list[AccessToken]:
        """Return a user's tokens and sessions, the newest first."""
        rules.check_text(user_name, "user_name")

        def work(c: Connection) -> list[AccessToken]:
            users.get(c, user_name)
            rows = c.query(
                f"SELECT {_COLUMNS} FROM tokens WHERE user_name = ? ORDER BY created_ms DESC, token_id DESC",
                (user_name,),
            )
            return [_token(row) for row in rows]

        return self._database.read(work)

    def delete_token(self, user_name: str, token_id: str) -> None:
        """Make a token worthless from now on."""
        rules.check_text(user_name, "user_name")
        rules.check_text(token_id, "token_id")

        def work(c: Connection) -> None:
            if not c.run("DELETE FROM tokens WHERE token_id = ? AND user_name = ?", (token_id, user_name)):
                raise NotFound(f"{rules.shown(user_name)} has no token {rules.shown(token_id)}")

        self._database.write(work)

    def find_bearer(self, secret: str, *, now_ms: int) -> Bearer | None:
        """Return the valid token of this secret with its active user, or None."""
        digest = _digest(secret)

        def work(c: Connection) -> Bearer | None:
            row = c.one(f"SELECT {_COLUMNS} FROM tokens WHERE digest = ? AND user_name IS NOT NULL", (digest,))
            if row is None:
                return None
            token, user = _token(row), users.get(c, row[1])
            is_valid = user.is_active and (token.expires_ms is None or now_ms < token.expires_ms)
            return Bearer(token=token, user=user) if is_valid else None

        found = self._database.read(work)
        if found is not None and now_ms - (found.token.last_used_ms or 0) > _TOUCH_MS:
            touched = (now_ms, found.token.token_id)
            self._database.write(lambda c: c.run("UPDATE tokens SET last_used_ms = ? WHERE token_id = ?", touched))
        return found

    def issue_token(self, user_name: str, kind: TokenKind, *, expires_ms: int) -> IssuedToken:
        """Make a session of a user, or (without a user) what lets somebody make the first admin."""

        def work(c: Connection) -> IssuedToken:
            c.run("DELETE FROM tokens WHERE kind <> 'api' AND expires_ms <= ?", (clock_ms(),))
            return _insert(c, user_name or None, kind, kind, (), expires_ms)

        return self._database.write(work)

    def create_first_admin(self, secret: str, name: str, password: str, *, now_ms: int) -> User:
        """Make the admin, once, for who has the secret of a setup token."""
        team_rules.check_user_name(name)
        kept = hash_password(team_rules.check_password(password))

        def work(c: Connection) -> User:
            if not _use_setup(c, secret, now_ms) or users.has_any(c):
                raise PermissionDenied("this link is used up or too old; a server that nobody may enter prints one")
            return users.insert(c, name, "person", kept, (Grant("admin"),))

        return self._database.write(work)


def _use_setup(c: Connection, secret: str, now_ms: int) -> bool:
    """Say whether a secret is that of a setup token, and make all setup tokens worthless if so."""
    valid = c.query(
        f"SELECT token_id FROM tokens WHERE kind = 'setup' AND digest = ? AND expires_ms > ? {c.for_update}",
        (_digest(secret), now_ms),
    )
    if valid:
        c.run("DELETE FROM tokens WHERE kind = 'setup'")
    return bool(valid)


def _insert(
    c: Connection,
    user_name: str | None,
    name: str,
    kind: TokenKind,
    grants: tuple[Grant, ...],
    expires_ms: int | None,
) -> IssuedToken:
    if user_name is not None:
        users.get(c, user_name)
    token = AccessToken(
        token_id=new_run_id(),
        user_name=user_name or "",
        name=name,
        kind=kind,
        grants=grants,
        created_ms=clock_ms(),
        expires_ms=expires_ms,
    )
    secret = _PREFIXES[kind] + secrets.token_urlsafe(32)
    c.run(
        f"INSERT INTO tokens ({_COLUMNS}, digest) VALUES ({marks(9)})",
        (
            token.token_id,
            user_name,
            name,
            kind,
            msgspec.msgpack.encode(grants),
            token.created_ms,
            expires_ms,
            None,
            _digest(secret),
        ),
    )
    return IssuedToken(token=token, secret=secret)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _token(row: Row) -> AccessToken:
    return AccessToken(
        token_id=row[0],
        user_name=row[1] or "",
        name=row[2],
        kind=row[3],
        grants=_read_grants(bytes(row[4])),
        created_ms=row[5],
        expires_ms=row[6],
        last_used_ms=row[7],
    )
