"""Keeping a store healthy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """Something ``fsck`` found.

    Attributes:
        kind: ``series``, ``summary``, ``manifest``, ``blob``, ``journal`` or ``database``.
        where: The run, key, path or file at fault.
        what: What is wrong with it, and what can be done.
    """

    kind: str
    where: str
    what: str


class Garbage(Struct, frozen=True, kw_only=True):
    """What ``gc`` removes, or would remove.

    Attributes:
        run_ids: Deleted runs.
        experiment_ids: Deleted experiments that are left without runs.
        model_ids: Deleted logged models.
        blob_digests: Bytes nobody points at any more.
        blob_bytes: Their size.
    """

    run_ids: tuple[str, ...] = ()
    experiment_ids: tuple[str, ...] = ()
    model_ids: tuple[str, ...] = ()
    blob_digests: tuple[str, ...] = ()
    blob_bytes: int = 0


class StoreInfo(Struct, frozen=True, kw_only=True):
    """What a store is and how much it holds.

    Attributes:
        artifacts: Files of runs and logged models; ``artifact_bytes`` are theirs, though the same bytes are kept once.
    """

    uri: str
    engine: str
    schema_version: int
    experiments: int
    runs: int
    running: int
    points: int
    artifacts: int
    artifact_bytes: int
    database_bytes: int


Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``; total 0 means unknown."""


class MaintenanceStore(Protocol):
    """Checks and repairs.  Blobs are checked by their callers, who hold both stores."""

    def get_info(self) -> StoreInfo:
        """Return what this store is."""

    def check(self, progress: Progress | None = None) -> list[Problem]:
        """Verify the database, every chunk against its summary, and every index row against its run."""

    def iter_digests(self) -> list[tuple[str, int]]:
        """Return digest and size of every blob that a manifest points at, each once."""

    def find_garbage(self, *, older_than_ms: int | None = None) -> Garbage:
        """Return what could be removed: things deleted before ``older_than_ms`` (all when None)."""

    def remove_garbage(self, garbage: Garbage, progress: Progress | None = None) -> None:
        """Remove the rows of these runs, experiments and models for good, whatever still refers to them."""

    def backup(self, destination: str, progress: Progress | None = None) -> None:
        """Copy the live database consistently to a file that does not exist yet.

        Raises:
            AlreadyExists, Unsupported.
        """
