"""Reading with the digest checked on the way."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO

from runstone.core.digest import PREFIX
from runstone.core.errors import StoreCorrupt

BLOCK = 1 << 20


def verified(
    read: Callable[[], bytes], close: Callable[[], object], *, digest: str, size: int, where: object
) -> BinaryIO:
    """Return a stream over a blob, which refuses to give the last bytes if they are not what they should be.

    Args:
        read: Gives the next block, at last an empty one.
        close: Called once, when the stream is closed.
        digest: What the blob should be.
        size: How many bytes it has, so that somebody who reads exactly these is protected too.
        where: For the message.
    """
    return io.BufferedReader(_Verified(read, close, digest, size, where), BLOCK)


def read_to_end(stream: BinaryIO) -> None:
    """Read a stream and keep nothing."""
    while stream.read(BLOCK):
        pass


def check(found: str, digest: str, where: object) -> None:
    """Compare the digest of what was read with what it should be.

    Raises:
        StoreCorrupt: They differ.
    """
    if found != digest:
        raise StoreCorrupt(
            f"the blob at {where} is damaged: it should have digest {digest}, and has {found}; "
            "put that file back from a backup, or delete it and log the artifact again"
        )


class _Verified(io.RawIOBase):
    def __init__(
        self, read: Callable[[], bytes], close: Callable[[], object], digest: str, size: int, where: object
    ) -> None:
        self._read = read
        self._close = close
        self._digest = digest
        self._left = size
        self._where = where
        self._block = memoryview(b"")
        self._hasher = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # Buffer has no name before Python 3.12
        if not self._block:
            self._block = memoryview(self._read())
            self._hasher.update(self._block)
            self._left -= len(self._block)
            if self._left <= 0 or not self._block:
                check(PREFIX + self._hasher.hexdigest(), self._digest, self._where)
        given = min(len(buffer), len(self._block))
        buffer[:given] = self._block[:given]
        self._block = self._block[given:]
        return given

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()
