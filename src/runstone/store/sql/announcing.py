"""Telling other processes that something was committed: soon, a few times a second at most, and by nobody who waits."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

_PAUSE_S = 0.2


class Announcer:
    """Calls a function a moment after something was noted, however often that is.

    A notice inside each transaction would be simpler, but PostgreSQL commits transactions with one in them one at a
    time (postgresql.org, "NOTIFY"), and logging would wait for that.

    Args:
        send: Tells the others; its errors are its own.
    """

    def __init__(self, send: Callable[[], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._pid = os.getpid()

    def note(self) -> None:
        """Note that something was committed."""
        if self._timer is not None and self._pid == os.getpid():
            return
        with self._lock:
            if self._timer is None or self._pid != os.getpid():
                self._pid = os.getpid()
                self._timer = threading.Timer(_PAUSE_S, self._fire)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Tell now what is still to be told."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None and self._pid == os.getpid():
            timer.cancel()
            self._send()

    def _fire(self) -> None:
        with self._lock:
            self._timer = None
        self._send()
