"""How often somebody may get a password wrong."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from runstone.core.errors import TooManyRequests

_WINDOW_S = 900.0
_MOST = {"pair": 5, "address": 50, "name": 100}
"""Wrong ones in the window, for a name from one address, from an address, and for a name from anywhere."""

_KEPT = 100_000


class Tries:
    """Counts wrong passwords in this process.  Right ones are not counted, but wait as long as the window lasts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def check(self, name: str, address: str) -> None:
        """Refuse another try after too many wrong ones.

        Raises:
            TooManyRequests.
        """
        now = time.monotonic()
        with self._lock:
            for key in _keys(name, address):
                since, wrong = self._wrong.get(key, (now, 0))
                if now - since < _WINDOW_S and wrong >= _MOST[key[0]]:
                    raise TooManyRequests(
                        f"too many wrong passwords; try again in {round((_WINDOW_S - (now - since)) / 60) or 1} minutes"
                    )

    def note_wrong(self, name: str, address: str) -> None:
        """Count a wrong one."""
        now = time.monotonic()
        with self._lock:
            for key in _keys(name, address):
                since, wrong = self._wrong.pop(key, (now, 0))
                if now - since >= _WINDOW_S:
                    since, wrong = now, 0
                self._wrong[key] = (since, wrong + 1)
            while len(self._wrong) > _KEPT:
                self._wrong.popitem(last=False)


def _keys(name: str, address: str) -> tuple[tuple[str, str], ...]:
    return ("pair", f"{name[:200]}\n{address}"), ("address", address), ("name", name[:200])
