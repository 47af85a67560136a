"""Blobs on their way to a server: kept in a local folder until the server has them.

To store one is to copy it into the folder, at the speed of the disk and whether or not there is a server.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from runstone.blobs.local import LocalBlobs
from runstone.blobs.protocol import BlobFact, BlobStore, Stored
from runstone.core.errors import NotFound

_log = logging.getLogger("runstone")

_AT_ONCE = 1000


class SpooledBlobs:
    """The blobs of a server, with those that it does not have yet in a local folder.

    Args:
        folder: It is made when first written to.
        server: Where the blobs go.
    """

    def __init__(self, folder: Path, server: BlobStore) -> None:
        self._here = LocalBlobs(folder)
        self._server = server

    def deliver(self) -> None:
        """Send the server what is here, and keep it no longer.

        Raises:
            Unavailable, PermissionDenied: Some of it is still here.
        """
        waiting = [fact.digest for fact in self._here.iter_digests()]
        for start in range(0, len(waiting), _AT_ONCE):
            part = waiting[start : start + _AT_ONCE]
            try:
                stored = self._server.put_files([self._here.path(digest) for digest in part])
            except NotFound:
                # Another process has sent some of them just now; what it left is seen at the next call.
                continue
            for digest, sent in zip(part, stored, strict=True):
                if sent.digest != digest:
                    _log.error("%s is damaged where it waited for the server; what it was logged as is lost", digest)
                self._here.delete(digest)

    def is_empty(self) -> bool:
        """Say whether nothing waits here."""
        return next(self._here.iter_digests(), None) is None

    def put_bytes(self, data: bytes) -> Stored:
        return self._here.put_bytes(data)

    def put_file(self, path: str | os.PathLike[str]) -> Stored:
        return self._here.put_file(path)

    def put_files(self, paths: Sequence[str | os.PathLike[str]]) -> list[Stored]:
        return self._here.put_files(paths)

    def put_stream(self, stream: BinaryIO) -> Stored:
        return self._here.put_stream(stream)

    def open(self, digest: str) -> BinaryIO:
        return self._of(digest).open(digest)

    def get_bytes(self, digest: str) -> bytes:
        return self._of(digest).get_bytes(digest)

    def get_file(self, digest: str, destination: str | os.PathLike[str]) -> None:
        self._of(digest).get_file(digest, destination)

    def renew(self, blob: Stored) -> bool:
        return self._here.renew(blob) or self._server.renew(blob)

    def exists(self, digest: str) -> bool:
        return self._here.exists(digest) or self._server.exists(digest)

    def size(self, digest: str) -> int:
        return self._of(digest).size(digest)

    def verify(self, digest: str) -> None:
        self._of(digest).verify(digest)

    def iter_digests(self) -> Iterator[BlobFact]:
        return self._server.iter_digests()

    def delete(self, digest: str) -> None:
        self._server.delete(digest)

    def delete_if_older(self, digest: str, before_ms: int) -> bool:
        return self._server.delete_if_older(digest, before_ms)

    def sweep(self, older_than: timedelta, *, dry_run: bool = False) -> int:
        return self._server.sweep(older_than, dry_run=dry_run)

    def url(self, digest: str, expires: timedelta) -> str | None:
        return self._server.url(digest, expires)

    def _of(self, digest: str) -> BlobStore:
        return self._here if self._here.exists(digest) else self._server
