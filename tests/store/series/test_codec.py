from __future__ import annotations

import math
import struct
import threading
import zlib

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument, StoreCorrupt
from runstone.store.series.buckets import bucketed
from runstone.store.series.codec import MAX_POINTS, decode, decode_buckets, encode, encode_buckets
from runstone.store.series.columns import Columns

INT64 = st.integers(-(2**63), 2**63 - 1)
WORDS = st.integers(0, 2**64 - 1)
ODD_BITS = st.sampled_from(
    [
        0x0000000000000000,  # 0.0
        0x8000000000000000,  # -0.0
        0x0000000000000001,  # the least subnormal
        0x7FF0000000000000,  # inf
        0x7FF8000000000000,  # NaN
        0xFFF8000000000000,  # NaN with a sign
        0x7FF8DEADBEEF0000,  # a quiet NaN with a payload
        0x7FF0000000000001,  # a signalling NaN
        0x7FF4000020000000,  # a signalling NaN that fits float32
        0x47EFFFFFE0000000,  # the greatest float32
        0x36A0000000000000,  # the least subnormal float32
        0x3FF0000000000000,  # 1.0
    ]
)
FLOAT32 = st.floats(width=32)
DECIMAL = st.integers(-(10**6), 10**6).map(lambda number: number / 10**4)


def floats_of(words: list[int]) -> np.ndarray:
    return np.array(words, np.uint64).view(np.float64)


def columns_of(ints: list[tuple[int, int]], values: np.ndarray) -> Columns:
    steps = np.array([step for step, _ in ints], np.int64)
    timestamps = np.array([timestamp for _, timestamp in ints], np.int64)
    return Columns(steps, timestamps, values)


@st.composite
def any_columns(draw: st.DrawFn) -> Columns:
    """Columns of one length, values of every kind, some of them many times over."""
    few = st.lists(WORDS | ODD_BITS, min_size=1, max_size=4).flatmap(lambda pool: st.lists(st.sampled_from(pool)))
    kinds = [
        st.lists(WORDS | ODD_BITS, max_size=40).map(floats_of),
        few.map(floats_of),
        st.lists(FLOAT32, max_size=40).map(lambda numbers: np.array(numbers, np.float64)),
        st.lists(DECIMAL, max_size=40).map(lambda numbers: np.array(numbers, np.float64)),
        st.lists(st.integers(-(2**60), 2**60), max_size=40).map(lambda numbers: np.array(numbers, np.float64)),
    ]
    values = draw(st.one_of(kinds))
    values = np.tile(values, draw(st.sampled_from([1, 1, 1, 9])))
    near = st.integers(-200, 200)
    ints = draw(st.lists(st.tuples(INT64, INT64) | st.tuples(near, near), min_size=len(values), max_size=len(values)))
    return columns_of(ints, values)


def same(a: Columns, b: Columns) -> bool:
    return a.to_raw() == b.to_raw()


def plain(count: int, values: np.ndarray | None = None) -> Columns:
    random = np.random.default_rng(7)
    timestamps = 1_700_000_000_000 + np.cumsum(random.integers(40, 60, count))
    return Columns(np.arange(count), timestamps, random.random(count) if values is None else values)


@given(any_columns())
def test_every_point_comes_back_bit_for_bit(columns):
    decoded = decode(encode(columns))
    assert same(decoded, columns)
    assert [column.dtype for column in decoded] == [np.int64, np.int64, np.float64]


@given(any_columns())
def test_bucket_summaries_come_back_bit_for_bit(columns):
    found, expected = decode_buckets(encode_buckets(columns)), bucketed(columns)
    assert same(found.points, expected.points)
    assert found.counts.tolist() == expected.counts.tolist()
    assert found.nan_counts.tolist() == expected.nan_counts.tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, MAX_POINTS])
def test_any_number_of_points_up_to_the_limit_comes_back(count):
    assert same(decode(encode(plain(count))), plain(count))
    assert decode_buckets(encode_buckets(plain(count))).counts.sum() == count


def test_more_points_than_the_limit_are_refused():
    for write in (encode, encode_buckets):
        with pytest.raises(InvalidArgument, match="65537"):
            write(plain(MAX_POINTS + 1))


def test_columns_of_different_lengths_are_refused():
    for write in (encode, encode_buckets):
        with pytest.raises(InvalidArgument, match="differ in length"):
            write(Columns(np.arange(3), np.arange(3), np.zeros(2)))


@given(any_columns(), st.data())
def test_a_cut_blob_is_corrupt(columns, data):
    for write, read in ((encode, decode), (encode_buckets, decode_buckets)):
        blob = write(columns)
        with pytest.raises(StoreCorrupt, match="damaged"):
            read(blob[: data.draw(st.integers(0, len(blob) - 1))])


