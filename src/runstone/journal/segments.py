"""A stream of bytes in files of bounded size, written through memory maps.

Space is allocated before it is mapped: a store into a hole of a full disk would end the process with SIGBUS, an
allocation that fails is an ``OSError``.  Where the disk gives no more, segments live in memory, up to a bound.
"""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

from runstone.core.errors import StorageFull

MAX_SEGMENT = 4 * 1024 * 1024
MAX_MEMORY = 64 * 1024 * 1024


class Segment:
    """A mapped piece of a stream.

    Attributes:
        start: Offset of its first byte in the stream.
        used: Bytes written so far.
        path: Its file, or None when it is in memory.
    """

    __slots__ = ("map", "path", "size", "start", "used")

    def __init__(self, start: int, size: int, path: Path | None) -> None:
        self.start = start
        self.size = size
        self.path = path
        self.used = 0
        self.map = mmap.mmap(-1, size) if path is None else _map_file(path, size)


def _map_file(path: Path, size: int) -> mmap.mmap:
    # An empty file may be there already: Ctrl-C can end this between any two lines.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        try:
            _allocate(descriptor, size)
            return mmap.mmap(descriptor, size)
        except OSError:
            path.unlink()
            raise
    finally:
        os.close(descriptor)


def _allocate(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
            return
        except OSError as error:
            # The file system knows no allocation, and this C library does not stand in for it.
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
    rest = memoryview(bytes(size))
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Stream:
    """The segments of one stream, oldest first; the last is being written.

    Args:
        folder: Where the files go; None keeps them in memory.
        name: First part of their names; the second is the segment's start.
        first_size: Size of the first segment; later ones are four times the one before, up to 4 MiB.
    """

    def __init__(self, folder: Path | None, name: str, first_size: int) -> None:
        self._folder = folder
        self._name = name
        self._next_size = first_size
        self.segments: list[Segment] = []
        self.trouble: OSError | None = None
        """Why the newest segment is in memory; None when it is in a file."""

    @property
    def end(self) -> int:
        """Offset behind the last byte written."""
        return self.segments[-1].start + self.segments[-1].used if self.segments else 0

    def roll(self, at_least: int = 0) -> Segment:
        """Begin a new segment with room for ``at_least`` bytes.

        Raises:
            StorageFull: Neither the disk nor the memory set aside for this has room.
        """
        if self.segments and self.segments[-1].used == 0 and self.segments[-1].size >= at_least:
            return self.segments[-1]  # Begun, and then not used because Ctrl-C came in between.
        start = self.end
        size = max(self._next_size, -(-at_least // mmap.PAGESIZE) * mmap.PAGESIZE)
        segment = self._in_file(start, size) or self._in_memory(start, size)
        self._next_size = min(self._next_size * 4, MAX_SEGMENT)
        self.segments.append(segment)
        return segment

    def _in_file(self, start: int, size: int) -> Segment | None:
        if self._folder is None:
            return None
        try:
            segment = Segment(start, size, self._folder / f"{self._name}-{start:020d}")
        except OSError as error:
            self.trouble = error
            return None
        self.trouble = None
        return segment

    def _in_memory(self, start: int, size: int) -> Segment:
        taken = sum(segment.size for segment in self.segments if segment.path is None)
        if taken + size > MAX_MEMORY:
            why = "" if self.trouble is None else f"cannot write {self._folder}: {self.trouble.strerror}, and "
            raise StorageFull(f"{why}the {MAX_MEMORY >> 20} MiB set aside in memory are full") from self.trouble
        return Segment(start, size, None)

    def read(self, start: int, max_bytes: int) -> bytes:
        """Return what was written from ``start`` on, at most ``max_bytes`` and at most to the end of a segment."""
        for segment in self.segments:
            offset = start - segment.start
            if 0 <= offset < segment.used:
                return segment.map[offset : min(segment.used, offset + max_bytes)]
        return b""

    def release(self, before: int) -> None:
        """Remove segments that end at or before an offset; the one being written stays."""
        while len(self.segments) > 1 and self.segments[0].start + self.segments[0].used <= before:
            self._remove(self.segments.pop(0))

    def save(self) -> bool:
        """Try to put into files what is in memory only, and say whether everything is in files now."""
        for segment in self.segments:
            if segment.path is None and segment.used:
                if self._folder is None:
                    return False
                path = self._folder / f"{self._name}-{segment.start:020d}"
                try:
                    path.write_bytes(segment.map[: segment.used])
                except OSError as error:
                    self.trouble = error
                    path.unlink(missing_ok=True)
                    return False
                segment.path = path
        return True

    def remove(self) -> None:
        """Remove all segments."""
        while self.segments:
            self._remove(self.segments.pop())

    def _remove(self, segment: Segment) -> None:
        if segment.path is not None:
            segment.path.unlink(missing_ok=True)
        segment.map.close()
