"""What a run's program printed, read back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runstone.core.events import ConsoleWritten
    from runstone.store.protocol import Store


def iter_console(store: Store, run_id: str, *, after: int = 0) -> Iterator[tuple[int, ConsoleWritten]]:
    """Yield the pieces of output in order, each with its number.

    Args:
        after: Only pieces with a greater number, to go on from where an earlier reading ended.

    Raises:
        NotFound: No run has this id.
    """
    while pieces := store.read_console(run_id, after=after):
        yield from pieces
        after = pieces[-1][0]
