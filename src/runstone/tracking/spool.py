"""A server that is told of files only once it has their bytes.

Whoever next sends it something that points at bytes sends these first, be it the process that logged them or, after
its death, another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from runstone.blobs.spooled import SpooledBlobs
from runstone.core.clock import now_ms
from runstone.core.events import Accepted, Slice

if TYPE_CHECKING:
    from runstone.core.entities import ArtifactEntry
    from runstone.store.protocol import Store

_BEAT_S = 5.0
"""How often the server hears of writers while their files travel."""


def behind_spool(store: Store, spool: SpooledBlobs) -> Store:
    """Return a store that is told of bytes only once the server has them."""
    return cast("Store", _SpooledStore(store, spool))


class _SpooledStore:
    def __init__(self, store: Store, spool: SpooledBlobs) -> None:
        self._store = store
        self._spool = spool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def ingest(self, slices: Sequence[Slice]) -> list[Accepted]:
        """Send the files that wait, then the slices."""
        if not self._spool.is_empty():
            _while_beating(self._spool.deliver, lambda: self._store.ingest([_beat(slice) for slice in slices]))
        return self._store.ingest(slices)

    def put_artifacts(self, owner_id: str, entries: Sequence[ArtifactEntry]) -> None:
        """Send the files that wait, then the manifest."""
        self._spool.deliver()
        self._store.put_artifacts(owner_id, entries)


def _while_beating(work: Callable[[], None], beat: Callable[[], object]) -> None:
    """Do something that may take long, and let the server know meanwhile that the writers live."""
    with ThreadPoolExecutor(1, thread_name_prefix="runstone-upload") as pool:
        working: Future[None] = pool.submit(work)
        while True:
            try:
                return working.result(timeout=_BEAT_S)
            except TimeoutError:
                if not working.done():
                    beat()


def _beat(slice: Slice) -> Slice:
    """Return a slice that only says that its writer lives."""
    beat_ms = now_ms() if slice.beat_ms else slice.beat_ms
    return replace(slice, events=b"", points=b"", beat_ms=beat_ms)
