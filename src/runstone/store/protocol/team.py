"""Users, their tokens, and the log of what they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runstone.core.entities.team import AccessToken, AuditRecord, Bearer, Grant, IssuedToken, TokenKind, User, UserKind
from runstone.core.page import Page


class TeamStore(Protocol):
    """Who may do what, and who did."""

    def create_user(
        self, name: str, *, kind: UserKind = "person", password: str | None = None, grants: Sequence[Grant] = ()
    ) -> User:
        """Make a user.

        Args:
            password: Kept as an Argon2id hash (RFC 9106); without one, only tokens let this user in.

        Raises:
            AlreadyExists, InvalidArgument.
        """

    def get_user(self, name: str) -> User:
        """Return one user.

        Raises:
            NotFound.
        """

    def list_users(self, *, max_results: int = 1000, page_token: str | None = None) -> Page[User]:
        """Return a page of users, by name.

        Raises:
            InvalidArgument.
        """

    def update_user(
        self,
        name: str,
        *,
        password: str | None = None,
        grants: Sequence[Grant] | None = None,
        is_active: bool | None = None,
    ) -> User:
        """Change what is given.  Another password, or being no longer active, ends all sessions.

        Raises:
            NotFound, InvalidArgument.
            InvalidState: Nobody would be left who is admin of everything.
        """

    def delete_user(self, name: str) -> None:
        """Remove a user with all tokens.

        Raises:
            NotFound.
            InvalidState: Nobody would be left who is admin of everything.
        """

    def create_token(
        self, user_name: str, name: str, *, grants: Sequence[Grant] = (), expires_ms: int | None = None
    ) -> IssuedToken:
        """Make a token for programs; its secret is in the answer and nowhere else.

        Args:
            name: What it is for, to people.
            grants: What it may do at most; empty for whatever its user may.
            expires_ms: Unix milliseconds from when on it is not taken any more; None for never.

        Raises:
            NotFound, InvalidArgument.
        """

    def list_tokens(self, user_name: str) -> list[AccessToken]:
        """Return a user's tokens and sessions, the newest first.

        Raises:
            NotFound.
        """

    def delete_token(self, user_name: str, token_id: str) -> None:
        """Make a token worthless from now on.

        Raises:
            NotFound.
        """

    def search_audit(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[AuditRecord]:
        """Return a page of the audit log, the newest first: of one actor, one action, one target, or all.

        Raises:
            InvalidArgument.
        """

    def add_audit(self, record: AuditRecord) -> None:
        """Write a line of the audit log."""

    def has_users(self) -> bool:
        """Say whether there is any user."""

    def check_password(self, name: str, password: str) -> User | None:
        """Return the active user of this name and password, or None, after about the same time."""

    def find_bearer(self, secret: str, *, now_ms: int) -> Bearer | None:
        """Return the valid token of this secret with its active user, or None."""

    def issue_token(self, user_name: str, kind: TokenKind, *, expires_ms: int) -> IssuedToken:
        """Make a session of a user, or (without a user) what lets somebody make the first admin.

        Raises:
            NotFound.
        """

    def create_first_admin(self, secret: str, name: str, password: str, *, now_ms: int) -> User:
        """Make the admin, once, for who has the secret of a setup token.

        Raises:
            PermissionDenied: There is no such setup token, or it has expired, or there are users already.
            InvalidArgument.
        """

    def shared_secret(self, purpose: str) -> bytes:
        """Return 32 random bytes for a purpose, the same to all servers of a store; the first who asks makes them."""
