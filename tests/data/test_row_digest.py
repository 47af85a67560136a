import base64
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runstone.data.row_digest import RowDigest, canonical_json


def digest(rows, header="h"):
    collected = RowDigest(header)
    collected.add(np.array(rows, np.uint8))
    return collected.text()


def test_is_sha256_of_the_header_and_the_sorted_digests_of_the_rows():
    rows = [bytes([3, 4]), bytes([1, 2])]
    header = b'["h",2]'
    content = b"runstone rows1:7:" + header + b"".join(sorted(hashlib.sha256(row).digest() for row in rows))

    expected = "rows1:" + base64.b32encode(hashlib.sha256(content).digest()).decode().lower()[:30]

    assert digest([[3, 4], [1, 2]]) == expected
    assert len(expected) == 36


@given(hnp.arrays(np.uint8, st.tuples(st.integers(0, 20), st.integers(1, 5))), st.randoms(use_true_random=False))
def test_order_and_blocks_of_rows_do_not_matter(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    cut = random.randrange(len(rows) + 1)
    shuffled = rows[order]
    in_two = RowDigest("h")
    in_two.add(shuffled[:cut])
    in_two.add(shuffled[cut:])

    assert in_two.text() == digest(rows)


def test_a_row_more_or_another_header_is_another_digest():
    seen = {digest([[1], [2]]), digest([[1], [2], [2]]), digest([[1], [1], [2]]), digest([[1], [2]], "other")}

    assert len(seen) == 4


def test_rows_without_bytes_are_counted():
    assert digest(np.zeros((3, 0))) != digest(np.zeros((2, 0)))
    assert digest(np.zeros((0, 0))) == RowDigest("h").text()


def test_rows_whose_hashes_start_alike_are_still_sorted():
    # No two rows are known whose SHA-256 agrees in 64 bits, so the digests are put in by hand.
    one, other = b"\0" * 8 + b"\1" * 24, b"\0" * 8 + b"\2" * 24
    texts = set()
    for digests in ([one, other], [other, one]):
        rows = RowDigest("h")
        rows._digests = list(digests)
        texts.add(rows.text())

    assert len(texts) == 1


def test_canonical_json_refuses_nan_and_keeps_lone_surrogates():
    assert canonical_json(["\ud800"]) == b'["\\ud800"]'
    with pytest.raises(ValueError, match="JSON"):
        canonical_json([float("nan")])
