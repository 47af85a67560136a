"""What a blob back end can do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import timedelta

RENEWED_WITHIN_MS = 60_000
"""Bytes that are stored again are no older than this afterwards."""


class Stored(NamedTuple):
    """Bytes that are in the store now."""

    digest: str
    size_bytes: int


class BlobFact(NamedTuple):
    """A blob as a listing shows it; ``modified_ms`` is Unix milliseconds."""

    digest: str
    size_bytes: int
    modified_ms: int


class BlobStore(Protocol):
    """Bytes by digest.

    Storing what is there already sends none of it again, but renews its ``modified_ms`` if that is older than
    ``RENEWED_WITHIN_MS``, which shows those who collect garbage that somebody has just asked for it.  All of it may
    be called from many threads and processes.
    """

    def put_bytes(self, data: bytes) -> Stored:
        """Store some bytes.

        Raises:
            StorageFull, PermissionDenied, Unavailable.
        """

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        """Store what a local file holds; if it changes meanwhile, what is stored still has the digest returned.

        Raises:
            NotFound: There is no such file.
            InvalidArgument: It is a folder, pipe, socket or device.
            StorageFull, PermissionDenied, Unavailable.
        """

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        """Store many local files, and return theirs in the same order.

        Raises:
            NotFound, InvalidArgument, StorageFull, PermissionDenied, Unavailable.
        """

    def put_stream(self, stream: BinaryIO) -> Stored:
        """Store what a stream gives until its end.

        Raises:
            StorageFull, PermissionDenied, Unavailable.
        """

    def open(self, digest: str) -> BinaryIO:
        """Return a stream over a blob, to be read once from its beginning, and closed.

        The blob is verified while it is read: what is damaged raises StoreCorrupt instead of giving its last bytes.

        Raises:
            NotFound, StoreCorrupt, PermissionDenied, Unavailable.
        """

    def get_bytes(self, digest: str) -> bytes:
        """Return a blob, verified.

        Raises:
            NotFound, StoreCorrupt, PermissionDenied, Unavailable.
        """

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        """Write a blob to a local file, verified; the file is there whole, or as it was before.

        Raises:
            NotFound: There is no such blob, or no such folder to write to.
            InvalidArgument: The destination is a folder.
            StoreCorrupt, StorageFull, PermissionDenied, Unavailable.
        """

    def renew(self, blob: Stored) -> bool:
        """Say whether there is such a blob, of that size; if so it is as young as if it had just been stored again.

        Raises:
            PermissionDenied, Unavailable.
        """

    def exists(self, digest: str) -> bool:
        """Say whether there is such a blob."""

    def size(self, digest: str) -> int:
        """Return how many bytes a blob has, unverified.

        Raises:
            NotFound, PermissionDenied, Unavailable.
        """

    def verify(self, digest: str) -> None:
        """Read a blob to its end.

        Raises:
            NotFound, StoreCorrupt, PermissionDenied, Unavailable.
        """

    def iter_digests(self) -> Iterator[BlobFact]:
        """Yield every blob there is; one that comes or goes meanwhile may be among them or not."""

    def delete(self, digest: str) -> None:
        """Remove a blob; an absent one is no error."""

    def delete_if_older(self, digest: str, before_ms: int) -> bool:
        """Remove a blob unless its ``modified_ms`` is ``before_ms`` or later by now, and say whether it was removed.

        Garbage is removed so: what somebody stored again since it was listed stays.
        """

    def sweep(self, older_than: timedelta, *, dry_run: bool = False) -> int:
        """Remove what writes that died left behind, and return how many bytes that freed.

        Args:
            dry_run: Remove nothing, and return how many bytes that would free.
        """

    def url(self, digest: str, expires: timedelta) -> str | None:
        """Return a URL that reads the blob without credentials until it expires, or None if there is no such thing."""
