"""People, programs and what they may do."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Role = Literal["viewer", "editor", "admin"]
"""In order: reads; also records and changes; also deletes experiments and models, and says who may what."""

GrantScope = Literal["everything", "experiment", "model"]
UserKind = Literal["person", "service"]
TokenKind = Literal["api", "session", "setup"]


class Grant(Struct, frozen=True, order=True):
    """A role somewhere.

    Attributes:
        role: What may be done.
        scope: On ``everything``, or on the experiments or the registered models that ``pattern`` names.
        pattern: A name, or the beginning of names with ``*`` after it: ``fraud/*`` is all below ``fraud/``.
    """

    role: Role
    scope: GrantScope = "everything"
    pattern: str = "*"

    def __str__(self) -> str:
        return self.role if self.scope == "everything" else f"{self.role}:{self.scope}:{self.pattern}"


class User(Struct, frozen=True, kw_only=True):
    """Somebody who may log in, or a program that has tokens."""

    name: str
    kind: UserKind = "person"
    grants: tuple[Grant, ...] = ()
    is_active: bool = True
    has_password: bool = False
    created_ms: int = 0
    updated_ms: int = 0


class AccessToken(Struct, frozen=True, kw_only=True):
    """What stands for a user in requests; the secret itself is shown once and kept nowhere.

    Attributes:
        grants: What it may do at most; empty for whatever its user may.
        kind: ``api`` for programs, ``session`` for a browser that logged in.
        expires_ms: From when on it is not taken any more; None for never.
        last_used_ms: When it last was, to the minute.
    """

    token_id: str
    user_name: str
    name: str
    kind: TokenKind = "api"
    grants: tuple[Grant, ...] = ()
    created_ms: int = 0
    expires_ms: int | None = None
    last_used_ms: int | None = None


class IssuedToken(Struct, frozen=True, kw_only=True):
    """A token that was just made, with its secret."""

    token: AccessToken
    secret: str


class Bearer(Struct, frozen=True, kw_only=True):
    """A token that is valid, and whose it is."""

    token: AccessToken
    user: User


class AuditRecord(Struct, frozen=True, kw_only=True):
    """A line of the audit log: who did what to what.

    Attributes:
        actor: Name of the user.
        token_id: The token it was done with; empty for a password.
        action: The store's operation, or ``login``, ``login_failed``, ``logout``.
        target: What it was done to: the ids or names in the call.
        detail: The other arguments as JSON, without secrets, cut where it is long.
        address: Where the request came from.
    """

    audit_no: int = 0
    at_ms: int
    actor: str
    action: str
    target: str = ""
    detail: str = ""
    token_id: str = ""
    address: str = ""
    request_id: str = ""
