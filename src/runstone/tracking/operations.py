"""What ``synchronous=False`` returns: everything is asynchronous here, so there is little left to wait for."""

from __future__ import annotations

from collections.abc import Callable


class RunOperations:
    """Logging that was accepted and may still be on its way to the store."""

    def __init__(self, flush: Callable[[], bool]) -> None:
        self._flush = flush

    def wait(self) -> None:
        """Return once the store has what was logged, or could not be reached."""
        self._flush()
