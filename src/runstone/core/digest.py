"""Digests: SHA-256, with the algorithm always in the text."""

from __future__ import annotations

import hashlib
import re

from runstone.core.errors import InvalidArgument

PREFIX = "sha256:"
_PATTERN = re.compile(r"sha256:[0-9a-f]{64}\Z")


def digest_of(data: bytes) -> str:
    """Return the digest of some bytes: ``sha256:`` and 64 hex digits."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def check_digest(digest: str) -> str:
    """Return the digest if it is well formed.

    Raises:
        InvalidArgument: It is not ``sha256:`` and 64 lower-case hex digits.
    """
    if not _PATTERN.match(digest):
        raise InvalidArgument(f"not a digest: {digest[:100]!r}; expected sha256: and 64 hex digits", field="digest")
    return digest