@given(any_columns(), st.data())
def test_a_flipped_bit_is_corrupt(columns, data):
    for write, read in ((encode, decode), (encode_buckets, decode_buckets)):
        blob = bytearray(write(columns))
        blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        with pytest.raises(StoreCorrupt, match="damaged"):
            read(bytes(blob))


@given(any_columns(), st.binary(min_size=1, max_size=8))
def test_a_blob_with_bytes_added_is_corrupt(columns, more):
    for write, read in ((encode, decode), (encode_buckets, decode_buckets)):
        with pytest.raises(StoreCorrupt, match="damaged"):
            read(write(columns) + more)


@given(any_columns(), st.data())
def test_a_blob_changed_on_purpose_never_crashes(columns, data):
    """With a checksum that is right again, a changed blob is points of some kind or StoreCorrupt."""
    for write, read in ((encode, decode), (encode_buckets, decode_buckets)):
        body = bytearray(write(columns)[:-4])
        for _ in range(data.draw(st.integers(1, 3))):
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
        try:
            read(with_checksum(bytes(body)))
        except StoreCorrupt:
            pass


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_corrupt(body):
    for read in (decode, decode_buckets):
        with pytest.raises(StoreCorrupt, match="damaged"):
            read(with_checksum(b"?" + body))


def test_a_chunk_is_no_bucket_summary_and_the_other_way_round():
    with pytest.raises(StoreCorrupt, match="another kind"):
        decode(encode_buckets(plain(10)))
    with pytest.raises(StoreCorrupt, match="another kind"):
        decode_buckets(encode(plain(10)))


def test_a_blob_of_a_newer_version_says_so():
    for write, read in ((encode, decode), (encode_buckets, decode_buckets)):
        body = bytearray(write(plain(10))[:-4])
        body[1] = 200
        with pytest.raises(StoreCorrupt, match=r"version 200 .* newer version of Runstone"):
            read(with_checksum(bytes(body)))


def test_a_count_beyond_the_limit_is_refused_before_anything_is_allocated():
    with pytest.raises(StoreCorrupt, match="4294967295 points"):
        decode(with_checksum(struct.pack("<cBI", b"C", 1, 2**32 - 1) + bytes(100)))
    with pytest.raises(StoreCorrupt, match="4294967295 points"):
        decode_buckets(with_checksum(struct.pack("<cBHI", b"B", 1, 64, 2**32 - 1) + bytes(100)))


def test_a_column_that_unpacks_to_more_than_its_points_is_refused():
    bomb = zstandard.ZstdCompressor().compress(bytes(2**26))
    steps = struct.pack("<BqqI", 1, 0, 0, len(bomb)) + bomb
    with pytest.raises(StoreCorrupt, match="another size"):
        decode(with_checksum(struct.pack("<cBI", b"C", 1, 2) + steps))


def test_chunks_are_written_and_read_on_many_threads():
    curves = [plain(3000, np.random.default_rng(seed).random(3000)) for seed in range(8)]
    wrong = []

    def work(columns: Columns) -> None:
        wrong.extend(seed for seed in range(30) if not same(decode(encode(columns)), columns))

    threads = [threading.Thread(target=work, args=(columns,)) for columns in curves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


class TestSize:
    """Bytes a point of full chunks, jittered timestamps included."""

    count = 8192
    random = np.random.default_rng(3)
    decay = 2.5 * np.exp(-np.arange(count) / 3000) + 0.1

    def size(self, values: np.ndarray) -> float:
        columns = plain(self.count, values)
        return (len(encode(columns)) + len(encode_buckets(columns))) / self.count

    def test_a_noisy_loss_of_float32_takes_4_bytes(self):
        loss = (self.decay + self.random.normal(0, 0.03, self.count)).astype(np.float32)
        assert self.size(loss.astype(np.float64)) < 4

    def test_random_float64_takes_8_bytes(self):
        assert self.size(self.random.random(self.count)) < 8

    def test_a_smooth_curve_takes_less_than_a_noisy_one(self):
        assert self.size(self.decay) < 6

    @pytest.mark.parametrize("whole", [1000, 10_000, 128])
    def test_accuracies_take_3_bytes(self, whole):
        right = np.clip(self.random.normal(0.9 * whole, 0.02 * whole, self.count).round(), 0, whole)
        assert self.size(right / whole) < 3

    def test_whole_numbers_take_3_bytes(self):
        assert self.size(self.random.integers(0, 1000, self.count).astype(np.float64)) < 3

    def test_a_constant_at_even_distances_takes_next_to_nothing(self):
        columns = Columns(np.arange(8192), np.arange(8192) * 1000, np.full(8192, math.pi))
        assert len(encode(columns)) < 120


def with_checksum(body: bytes) -> bytes:
    return body + struct.pack("<I", zlib.crc32(body))
