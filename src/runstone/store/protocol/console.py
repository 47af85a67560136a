"""What programs printed."""

from __future__ import annotations

from typing import Protocol

from runstone.core.events import ConsoleWritten


class ConsoleStore(Protocol):
    """Console output of runs."""

    def read_console(self, run_id: str, *, after: int = 0, max_pieces: int = 1000) -> list[tuple[int, ConsoleWritten]]:
        """Return pieces of output with their sequence numbers, those greater than ``after`` in order.

        Raises:
            NotFound: No run has this id.
        """
