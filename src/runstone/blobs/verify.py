"""Reading with the digest checked at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from runstone.core.digest import PREFIX
from runstone.core.errors import StoreCorrupt


def verified(blocks: Iterable[bytes], digest: str, where: object) -> Iterator[bytes]:
    """Yield the blocks of a blob and check them.

    Raises:
        StoreCorrupt: After the last block, if they are not what the digest says.
    """
    hasher = hashlib.sha256()
    for block in blocks:
        hasher.update(block)
        yield block
    found = PREFIX + hasher.hexdigest()
    if found != digest:
        raise StoreCorrupt(f"the blob at {where} is damaged: it should have digest {digest}, and has {found}")
