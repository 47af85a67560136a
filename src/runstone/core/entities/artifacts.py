"""Artifacts: paths of a run or model, joined by a manifest to blobs."""

from __future__ import annotations

from msgspec import Struct


class ArtifactEntry(Struct, frozen=True, kw_only=True):
    """One line of a manifest: this path has these bytes.

    Attributes:
        path: Relative POSIX path below the owner's artifact root.
        digest: ``sha256:`` and 64 hex digits.
        size_bytes: Length of the blob.
        created_ms: When it was logged, Unix milliseconds.
    """

    path: str
    digest: str
    size_bytes: int
    created_ms: int = 0


class FileInfo(Struct, frozen=True):
    """A file or folder as a listing shows it (MLflow's shape, and the digest)."""

    path: str
    is_dir: bool
    file_size: int | None = None
    digest: str | None = None
