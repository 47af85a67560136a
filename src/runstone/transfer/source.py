"""An export that is being read, none of which is trusted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from runstone.blobs.protocol import BlobStore
from runstone.core.errors import InvalidArgument, NotFound
from runstone.store.protocol.maintenance import Progress
from runstone.transfer.layout import (
    TABLES,
    ArtifactRow,
    ModelArtifactRow,
    PointRow,
    check_owner,
    file_below,
    points_file,
    read_format,
)
from runstone.transfer.parquet import Grouped, Segment, check_file, iter_rows, iter_segments

_POINTS_FILE = re.compile(r"points/part-([0-9]{5,9})\.parquet\Z")

RowT = TypeVar("RowT", bound=Struct)


class Source:
    """The folder of an export.

    Args:
        folder: As ``export_store`` wrote it.

    Raises:
        InvalidArgument: It is no export, or of another format.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise NotFound(f"there is no folder {folder} to import from")
        self.folder = folder
        self.format, facts = read_format(folder)
        self.writer_id = f"import-{hashlib.sha256(facts).hexdigest()[:32]}"
        """Under which an import is told apart from what was logged, and from other imports."""
        parts = sum(1 for name in self.format.files if _POINTS_FILE.match(name))
        self._points = [points_file(number) for number in range(parts)]

    def check(self, progress: Progress | None) -> None:
        """Make sure that every table is there, whole, and has its columns.

        Raises:
            InvalidArgument: One is not; the message names the file.
        """
        wanted: list[tuple[str, type[Struct]]] = [(name, row) for row, name in TABLES.items()]
        wanted += [(name, PointRow) for name in self._points]
        for done, (name, row) in enumerate(wanted, 1):
            facts = self.format.files.get(name)
            if facts is None:
                raise InvalidArgument(f"{self.folder / 'format.json'} does not list {name}", field="source")
            check_file(self._file(name), row, facts)
            if progress is not None:
                progress("checking", done, len(wanted))

    def rows(self, row: type[RowT]) -> Iterator[RowT]:
        """Yield the rows of a table."""
        return iter_rows(self._file(TABLES[row]), row)

    def grouped(self, row: type[RowT], owner: str = "run_id") -> Grouped[RowT]:
        """Return the rows of a table by run, or by another owner."""
        return Grouped(self._file(TABLES[row]), self.rows(row), lambda found: str(getattr(found, owner)))

    def points(self) -> Grouped[Segment]:
        """Return the points by run."""
        paths = [self._file(name) for name in self._points]
        return Grouped(self.folder / "points", iter_segments(paths), lambda segment: segment.run_id)

    def count(self, row: type[Struct]) -> int:
        """Return how many rows a table has."""
        return self.format.files[TABLES[row]].rows

    @contextmanager
    def naming(self, row: type[Struct]) -> Iterator[None]:
        """Say in which table it is what cannot be accepted.

        Raises:
            InvalidArgument: As within, with the file in its message.
        """
        try:
            yield
        except InvalidArgument as error:
            if str(self.folder) in error.message:
                raise
            raise InvalidArgument(f"{self._file(TABLES[row])}: {error}", field="source") from error

    def put_blob(self, blobs: BlobStore, top: str, owner_id: str, row: ArtifactRow | ModelArtifactRow) -> None:
        """Bring an artifact's bytes to the blob store.

        Raises:
            InvalidArgument: The path is not a safe one, there is a link on it, or the bytes are others.
        """
        file = file_below(self.folder, top, check_owner(owner_id), row.path)
        if not file.is_file():
            raise InvalidArgument(f"{file} is missing or no plain file; copy the whole export", field="source")
        stored = blobs.put_file(file)
        if (stored.digest, stored.size_bytes) != (row.digest, row.size_bytes):
            raise InvalidArgument(
                f"{file} is not as it was written: it has {stored.size_bytes} bytes with digest {stored.digest}, not "
                f"{row.size_bytes} with {row.digest}; copy it again",
                field="source",
            )

    def _file(self, name: str) -> Path:
        return file_below(self.folder, name)
