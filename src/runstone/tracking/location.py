"""Where the store is, and why there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from zlib import crc32

from runstone.core.errors import NotFound
from runstone.store.open import database_path

FOLDER = ".runstone"


class Location(NamedTuple):
    """The store to use.

    Attributes:
        uri: As ``store.open`` takes it.
        reason: How it was found, for ``runstone info``.
        folder: Local folder for journals and caches, and for blobs where nothing else is set.
    """

    uri: str
    reason: str
    folder: Path


def locate(uri: str | None, reason: str, start: Path | None = None) -> Location:
    """Return the store at ``uri``, or else the nearest ``.runstone/`` upward, or else one to be made.

    A new one goes to the root of the git repository, or the current folder outside of one.

    Raises:
        NotFound: The current folder was removed.
    """
    if uri is not None:
        return Location(uri, reason, _local_folder(uri))
    try:
        here = (start or Path.cwd()).resolve()
    except FileNotFoundError as error:
        raise NotFound("the current folder was removed: go to another, or set RUNSTONE_TRACKING_URI") from error
    for folder in (here, *here.parents):
        if (folder / FOLDER).is_dir():
            return _at(folder, f"found {FOLDER}/ in {folder}")
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            return _at(folder, f"a new store at the root of the git repository {folder}")
    return _at(here, f"a new store in the current folder {here}")


def _at(parent: Path, reason: str) -> Location:
    folder = parent / FOLDER
    return Location(str(folder), reason, folder)


def _local_folder(uri: str) -> Path:
    """Return the folder of an embedded store; for a store elsewhere, one of its own in the user's data folder."""
    database = database_path(uri)
    if database is not None:
        return database.parent
    # Without the name and password, which may change.
    parts = urlsplit(uri)
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}?{parts.query}"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "runstone" / f"{crc32(place.encode()):08x}"


def prepare_folder(folder: Path) -> None:
    """Make a store's folder, which git is told to ignore."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
