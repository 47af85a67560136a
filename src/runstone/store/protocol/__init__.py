"""What a store can do: one small Protocol a noun; their sum is ``Store``.

All calls block, may come from many threads, and raise the errors of ``runstone.core.errors``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from runstone.store.protocol.artifacts import ArtifactStore
from runstone.store.protocol.changes import ChangeStore
from runstone.store.protocol.console import ConsoleStore
from runstone.store.protocol.datasets import DatasetStore
from runstone.store.protocol.experiments import ExperimentStore
from runstone.store.protocol.ingest import IngestStore
from runstone.store.protocol.lineage import LineageStore
from runstone.store.protocol.maintenance import MaintenanceStore
from runstone.store.protocol.models import LoggedModelStore
from runstone.store.protocol.registry import RegistryStore
from runstone.store.protocol.run_tables import RunTableStore
from runstone.store.protocol.runs import RunStore
from runstone.store.protocol.series import SeriesStore
from runstone.store.protocol.team import TeamStore
from runstone.store.protocol.webhooks import WebhookStore

__all__ = ["Store"]

T = TypeVar("T")


class Store(
    ExperimentStore,
    RunStore,
    RunTableStore,
    IngestStore,
    SeriesStore,
    ConsoleStore,
    ArtifactStore,
    DatasetStore,
    LoggedModelStore,
    RegistryStore,
    WebhookStore,
    TeamStore,
    LineageStore,
    ChangeStore,
    MaintenanceStore,
    Protocol,
):
    """Everything recorded, behind one interface."""

    @property
    def uri(self) -> str:
        """Where this store is, without secrets."""

    def do_together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Make some calls of this store, whose writes are committed together: all of them or, if one fails, none.

        For many small ones, of which each would take longer to be committed than to be done.  What they read is what
        was there before.
        """

    def close(self) -> None:
        """Release connections; calling anything afterwards opens them anew."""
