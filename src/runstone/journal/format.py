"""The bytes of a journal.

A point is 32 bytes, little-endian: CRC-32 of the rest, key id (uint32), step (int64), timestamp in Unix
milliseconds (int64), value (float64).  A frame is the payload's length and CRC-32 (uint32 each) and the payload, a
MessagePack event.  Unwritten space is zeros, which is neither: the CRC-32 of 28 zero bytes is not zero, and no
frame has length 0.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

POINT = struct.Struct("<IIqqd")
POINT_SIZE = POINT.size
pack_point_body = struct.Struct("<Iqqd").pack
put_point = struct.Struct("<I28s").pack_into

_FRAME_HEAD = struct.Struct("<II")
FRAME_HEAD_SIZE = _FRAME_HEAD.size
MAX_FRAME_PAYLOAD = 64 * 1024 * 1024
MIN_FRAME = FRAME_HEAD_SIZE + 8
"""The smallest event takes 8 bytes: an array of the tag ``key``, a number and a text of one character."""

_EVENT_START = re.compile(rb"[\x90-\x9f][\xa1-\xbf][a-z]")
"""How every event begins: a short MessagePack array whose first item is a short text."""

_FILLER_SIZE = 1024 * 1024


class Point(NamedTuple):
    """One point of a journal, its key by the journal's own number."""

    key_id: int
    step: int
    timestamp_ms: int
    value: float


DAMAGED = Point(0, 0, 0, 0.0)
"""Stands for a record whose checksum is wrong; no writer uses key id 0."""


def encode_point(point: Point) -> bytes:
    """Return a point as a record."""
    body = pack_point_body(*point)
    return crc32(body).to_bytes(4, "little") + body


def iter_points(data: bytes | memoryview) -> Iterator[Point | None]:
    """Yield the points of whole records, None for one that is damaged."""
    view = memoryview(data)
    for at, (check, key_id, step, timestamp_ms, value) in zip(
        range(0, len(view), POINT_SIZE), POINT.iter_unpack(view), strict=True
    ):
        intact = crc32(view[at + 4 : at + POINT_SIZE]) == check
        yield Point(key_id, step, timestamp_ms, value) if intact else None


def encode_frame(payload: bytes) -> bytes:
    """Return a payload as a frame."""
    return _FRAME_HEAD.pack(len(payload), crc32(payload)) + payload


def iter_frames(data: bytes | memoryview) -> Iterator[tuple[int, bytes]]:
    """Yield payloads with the offset at which each frame ends; stop at the first that is torn or damaged."""
    view = memoryview(data)
    at = 0
    while at + FRAME_HEAD_SIZE <= len(view):
        length, check = _FRAME_HEAD.unpack_from(view, at)
        end = at + FRAME_HEAD_SIZE + length
        if length == 0 or length > MAX_FRAME_PAYLOAD or end > len(view):
            return
        payload = bytes(view[at + FRAME_HEAD_SIZE : end])
        if crc32(payload) != check:
            return
        yield end, payload
        at = end


def find_frame(data: bytes | memoryview, start: int) -> int | None:
    """Return where the next whole frame begins behind damage that begins at ``start``, or None if there is none."""
    view = memoryview(data)
    for match in _EVENT_START.finditer(view, start + MIN_FRAME + FRAME_HEAD_SIZE):
        at = match.start() - FRAME_HEAD_SIZE
        if next(iter_frames(view[at:]), None) is not None:
            return at
    return None


def filler_frames(size: int) -> Iterator[bytes]:
    """Yield frames that take ``size`` bytes together and stand for damaged ones.

    Each names a metric in a way that the store is bound to refuse: whatever the store takes in after them stands
    where it stood in the journal.
    """
    while size > 2 * _FILLER_SIZE:
        yield _filler(_FILLER_SIZE)
        size -= _FILLER_SIZE
    yield _filler(size)


def _filler(size: int) -> bytes:
    room = size - FRAME_HEAD_SIZE - 6
    if room <= 32:
        head = bytes([0xA0 + room - 1])
    elif room <= 257:
        head = b"\xd9" + (room - 2).to_bytes(1, "big")
    elif room <= 65538:
        head = b"\xda" + (room - 3).to_bytes(2, "big")
    else:
        head = b"\xdb" + (room - 5).to_bytes(4, "big")
    return encode_frame(b"\x93\xa3key\x00" + head + b"!" * (room - len(head)))


def frames_end(data: bytes | memoryview) -> int:
    """Return where the last whole frame ends."""
    return max((end for end, _ in iter_frames(data)), default=0)


def points_end(data: bytes | memoryview) -> int:
    """Return where the last intact record ends: damaged ones before it count as written, zeros after it do not."""
    view = memoryview(data)
    for at in range(len(view) // POINT_SIZE * POINT_SIZE - POINT_SIZE, -1, -POINT_SIZE):
        if crc32(view[at + 4 : at + POINT_SIZE]) == POINT.unpack_from(view, at)[0]:
            return at + POINT_SIZE
    return 0
