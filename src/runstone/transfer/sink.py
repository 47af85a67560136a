"""Where an export goes: a writer per table, the points, and files with their bytes."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from runstone.blobs.disk import writing
from runstone.blobs.protocol import BlobStore
from runstone.core.digest import digest_of
from runstone.core.entities import ArtifactEntry
from runstone.core.errors import NotFound, StoreCorrupt
from runstone.transfer.layout import POINTS_FOLDER, TABLES, TableFile, check_owner, file_below, points_file
from runstone.transfer.parquet import PointsWriter, TableWriter
from runstone.transfer.redaction import Redaction

WAY_OUT = "choose another destination"

_LINKED_FROM = 64 * 1024
"""Files from this size on are linked to where the same bytes are in the export already."""


class Sink:
    """An export that is being written.

    Args:
        folder: An empty folder.
        blobs: Where the bytes of artifacts are.
    """

    def __init__(self, folder: Path, blobs: BlobStore) -> None:
        self.redaction = Redaction()
        self.notes: list[str] = []
        self.artifact_bytes = 0
        self._folder = folder
        self._blobs = blobs
        self._places: dict[str, Path] = {}
        with writing(folder, way_out=WAY_OUT):
            (folder / POINTS_FOLDER).mkdir()
        self.points = PointsWriter(folder, points_file)
        self._tables: dict[type[Struct], TableWriter[Struct]] = {
            row: TableWriter(folder, name, row) for row, name in TABLES.items()
        }

    def add(self, row: Struct) -> None:
        """Append a row to its table."""
        self._tables[type(row)].add(row)

    def put_file(self, top: str, owner_id: str, entry: ArtifactEntry) -> ArtifactEntry | None:
        """Write the bytes of an artifact, and return its entry as it is in the export, or None if they are lost."""
        target = file_below(self._folder, top, check_owner(owner_id), entry.path)
        with writing(target, way_out=WAY_OUT):
            target.parent.mkdir(parents=True, exist_ok=True)
        try:
            written = self._put_captured(entry, target) or self._put_as_it_is(entry, target)
        except (NotFound, StoreCorrupt) as error:
            self.notes.append(f"artifact {entry.path} of {owner_id} is lost: {error}")
            return None
        self.artifact_bytes += written.size_bytes
        return written

    def close(self) -> dict[str, TableFile]:
        """Finish all tables and say what each holds."""
        files = {writer.name: writer.close() for writer in self._tables.values()}
        return files | self.points.close()

    def abandon(self) -> None:
        """Let go of all files."""
        for writer in self._tables.values():
            writer.abandon()
        self.points.abandon()

    def _put_captured(self, entry: ArtifactEntry, target: Path) -> ArtifactEntry | None:
        """Write a captured file that has a secret without it; return None for any other."""
        if not self.redaction.concerns(entry.path, entry.size_bytes):
            return None
        data = self._blobs.get_bytes(entry.digest)
        cleaned = self.redaction.file(entry.path, data)
        if cleaned == data:
            return None
        with writing(target, way_out=WAY_OUT):
            target.write_bytes(cleaned)
        return ArtifactEntry(
            path=entry.path, digest=digest_of(cleaned), size_bytes=len(cleaned), created_ms=entry.created_ms
        )

    def _put_as_it_is(self, entry: ArtifactEntry, target: Path) -> ArtifactEntry:
        same = self._places.get(entry.digest)
        if same is not None:
            try:
                os.link(same, target)
            except OSError:
                # Not every file system has links, nor any number of them.
                self._blobs.get_file(entry.digest, target)
            return entry
        self._blobs.get_file(entry.digest, target)
        if entry.size_bytes >= _LINKED_FROM:
            self._places[entry.digest] = target
        return entry
