"""Files to send: one of 1 GiB and 2,000 of 4 KiB, new ones each time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

BIG_BYTES = 1 << 30
SMALL = 2000


def make_big(path: str) -> None:
    block = os.urandom(1 << 20)
    with open(path, "wb") as out:
        for number in range(BIG_BYTES >> 20):
            out.write(number.to_bytes(8, "little") + block[8:])


def make_small(folder: str) -> list[str]:
    os.mkdir(folder)
    paths = [f"{folder}/{number}" for number in range(SMALL)]
    for path in paths:
        Path(path).write_bytes(os.urandom(4096))
    return paths


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes, with nothing left to be written before it begins."""
    os.sync()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
