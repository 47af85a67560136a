"""Blob stores by path or URI."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runstone.blobs.local import LocalBlobs
from runstone.core.errors import InvalidArgument

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore

OBJECT_SCHEMES = ("s3", "gs", "az", "abfs", "memory")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # Two letters at least: C: is a drive.


def open_blobs(uri: str | os.PathLike[str], **options: object) -> BlobStore:
    """Return the blob store at a path or URI.

    Args:
        uri: A folder, ``file:``, ``memory:``, or ``s3:``, ``gs:``, ``az:``, ``abfs:`` with bucket and prefix; other
            schemes are those of installed plug-ins (entry points of the group ``runstone.blobs``).
        options: Passed to the back end (for object stores ``endpoint``, ``access_key_id`` …).

    Raises:
        InvalidArgument: No back end knows the scheme, or an option is wrong.
        MissingExtra: The back end's package is not installed.
    """
    text = os.fspath(uri)
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match and isinstance(uri, str) else ""
    if not scheme or scheme == "file":
        if options:
            raise InvalidArgument(f"a folder takes no options, not {', '.join(options)}")
        return LocalBlobs(_folder(text) if scheme else Path(text).expanduser())
    if scheme in OBJECT_SCHEMES:
        from runstone.blobs.objects import ObjectBlobs

        return ObjectBlobs(scheme + text[len(scheme) :], **options)
    return _from_plugin(scheme, text, options)


def _folder(uri: str) -> str:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost") or not parts.path or parts.query or parts.fragment:
        raise InvalidArgument(f"not a folder: {uri!r}; expected file:///path", field="artifacts_uri")
    return unquote(parts.path)


def _from_plugin(scheme: str, uri: str, options: dict[str, object]) -> BlobStore:
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
