"""What a blob back end can do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import BinaryIO, NamedTuple, Protocol


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
    """Bytes by digest.  Storing what is there already does nothing."""

    def put_bytes(self, data: bytes) -> Stored:
        """Store some bytes.

        Raises:
            StorageFull, PermissionDenied, Unavailable.
        """

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        """Store what a local file holds.  If it changes meanwhile, what is stored still has its digest.

        Raises:
            NotFound, StorageFull, PermissionDenied, Unavailable.
        """

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        """Store many local files.

        Raises:
            NotFound, StorageFull, PermissionDenied, Unavailable.
        """

    def put_stream(self, stream: BinaryIO) -> Stored:
        """Store what a stream gives until its end.

        Raises:
            StorageFull, PermissionDenied, Unavailable.
        """

    def get_bytes(self, digest: str) -> bytes:
        """Return a blob, verified.

        Raises:
            NotFound, StoreCorrupt, Unavailable.
        """

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        """Copy a blob to a local file, verified; the file is whole or not there.

        Raises:
            NotFound, StoreCorrupt, StorageFull, PermissionDenied, Unavailable.
        """

    def iter_bytes(self, digest: str, block_size: int = 1 << 20) -> Iterator[bytes]:
        """Yield a blob in blocks; after the last it is verified.

        Raises:
            NotFound, StoreCorrupt, Unavailable.
        """

    def exists(self, digest: str) -> bool:
        """Say whether there is such a blob."""

    def iter_blobs(self) -> Iterator[BlobFact]:
        """Yield every blob there is."""

    def delete(self, digest: str) -> None:
        """Remove a blob; an absent one is no error."""

    def sweep(self, older_than: timedelta) -> int:
        """Remove what interrupted writes left, and return how many bytes that was."""

    def url(self, digest: str, expires: timedelta) -> str | None:
        """Return a URL that reads the blob without credentials until it expires, if the back end has such."""
