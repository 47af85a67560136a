"""The lowest level of a chunk: words as compressed byte planes, and the checked blob around them."""

from __future__ import annotations

import threading
import zlib
from struct import Struct
from struct import error as struct_error
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from runstone.core.errors import StoreCorrupt

Words = npt.NDArray[np.uint64]

_LEVEL = 1
_MAX_WINDOW = 1 << 21
_LENGTH = Struct("<I")
_CHECKSUM = Struct("<I")


class _Contexts(threading.local):
    """What compresses and decompresses: costly to make, and not to be shared among threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
        self.decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)


_contexts = _Contexts()


def width_of(greatest: int) -> int:
    """Return how many bytes hold all numbers from 0 to ``greatest``."""
    return (greatest.bit_length() + 7) // 8


def pack_words(words: npt.NDArray[np.unsignedinteger[Any]], width: int) -> bytes:
    """Return words compressed, of each its ``width`` lowest bytes; the others must be 0."""
    storage = _storage_of(width)
    lanes = words.astype(f"<u{storage}").view(np.uint8).reshape(-1, storage)
    compressor = _contexts.compressor.compressobj(size=len(words) * width)
    parts = []
    for plane in range(width):
        # A block for each plane, as they differ much in what bytes they hold.
        parts.append(compressor.compress(lanes[:, plane].tobytes()))
        parts.append(compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
    parts.append(compressor.flush())
    frame = b"".join(parts)
    return _LENGTH.pack(len(frame)) + frame


def unpack_words(reader: BlobReader, count: int, width: int) -> Words:
    """Return the words that ``pack_words`` wrote.

    Raises:
        StoreCorrupt: They are not there.
    """
    planes = np.frombuffer(unpack_bytes(reader, count * width), np.uint8).reshape(width, count)
    storage = _storage_of(width)
    lanes = np.zeros((count, storage), np.uint8) if width < storage else np.empty((count, storage), np.uint8)
    lanes[:, :width] = planes.T
    words: Words = lanes.view(f"<u{storage}").reshape(count).astype(np.uint64, copy=False)
    return words


def _storage_of(width: int) -> int:
    """Return the size of the machine's smallest word that holds so many bytes."""
    return next(size for size in (1, 2, 4, 8) if size >= width)


def pack_bytes(data: bytes) -> bytes:
    """Return bytes compressed, with their compressed length before them."""
    frame = _contexts.compressor.compress(data)
    return _LENGTH.pack(len(frame)) + frame


def unpack_bytes(reader: BlobReader, size: int) -> bytes:
    """Return the next compressed bytes of a blob, which must unpack to ``size`` bytes.

    Raises:
        StoreCorrupt: They do not.
    """
    frame = reader.take(reader.read(_LENGTH)[0])
    try:
        # Before anything is allocated: a blob may claim any size.
        if zstandard.frame_content_size(frame) != size:
            raise reader.corrupt("a column has another size than the number of points says")
        data = _contexts.decompressor.decompress(frame)
    except zstandard.ZstdError as problem:
        raise reader.corrupt(f"a column cannot be decompressed ({problem})") from problem
    if len(data) != size:
        raise reader.corrupt("a column has another size than the number of points says")
    return data


def seal_blob(*parts: bytes) -> bytes:
    """Return the parts joined, with their checksum at the end."""
    body = b"".join(parts)
    return body + _CHECKSUM.pack(zlib.crc32(body))


class BlobReader:
    """Reads a sealed blob from its beginning; whatever does not fit is StoreCorrupt.

    Args:
        what: What the blob is called in errors.

    Raises:
        StoreCorrupt: The checksum is wrong.
    """

    def __init__(self, blob: bytes, what: str) -> None:
        self._what = what
        self._body = memoryview(blob)[: -_CHECKSUM.size]
        self._at = 0
        checksum = bytes(blob[-_CHECKSUM.size :])
        if len(checksum) < _CHECKSUM.size or _CHECKSUM.unpack(checksum)[0] != zlib.crc32(self._body):
            raise self.corrupt("its checksum is wrong")

    def read(self, layout: Struct) -> tuple[Any, ...]:
        """Return the next fields."""
        try:
            fields = layout.unpack_from(self._body, self._at)
        except struct_error as problem:
            raise self.corrupt("it ends too early") from problem
        self._at += layout.size
        return fields

    def take(self, size: int) -> memoryview:
        """Return the next ``size`` bytes."""
        taken = self._body[self._at : self._at + size]
        if len(taken) != size:
            raise self.corrupt("it ends too early")
        self._at += size
        return taken

    def finish(self) -> None:
        """Refuse bytes that were not read."""
        if self._at != len(self._body):
            raise self.corrupt("it has bytes too many")

    def corrupt(self, why: str) -> StoreCorrupt:
        """Return the error to raise."""
        return StoreCorrupt(f"{self._what} is damaged: {why}; restore it from a backup")
