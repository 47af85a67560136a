"""Passwords as they are kept: Argon2id (RFC 9106) with argon2-cffi's defaults, which are that RFC's second choice."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

from runstone.core.errors import MissingExtra

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_turns = threading.Semaphore(2)
"""Each hash takes 64 MiB while it is made: not many at once, however many ask."""


def hash_password(password: str) -> str:
    """Return the hash of a password, with its salt and parameters in it."""
    with _turns:
        return _hasher().hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Say whether a hash is that of a password; it takes as long to deny one where no hash is kept."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _turns:
        try:
            _hasher().verify(kept or _nobodys(), password)
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return False
    return kept is not None


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise MissingExtra("A password", "server") from error
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("a password that nobody has")
