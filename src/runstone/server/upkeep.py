"""What a server does by itself: runs whose writers have fallen silent are marked lost."""

from __future__ import annotations

import logging

import anyio
from starlette.concurrency import run_in_threadpool

from runstone.core.clock import now_ms
from runstone.core.errors import RunstoneError
from runstone.store.protocol import Store

_log = logging.getLogger("runstone.server")
_EVERY_S = 30.0


async def close_lost_runs(store: Store, silence_s: float) -> None:
    """Look for lost runs from time to time, for ever."""
    while True:
        await anyio.sleep(_EVERY_S)
        try:
            lost = await run_in_threadpool(store.close_lost_runs, now_ms=now_ms(), silence_ms=int(silence_s * 1000))
        except RunstoneError as error:
            _log.warning("lost runs were not looked for: %s", error)
            continue
        for run_id in lost:
            _log.info("run %s was lost: nobody has heard of it for %.0f s", run_id, silence_s)
