"""What a part of the capture returns."""

from __future__ import annotations

from typing import NamedTuple


class Captured(NamedTuple):
    """Facts for a run.

    Attributes:
        tags: Go to the run's tags.
        files: Bytes by artifact path.
    """

    tags: dict[str, str]
    files: dict[str, bytes]
