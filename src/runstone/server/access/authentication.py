"""From what a request carries to who sent it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time

import msgspec
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from runstone.core.clock import now_ms
from runstone.core.entities.team import Bearer, User
from runstone.core.errors import Unauthenticated
from runstone.server.access.audit import record_of
from runstone.server.access.principal import Principal
from runstone.server.access.tries import Tries
from runstone.store.protocol import Store

COOKIE = "runstone_session"
_API_TOKEN = "rst_"
_BELIEVED_S = 5.0
"""How long what was found out is believed: a token revoked through another server lives on for that long."""

_PASSWORD_BELIEVED_S = 60.0
"""The same for a password, which takes long to check."""

_KEPT = 10_000


class Authenticator:
    """Finds out who sends requests; safe to use from many threads.

    Args:
        store: The store itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.tries = Tries()
        self._key = secrets.token_bytes(32)
        self._believed: dict[bytes, tuple[float, Principal]] = {}

    def recall(self, headers: Headers) -> Principal | None:
        """Return who sent a request if that was found out a moment ago; never blocks."""
        until, principal = self._believed.get(self._credential(headers), (0.0, None))
        return principal if time.monotonic() < until else None

    def find_out(self, headers: Headers, address: str) -> Principal | None:
        """Return who sent a request, or None for one that does not say.

        Raises:
            Unauthenticated: It says something that is not so.
            TooManyRequests: After too many wrong passwords.
        """
        scheme, _, given = headers.get("authorization", "").partition(" ")
        principal: Principal | None = None
        believed_s = _BELIEVED_S
        if scheme.lower() == "bearer":
            principal = self._by_token(given.strip())
        elif scheme.lower() == "basic":
            name, password = _read_basic(given)
            if password.startswith(_API_TOKEN):
                principal = self._by_token(password)
            else:
                believed_s = _PASSWORD_BELIEVED_S
                principal = _principal(self.check_password(name, password, address))
        elif scheme:
            raise Unauthenticated("Authorization must be Bearer or Basic")
        elif session := session_in(headers):
            principal = self._by_session(session)
        if principal is not None:
            self._believe(self._credential(headers), principal, believed_s)
        return principal

    def check_password(self, name: str, password: str, address: str) -> User:
        """Return the user of this name and password.

        Raises:
            Unauthenticated, TooManyRequests.
        """
        self.tries.check(name, address)
        user = self._store.check_password(name, password)
        if user is None:
            self.tries.note_wrong(name, address)
            stranger = Principal(name=name[:128], address=address)
            self._store.add_audit(record_of(stranger, "login_failed"))
            raise Unauthenticated("no active user has this name and password")
        return user

    def forget(self) -> None:
        """Believe nothing any longer: somebody's rights have changed."""
        self._believed.clear()

    def _by_token(self, secret: str) -> Principal:
        found = self._store.find_bearer(secret, now_ms=now_ms())
        if found is None or found.token.kind != "api":
            raise Unauthenticated("this token is not, or no longer, valid")
        return _of_bearer(found)

    def _by_session(self, secret: str) -> Principal | None:
        found = self._store.find_bearer(secret, now_ms=now_ms())
        return None if found is None or found.token.kind != "session" else _of_bearer(found)

    def _credential(self, headers: Headers) -> bytes:
        given = headers.get("authorization") or f"cookie {session_in(headers)}"
        return hashlib.blake2b(given.encode("utf-8", "replace"), key=self._key, digest_size=32).digest()

    def _believe(self, credential: bytes, principal: Principal, seconds: float) -> None:
        if len(self._believed) >= _KEPT:
            self._believed.clear()
        self._believed[credential] = (time.monotonic() + seconds, principal)


def session_in(headers: Headers) -> str:
    """Return the secret of the session that a request's cookie carries, or an empty text."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def _read_basic(given: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name, colon, password = "", "", ""
    if not colon:
        raise Unauthenticated("Authorization: Basic needs NAME:PASSWORD in base64")
    return name, password


def _principal(user: User) -> Principal:
    return Principal(name=user.name, kind=user.kind, grants=user.grants, how="password")


def _of_bearer(found: Bearer) -> Principal:
    return msgspec.structs.replace(
        _principal(found.user),
        limits=found.token.grants,
        how="session" if found.token.kind == "session" else "token",
        token_id=found.token.token_id,
    )
