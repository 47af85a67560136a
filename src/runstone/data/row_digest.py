"""One digest for a multiset of rows: the same for any order of them.

Each row is a byte string whose length depends on the types alone.  The digest is SHA-256 over the header
(names, types, number of rows) and the **sorted** SHA-256 digests of the rows, so that two data sets of one digest
would be a collision of SHA-256 cut to 150 bits: about 2**75 attempts to construct one on purpose, and for n data
sets that nobody tampered with odds of about n**2 / 2**151.

Adding up the rows' hashes instead (AdHash: Bellare, Micciancio 1997, "A New Paradigm for Collision-Free Hashing")
would need no memory but is weak at such widths: with many rows Wagner's generalised birthday attack (2002) finds
other rows of the same sum, and a sum that resists it (LtHash: Lewi et al. 2019) keeps 2 KiB a row.  Sorting costs
32 bytes a row and has no such weakness.  Hashing a row with hashlib takes about half a microsecond.

The text is ``rows1:`` and 30 characters of base 32: 36 in all, the most that an MLflow server takes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.uint8]

MAX_DIGEST_LENGTH = 36
_DIGEST_SIZE = 32
# As many as stay in the cache between being cut apart and being hashed.
_BLOCK = 16_384


class RowDigest:
    """Collects rows, then says their digest.

    Args:
        header: What all rows share, as plain JSON values.
    """

    def __init__(self, header: object) -> None:
        self._header = header
        self._digests: list[bytes] = []

    def add(self, rows: Matrix) -> None:
        """Add rows: a matrix of bytes, a line each."""
        count, width = rows.shape
        if width == 0:
            self._digests.append(hashlib.sha256().digest() * count)
            return
        for start in range(0, count, _BLOCK):
            block = np.ascontiguousarray(rows[start : start + _BLOCK])
            self._digests.append(hash_each(block.view(f"V{width}").ravel().tolist()))

    def text(self) -> str:
        """Return the digest."""
        digests = _sorted(np.frombuffer(b"".join(self._digests), np.uint8).reshape(-1, _DIGEST_SIZE))
        header = canonical_json([self._header, len(digests)])
        return short_digest("rows1:", header, digests)


def hash_each(pieces: Any) -> bytes:
    """Return the SHA-256 digests of byte strings, one after the other."""
    sha256 = hashlib.sha256
    return b"".join([sha256(piece).digest() for piece in pieces])


def canonical_json(value: object) -> bytes:
    """Return plain JSON values as bytes that are the same wherever they are made."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()


def short_digest(prefix: str, header: bytes, body: Any) -> str:
    """Return a digest of 36 characters: the prefix, which names the method, and base 32."""
    content = hashlib.sha256(f"runstone {prefix}{len(header)}:".encode())
    content.update(header)
    content.update(body)
    return (prefix + base64.b32encode(content.digest()).decode().lower())[:MAX_DIGEST_LENGTH]


def _sorted(digests: Matrix) -> Matrix:
    words = digests.view(">u8").astype(np.uint64)
    order = np.argsort(words[:, 0])
    digests, words = digests[order], words[order]
    same_start = words[1:, 0] == words[:-1, 0]
    if np.any(words[1:][same_start] != words[:-1][same_start]):
        # Rows that differ and agree in 64 bits of SHA-256: nobody will see this, and it is still put in order.
        digests = digests[np.lexsort(tuple(words[:, word] for word in (3, 2, 1, 0)))]
    return np.ascontiguousarray(digests)
