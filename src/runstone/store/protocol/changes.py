"""Seeing that something changed, and what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct, field


class Marks(Struct, frozen=True):
    """What things look like at a moment: equal marks, nothing changed.

    Attributes:
        runs: By run id, a mark of each part: ``status``, ``params``, ``metrics``, ``tags``, ``artifacts``, ``console``,
            ``inputs`` (datasets), ``models`` (logged ones that went in or came out).
        experiments: By experiment id, of the experiment, its newest runs, and its logged models.
        registry: Of all registered models.
    """

    runs: dict[str, dict[str, str]] = field(default_factory=dict)
    experiments: dict[str, str] = field(default_factory=dict)
    registry: str = ""


class Watcher(Protocol):
    """Waits for changes, made by whichever process."""

    def wait(self, timeout_s: float) -> bool:
        """Wait until something was committed since the last call, and say whether something was.

        Raises:
            Unavailable: The store cannot be watched any longer; make another watcher.
        """

    def close(self) -> None:
        """Wait no more."""


class ChangeStore(Protocol):
    """What changes, for who holds the store itself."""

    def watch(self) -> Watcher:
        """Return what waits for changes.

        Raises:
            Unavailable.
        """

    def read_marks(self, run_ids: Sequence[str], experiment_ids: Sequence[str] = ()) -> Marks:
        """Return the marks of runs and experiments, without those that do not exist, and of the registry."""
