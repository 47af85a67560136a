"""The bytes of a journal, whole and damaged."""

from __future__ import annotations

import struct
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.events import Event, KeyDefined, ParamLogged, SeriesLogged, TagSet, decode_event, encode_event
from runstone.core.limits import INT64_MAX, INT64_MIN
from runstone.journal.format import (
    FRAME_HEAD_SIZE,
    MIN_FRAME,
    POINT_SIZE,
    Point,
    encode_frame,
    encode_point,
    filler_frames,
    find_frame,
    frames_end,
    iter_frames,
    iter_points,
    points_end,
)

int64s = st.integers(INT64_MIN, INT64_MAX)
points = st.builds(
    Point, st.integers(1, 2**32 - 1), int64s, int64s, st.integers(0, 2**64 - 1).map(lambda bits: _float_of(bits))
)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
events = st.one_of(
    st.builds(KeyDefined, st.integers(1, 1000), texts),
    st.builds(ParamLogged, texts, st.one_of(texts, int64s, st.booleans(), st.none())),
    st.builds(TagSet, texts, st.one_of(st.none(), texts)),
    st.builds(SeriesLogged, st.integers(1, 9), st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80)),
)


def _float_of(bits: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return value


@given(st.lists(points, max_size=20))
def test_points_come_back_bit_for_bit(logged: list[Point]) -> None:
    data = b"".join(map(encode_point, logged))

    read = list(iter_points(data))

    assert [encode_point(point) for point in read if point is not None] == [encode_point(point) for point in logged]
    assert points_end(data) == len(data)


@given(st.lists(points, min_size=1, max_size=20), st.data())
def test_flipped_bytes_cost_the_points_they_are_in_and_no_other(logged: list[Point], data: st.DataObject) -> None:
    journal = bytearray(b"".join(map(encode_point, logged)))
    flips = data.draw(
        st.dictionaries(st.integers(0, len(journal) - 1), st.integers(1, 255), max_size=3), label="position and mask"
    )
    for position, mask in flips.items():
        journal[position] ^= mask
    hit = {position // POINT_SIZE for position in flips}

    read = list(iter_points(bytes(journal)))

    # Three bytes or less can never make another record with the right checksum: CRC-32 sees any burst of 32 bits,
    # and what it might miss further apart is ruled out by comparing with what was written.
    assert len(read) == len(logged)
    for number, (point, original) in enumerate(zip(read, logged, strict=True)):
        if number in hit:
            assert point is None
        else:
            assert point is not None
            assert encode_point(point) == encode_point(original)


@given(st.lists(points, max_size=10), st.integers(0, 400))
def test_points_end_where_the_last_whole_record_ends(logged: list[Point], cut: int) -> None:
    written = b"".join(map(encode_point, logged))
    segment = written[: max(0, len(written) - cut)].ljust(len(written) + 96, b"\0")

    end = points_end(segment)

    # What was cut off may have been zeros, as the space behind it is.
    intact = [
        at + POINT_SIZE
        for at in range(0, len(written), POINT_SIZE)
        if segment[at : at + POINT_SIZE] == written[at : at + POINT_SIZE]
    ]
    assert end == max(intact, default=0)


@given(st.lists(points, min_size=2, max_size=10))
def test_damaged_record_before_an_intact_one_counts_as_written(logged: list[Point]) -> None:
    data = bytearray(b"".join(map(encode_point, logged)))
    data[5] ^= 1

    assert points_end(bytes(data)) == len(data)


def test_space_never_written_holds_no_point_and_no_frame() -> None:
    zeros = bytes(4096)

    assert points_end(zeros) == 0
    assert frames_end(zeros) == 0
    assert find_frame(zeros, 0) is None
    assert set(iter_points(zeros)) == {None}


@given(st.binary(max_size=2048))
def test_garbage_is_read_without_a_crash(data: bytes) -> None:
    whole = data[: len(data) // POINT_SIZE * POINT_SIZE]

    list(iter_points(whole))
    assert 0 <= points_end(data) <= len(data)
    assert 0 <= frames_end(data) <= len(data)
    assert list(iter_frames(data[frames_end(data) :])) == []


@given(st.lists(events, max_size=8), st.integers(0, 200))
def test_torn_tail_costs_the_frames_it_is_in(logged: list[Event], cut: int) -> None:
    frames = [encode_frame(encode_event(event)) for event in logged]
    written = b"".join(frames)
    segment = written[: max(0, len(written) - cut)].ljust(len(written) + 64, b"\0")

    read = [decode_event(payload) for _, payload in iter_frames(segment)]

    whole = 0
    while sum(map(len, frames[: whole + 1])) <= max(0, len(written) - cut) and whole < len(frames):
        whole += 1
    # A cut may fall on zeros that were there anyway.
    assert read[:whole] == logged[:whole]
    assert read == logged[: len(read)]
    assert len(read) - whole <= 1


@given(st.lists(events, min_size=1, max_size=8), st.data())
def test_frames_behind_a_flipped_byte_are_found_again_and_none_is_invented(
    logged: list[Event], data: st.DataObject
) -> None:
    frames = [encode_frame(encode_event(event)) for event in logged]
    journal = bytearray(b"".join(frames))
    position = data.draw(st.integers(0, len(journal) - 1), label="position")
    journal[position] ^= data.draw(st.integers(1, 255), label="mask")
    starts = [sum(map(len, frames[:number])) for number in range(len(frames))]
    hit = max(number for number, start in enumerate(starts) if start <= position)

    before = [payload for _, payload in iter_frames(bytes(journal))]
    again = find_frame(bytes(journal), starts[hit])

    assert before == [encode_event(event) for event in logged[:hit]]
    if hit == len(logged) - 1:
        assert again is None
    else:
        assert again == starts[hit + 1]
        assert [payload for _, payload in iter_frames(bytes(journal)[again:])] == [
            encode_event(event) for event in logged[hit + 1 :]
        ]


@given(st.one_of(st.integers(MIN_FRAME, 600), st.integers(65_000, 66_500), st.just(3 * 1024 * 1024 + 17)))
def test_filler_takes_exactly_the_space_it_stands_for_and_names_no_metric(size: int) -> None:
    data = b"".join(filler_frames(size))

    filler = [decode_event(payload) for _, payload in iter_frames(data)]

    assert len(data) == frames_end(data) == size
    for event in filler:
        assert isinstance(event, KeyDefined)
        assert (event.key_id, set(event.key)) == (0, {"!"})


@pytest.mark.parametrize(
    "event",
    [KeyDefined(1, "a"), TagSet("a", None), ParamLogged("a", None)],
)
def test_no_event_is_smaller_than_the_least_filler(event: Event) -> None:
    assert len(encode_frame(encode_event(event))) >= MIN_FRAME


def test_frame_is_length_checksum_and_payload() -> None:
    assert encode_frame(b"ab") == struct.pack("<II", 2, crc32(b"ab")) + b"ab"
    assert FRAME_HEAD_SIZE == 8
