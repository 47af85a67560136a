"""What every handler works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from runstone.server.webhooks.sender import Sender

if TYPE_CHECKING:
    from runstone.blobs.protocol import BlobStore
    from runstone.store.protocol import Store


class Backend(NamedTuple):
    """A store, the bytes that it points at, and what sends deliveries; all block, and are used from many threads."""

    store: Store
    blobs: BlobStore
    sender: Sender


def open_backend(store: Store, blobs: BlobStore, webhook_hosts: Sequence[str] = ()) -> Backend:
    """Return the backend of a store.

    Args:
        webhook_hosts: Places that webhooks may be delivered to although they are not of the open internet.

    Raises:
        InvalidArgument: One of these is no host and no network.
    """
    return Backend(store, blobs, Sender(store, webhook_hosts))
