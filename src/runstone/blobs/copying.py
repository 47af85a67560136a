"""From one open file to another, with the digest of what arrived."""

from __future__ import annotations

import errno
import hashlib
import os
import queue
import sys
import threading

from runstone.blobs.protocol import Stored
from runstone.core.digest import PREFIX

BLOCK = 1 << 20
_AHEAD = 8
"""How many blocks the writer may be ahead of the hash."""

_FICLONE = 0x40049409
"""ioctl of linux/fs.h: share the bytes of another file until one of the two is written."""


def copy(source: int, target: int) -> Stored:
    """Copy an open file to a new, empty one, sharing its bytes where the file system can.

    Returns:
        Digest and size of what is in the target now, whatever happened to the source meanwhile.
    """
    if _clone(source, target):
        # What was cloned is read back, so that what is hashed is what is stored.
        return _hash(target)
    with Hashing() as hashing:
        while block := os.read(source, BLOCK):
            hashing.update(block)
            write_all(target, block)
    return hashing.stored()


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the bytes; the system may take fewer at a time."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


class Hashing:
    """SHA-256 in a thread of its own, so that hashing and writing go on at once: both let go of the GIL."""

    def __init__(self) -> None:
        self._hasher = hashlib.sha256()
        self._size = 0
        self._blocks: queue.Queue[bytes] = queue.Queue(_AHEAD)
        self._thread: threading.Thread | None = None

    def update(self, block: bytes) -> None:
        """Add a block, which may not be empty."""
        self._size += len(block)
        if self._thread is None:
            self._hasher.update(block)
        else:
            self._blocks.put(block)

    def stored(self) -> Stored:
        """Return digest and size; only after the ``with``."""
        return Stored(PREFIX + self._hasher.hexdigest(), self._size)

    def __enter__(self) -> Hashing:
        thread = threading.Thread(target=self._run, name="runstone-hash", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # The limit on threads is reached, or the interpreter is about to end: do it here.
            return self
        self._thread = thread
        return self

    def __exit__(self, *exception: object) -> None:
        if self._thread is not None:
            self._blocks.put(b"")
            self._thread.join()

    def _run(self) -> None:
        while block := self._blocks.get():
            self._hasher.update(block)


def _hash(descriptor: int) -> Stored:
    hasher = hashlib.sha256()
    size = 0
    os.lseek(descriptor, 0, os.SEEK_SET)
    while block := os.read(descriptor, BLOCK):
        hasher.update(block)
        size += len(block)
    return Stored(PREFIX + hasher.hexdigest(), size)


def _clone(source: int, target: int) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return False  # Another file system, or one that cannot: whatever the reason, copying is the answer.
    return True
