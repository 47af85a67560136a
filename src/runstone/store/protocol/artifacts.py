"""Manifests: which path of a run or model has which bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runstone.core.entities import ArtifactEntry, FileInfo


class ArtifactStore(Protocol):
    """Artifacts of an owner: a run by its id, or a logged model by ``m-…``."""

    def put_artifacts(self, owner_id: str, entries: Sequence[ArtifactEntry]) -> None:
        """Join paths to blobs that are in the blob store already; a path logged again points at the newer bytes.

        Raises:
            NotFound, InvalidState, InvalidArgument: A path is not a safe relative one, or is a folder already.
        """

    def find_artifact(self, owner_id: str, path: str) -> ArtifactEntry | None:
        """Return the entry at exactly this path, or None.

        Raises:
            NotFound: No such run or model.
        """

    def list_artifacts(self, owner_id: str, path: str = "") -> list[FileInfo]:
        """Return the direct children of a folder, sorted by path; a file or an unknown path gives none.

        Raises:
            NotFound, InvalidArgument.
        """

    def iter_artifacts(self, owner_id: str, path: str = "") -> list[ArtifactEntry]:
        """Return every entry at or below a path, sorted by path.

        Raises:
            NotFound, InvalidArgument.
        """

    def delete_artifacts(self, owner_id: str, path: str = "") -> int:
        """Remove the entries at or below a path and return how many; ``gc`` frees their bytes.

        Raises:
            NotFound, InvalidState, InvalidArgument.
        """
