"""Compressed chunks and bucket summaries as blobs: exact, self-describing, and sure to notice damage."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

import numpy as np

from runstone.core.errors import InvalidArgument
from runstone.store.series.buckets import POINTS_A_BUCKET, Buckets, bucketed, joined
from runstone.store.series.columns import Columns
from runstone.store.series.floats import pack_floats, unpack_floats
from runstone.store.series.integers import pack_ints, unpack_ints
from runstone.store.series.planes import BlobReader, pack_bytes, seal_blob, unpack_bytes

MAX_POINTS = 65_536
"""Most points in a chunk: bounds what a hostile blob can make us allocate."""

_VERSION = 1
_CHUNK = Struct("<cBI")
_BUCKETS = Struct("<cBHI")


def encode(columns: Columns) -> bytes:
    """Return points as a blob that gives back every bit of them, in their order.

    Raises:
        InvalidArgument: There are more than ``MAX_POINTS``, or the columns differ in length.
    """
    _check(columns)
    return seal_blob(_CHUNK.pack(b"C", _VERSION, columns.size), _packed(columns))


def decode(blob: bytes) -> Columns:
    """Return the points of a blob.

    Raises:
        StoreCorrupt: The blob is damaged, or no chunk.
    """
    reader = BlobReader(blob, "a chunk")
    kind, version, count = reader.read(_CHUNK)
    _check_header(reader, kind, b"C", version)
    if count > MAX_POINTS:
        raise reader.corrupt(f"{count} points")
    columns = _unpacked(reader, count)
    reader.finish()
    return columns


def encode_buckets(columns: Columns) -> bytes:
    """Return the bucket summary of a chunk's points as a blob.

    Raises:
        InvalidArgument: There are more than ``MAX_POINTS``, or the columns differ in length.
    """
    _check(columns)
    return _packed_buckets(bucketed(columns))


def encode_overview(blobs: Sequence[bytes]) -> bytes:
    """Return one bucket summary in the place of those of some chunks, as a blob.

    Raises:
        StoreCorrupt: One is damaged.
    """
    return _packed_buckets(joined([decode_buckets(blob) for blob in blobs]))


def _packed_buckets(buckets: Buckets) -> bytes:
    points, counts, nan_counts = buckets
    words = np.stack([points.steps, points.timestamps, points.values.view(np.int64)]).astype("<u8")
    words[:2, 1:] = np.diff(words[:2])
    planes = words.view(np.uint8).reshape(3, points.size, 8).transpose(0, 2, 1)
    tallies = np.stack([counts, nan_counts]).astype("<u4")
    header = _BUCKETS.pack(b"B", _VERSION, len(counts), points.size)
    return seal_blob(header, pack_bytes(planes.tobytes() + tallies.tobytes()))


def decode_buckets(blob: bytes) -> Buckets:
    """Return the bucket summary of a blob.

    Raises:
        StoreCorrupt: The blob is damaged, or no bucket summary.
    """
    reader = BlobReader(blob, "a bucket summary")
    kind, version, buckets, count = reader.read(_BUCKETS)
    _check_header(reader, kind, b"B", version)
    if count > buckets * POINTS_A_BUCKET:
        raise reader.corrupt(f"{count} points in {buckets} buckets")
    # One frame for all, unlike a chunk: a chart reads thousands of these, and each column would cost another call.
    data = np.frombuffer(unpack_bytes(reader, 24 * count + 8 * buckets), np.uint8)
    reader.finish()
    planes = data[: 24 * count].reshape(3, 8, count)
    words = planes.transpose(0, 2, 1).copy().view("<u8").reshape(3, count)
    np.cumsum(words[:2], axis=1, out=words[:2])
    steps, timestamps, bits = words.astype(np.uint64, copy=False).view(np.int64)
    counts, nan_counts = data[24 * count :].view("<u4").reshape(2, buckets).astype(np.int64)
    return Buckets(Columns(steps, timestamps, bits.view(np.float64)), counts, nan_counts)


def _packed(columns: Columns) -> bytes:
    return pack_ints(columns.steps) + pack_ints(columns.timestamps) + pack_floats(columns.values)


def _unpacked(reader: BlobReader, count: int) -> Columns:
    return Columns(unpack_ints(reader, count), unpack_ints(reader, count), unpack_floats(reader, count))


def _check(columns: Columns) -> None:
    if not len(columns.steps) == len(columns.timestamps) == len(columns.values):
        raise InvalidArgument("the columns of a chunk differ in length", field="columns")
    if columns.size > MAX_POINTS:
        raise InvalidArgument(f"a chunk holds at most {MAX_POINTS} points, not {columns.size}", field="columns")


def _check_header(reader: BlobReader, kind: bytes, wanted: bytes, version: int) -> None:
    if kind != wanted:
        raise reader.corrupt("it is of another kind")
    if version != _VERSION:
        raise reader.corrupt(f"its version {version} is unknown; it may be of a newer version of Runstone")
