"""Bodies that a server and its clients exchange beside the store's own entities."""

from __future__ import annotations

from msgspec import Struct


class ErrorMessage(Struct):
    """What the server says of a call that failed.

    Attributes:
        code: As in the table of ``runstone.core.errors``.
        field: The argument at fault, if there is one.
        position: Offset of the character at fault in a filter, if there is one.
    """

    code: str
    message: str
    field: str | None = None
    position: int | None = None


class ErrorAnswer(Struct):
    """The body of such an answer."""

    error: ErrorMessage


class BlobMessage(Struct, frozen=True):
    """A blob: ``sha256:`` and 64 hex digits, and its length in bytes."""

    digest: str
    size_bytes: int


class RenewRequest(Struct, forbid_unknown_fields=True):
    """Which of these blobs are missing?"""

    blobs: list[BlobMessage]


class BatchRequest(Struct, forbid_unknown_fields=True):
    """Some small blobs."""

    blobs: list[bytes]
