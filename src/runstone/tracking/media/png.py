"""A PNG writer for 8-bit pixels, so that NumPy images need no imaging package.

Source: https://www.w3.org/TR/png-3/ §5 (chunks), §9 (filters), §11.2.1 (IHDR).
"""

from __future__ import annotations

import struct
import zlib

_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # channels: greyscale, truecolour, truecolour with alpha


def png_bytes(pixels: bytes, width: int, height: int, channels: int) -> bytes:
    """Write 8-bit pixels as a PNG file.

    Args:
        pixels: Rows from the top, ``height * width * channels`` bytes.
        width: Pixels a row.
        height: Rows.
        channels: 1 (grey), 3 (RGB) or 4 (RGBA).
    """
    row = width * channels
    rows = bytearray()
    for start in range(0, len(pixels), row):
        rows.append(0)
        rows += pixels[start : start + row]
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 6)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
