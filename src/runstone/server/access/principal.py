"""Who sends a request, and what they may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from msgspec import Struct

from runstone.core.entities.team import Grant, GrantScope, Role, UserKind
from runstone.core.errors import PermissionDenied, Unauthenticated

_RANK: dict[Role, int] = {"viewer": 1, "editor": 2, "admin": 3}

How = Literal["password", "token", "session"]


class Principal(Struct, frozen=True, kw_only=True):
    """Somebody who is known.

    Attributes:
        grants: What the user may do.
        limits: What the token may do at most; empty for whatever its user may.
        how: By what they are known.
        token_id: Of that token or session.
        address: Where the request came from.
        request_id: Of the request.
    """

    name: str
    kind: UserKind = "person"
    grants: tuple[Grant, ...] = ()
    limits: tuple[Grant, ...] = ()
    how: How = "token"
    token_id: str = ""
    address: str = ""
    request_id: str = ""

    def may(self, role: Role, scope: GrantScope, name: str) -> bool:
        """Say whether this role is held on the experiment or registered model of this name."""
        return _hold(self.grants, role, scope, name) and (not self.limits or _hold(self.limits, role, scope, name))

    def may_everywhere(self, role: Role) -> bool:
        """Say whether this role is held on everything."""
        return _hold(self.grants, role, "everything", "") and (
            not self.limits or _hold(self.limits, role, "everything", "")
        )

    def may_somewhere(self, role: Role) -> bool:
        """Say whether this role is held anywhere at all."""
        return _hold_any(self.grants, role) and (not self.limits or _hold_any(self.limits, role))


def covers(grant: Grant, scope: GrantScope, name: str) -> bool:
    """Say whether a grant is about the thing of this name."""
    if grant.scope == "everything":
        return True
    if grant.scope != scope:
        return False
    return name.startswith(grant.pattern[:-1]) if grant.pattern.endswith("*") else name == grant.pattern


def _hold(grants: Sequence[Grant], role: Role, scope: GrantScope, name: str) -> bool:
    rank = _RANK[role]
    return any(_RANK[grant.role] >= rank and covers(grant, scope, name) for grant in grants)


def _hold_any(grants: Sequence[Grant], role: Role) -> bool:
    return any(_RANK[grant.role] >= _RANK[role] for grant in grants)


_current: ContextVar[Principal | None] = ContextVar("runstone_principal", default=None)


def current() -> Principal:
    """Return who sent the request that is being answered.

    Raises:
        Unauthenticated: Nobody is known; there is no request, or it is one to a public path.
    """
    found = _current.get()
    if found is None:
        raise Unauthenticated("log in first: send a token, or a user name and password")
    return found


@contextmanager
def acting(principal: Principal) -> Iterator[None]:
    """Make somebody the current principal until the block ends."""
    token = _current.set(principal)
    try:
        yield
    finally:
        _current.reset(token)


def denied(principal: Principal, role: Role, what: str) -> PermissionDenied:
    """Return the error of somebody who lacks a role."""
    return PermissionDenied(f"{principal.name} may not do this: it needs the role {role} on {what}")
