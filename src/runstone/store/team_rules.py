"""Names, grants and passwords: what every store holds to, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from runstone.core.entities.team import Grant, GrantScope, Role, UserKind
from runstone.core.errors import InvalidArgument
from runstone.store import rules

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+\-]*\Z")
_MAX_NAME_LENGTH = 128
_MAX_TOKEN_NAME_LENGTH = 200
_MAX_GRANTS = 1000
_MIN_PASSWORD_LENGTH = 12
_MAX_PASSWORD_LENGTH = 1024


def check_user_name(name: object) -> str:
    """Return the name of a user.

    Raises:
        InvalidArgument: Empty, too long, or with other characters than letters, digits and ``. _ @ + -``.
    """
    text = rules.check_text(name, "name", max_length=_MAX_NAME_LENGTH, allow_empty=False)
    if not _NAME.match(text):
        raise InvalidArgument(
            f"Invalid user name {rules.shown(text)}: letters, digits and . _ @ + - are allowed, and a letter or digit "
            "at the beginning",
            field="name",
        )
    return text


def check_kind(kind: object) -> UserKind:
    """Return the kind of a user.

    Raises:
        InvalidArgument: There is no such kind.
    """
    if kind == "person" or kind == "service":
        return kind
    raise InvalidArgument(f"Invalid kind of user {rules.shown(kind)}: person or service", field="kind")


def check_password(password: object) -> str:
    """Return a password that is long enough.

    Raises:
        InvalidArgument: Shorter than 12 characters, or absurdly long.  The message does not repeat it.
    """
    if not isinstance(password, str) or not _MIN_PASSWORD_LENGTH <= len(password) <= _MAX_PASSWORD_LENGTH:
        raise InvalidArgument(
            f"a password has from {_MIN_PASSWORD_LENGTH} to {_MAX_PASSWORD_LENGTH} characters", field="password"
        )
    try:
        password.encode()
    except UnicodeEncodeError:
        raise InvalidArgument("a password holds no lone surrogates", field="password") from None
    return password


def check_token_name(name: object) -> str:
    """Return what a token is called.

    Raises:
        InvalidArgument: Empty or too long.
    """
    return rules.check_text(name, "name", max_length=_MAX_TOKEN_NAME_LENGTH, allow_empty=False)


def check_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return grants sorted, each place once.

    Raises:
        InvalidArgument: A role or scope is unknown, a pattern has ``*`` within it, or a place comes with two roles.
    """
    found = tuple(sorted({_checked(grant) for grant in grants}, key=lambda grant: (grant.scope, grant.pattern)))
    if len(found) > _MAX_GRANTS:
        raise InvalidArgument(f"more than {_MAX_GRANTS} grants; use patterns", field="grants")
    if len({(grant.scope, grant.pattern) for grant in found}) < len(found):
        raise InvalidArgument("one place has two roles; give the greater one alone", field="grants")
    return found


def read_grant(text: str) -> Grant:
    """Return the grant that a text stands for: ``ROLE``, ``ROLE:experiment:PATTERN`` or ``ROLE:model:PATTERN``.

    Raises:
        InvalidArgument: It stands for none.
    """
    role, _, rest = text.partition(":")
    scope, _, pattern = rest.partition(":")
    return _checked(Grant(role, scope, pattern) if rest else Grant(role))  # type: ignore[arg-type]  # checked there


def _checked(grant: Grant) -> Grant:
    if grant.role not in get_args(Role):
        raise InvalidArgument(
            f"Invalid role {rules.shown(grant.role)}: one of {', '.join(get_args(Role))}", field="grants"
        )
    if grant.scope not in get_args(GrantScope):
        raise InvalidArgument(
            f"Invalid scope {rules.shown(grant.scope)}: one of {', '.join(get_args(GrantScope))}", field="grants"
        )
    pattern = rules.check_text(grant.pattern, "grants", max_length=500, allow_empty=False)
    if grant.scope == "everything":
        pattern = "*"
    elif "*" in pattern[:-1]:
        raise InvalidArgument(
            f"Invalid pattern {rules.shown(pattern)}: a name, or its beginning with * after it", field="grants"
        )
    return Grant(grant.role, grant.scope, pattern)
