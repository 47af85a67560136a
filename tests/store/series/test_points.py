from __future__ import annotations

import math
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import StoreCorrupt
from runstone.store.series.points import RAW_SIZE, pack_raw, unpack_raw

INT64 = st.integers(-(2**63), 2**63 - 1)
POINTS = st.lists(st.tuples(INT64, INT64, st.floats()))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@given(POINTS)
def test_raw_points_come_back_in_order_bit_for_bit(points):
    raw = pack_raw(points)
    assert len(raw) == RAW_SIZE * len(points)
    assert [(s, t, bits(v)) for s, t, v in unpack_raw(raw)] == [(s, t, bits(v)) for s, t, v in points]


def test_a_raw_record_is_step_timestamp_and_value_little_endian():
    assert pack_raw([(1, 2, 1.0)]) == bytes(
        [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    )


def test_raw_blobs_join_by_concatenation():
    assert unpack_raw(pack_raw([(1, 2, 3.0)]) + pack_raw([(4, 5, math.inf)])) == [(1, 2, 3.0), (4, 5, math.inf)]


@pytest.mark.parametrize("size", [1, 23, 25])
def test_a_cut_record_is_corrupt(size):
    with pytest.raises(StoreCorrupt, match=f"{size} bytes"):
        unpack_raw(bytes(size))


def test_points_and_summaries_do_not_load_numpy():
    program = (
        "import sys, runstone.store.series, runstone.store.series.points, runstone.store.series.summary; "
        "print(*{'numpy', 'zstandard'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
