"""What every handler works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore
    from runstone.store.protocol import Store


class Backend(NamedTuple):
    """A store and the bytes that it points at; both block, and may be used from many threads."""

    store: Store
    blobs: BlobStore
