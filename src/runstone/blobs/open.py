"""Blob stores by URI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from runstone.blobs.local import LocalBlobs
from runstone.core.errors import InvalidArgument

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore

OBJECT_SCHEMES = ("s3", "gs", "az", "abfs", "memory")


def open_blobs(uri: str | os.PathLike[str], **options: str) -> BlobStore:
    """Return the blob store at a path or URI.

    Args:
        uri: A folder, ``file:``, or ``s3:``, ``gs:``, ``az:`` with bucket and prefix.
        options: Passed to the object store's client (``endpoint``, ``access_key_id`` …).

    Raises:
        InvalidArgument: No back end knows the scheme.
        MissingExtra: The back end's package is not installed.
    """
    text = os.fspath(uri)
    scheme, colon, _ = text.partition(":")
    if not colon or len(scheme) == 1 or "/" in scheme:
        return LocalBlobs(Path(text).expanduser())
    if scheme == "file":
        return LocalBlobs(unquote(urlsplit(text).path))
    if scheme in OBJECT_SCHEMES:
        from runstone.blobs.objects import ObjectBlobs

        return ObjectBlobs(text, **options)
    return _from_plugin(scheme, text, options)


def _from_plugin(scheme: str, uri: str, options: dict[str, str]) -> BlobStore:
    from importlib.metadata import entry_points

    found = entry_points(group="runstone.blobs", name=scheme)
    claimants = sorted({point.dist.name if point.dist else point.value for point in found})
    if len(claimants) > 1:
        raise InvalidArgument(f"{', '.join(claimants)} all claim the scheme {scheme!r}; uninstall all but one")
    for point in found:
        store: BlobStore = point.load()(uri, **options)
        return store
    known = ", ".join(("a path", "file", *OBJECT_SCHEMES))
    raise InvalidArgument(f"no blob store for {scheme!r} in {uri!r}; there are {known}", field="artifacts_uri")
