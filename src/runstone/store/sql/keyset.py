"""Page tokens: where the last page ended, bound to the question that was asked."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import msgspec

from runstone.core.errors import InvalidArgument


def question_digest(*parts: Any) -> bytes:
    """Return a short digest of what a listing was asked, to tell a token of another question."""
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=8).digest()


def encode_token(question: bytes, position: tuple[Any, ...]) -> str:
    """Return an opaque token for the row at ``position``, the last of a page."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode((question, position))).decode().rstrip("=")


def decode_token(token: str | None, question: bytes) -> tuple[Any, ...] | None:
    """Return the position a token stands for, or None without a token.

    Raises:
        InvalidArgument: It is not a token, or one of another question.
    """
    if not token:
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        asked, position = msgspec.msgpack.decode(raw, type=tuple[bytes, tuple[Any, ...]])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise InvalidArgument("not a page token; pass the token of the page before", field="page_token") from error
    if asked != question:
        raise InvalidArgument(
            "this page token belongs to another search; keep filter, order and scope the same while paging",
            field="page_token",
        )
    return position
