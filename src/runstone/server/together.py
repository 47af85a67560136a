"""Small calls that wait at the same time are done in one thread and one transaction.

To change threads and to commit takes longer than what the call of a metric has to do.  No clock is involved: while
some calls are being done, the next ones gather.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from typing import Any, NamedTuple, TypeVar

from starlette.concurrency import run_in_threadpool

from runstone.store.protocol import Store

T = TypeVar("T")

_MOST = 64
"""Calls that are done together."""

_AT_ONCE = 2
"""How many times this may go on at once: while one waits for the database, the next one works."""

_PASSES = 4
"""Passes of the event loop that bring no further call before those that have come are done: what clients send right
after their last answer takes a few of them until it is a call."""


class _Waiting(NamedTuple):
    call: Callable[[], Any]
    answer: asyncio.Future[Any]


class Together:
    """Does calls, each of which ends as it would alone.

    Args:
        store: The store itself, which the calls write to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Waiting] = []
        self._is_gathering = False
        self._working: set[asyncio.Task[None] | None] = set()

    async def do(self, call: Callable[[], T]) -> T:
        """Make a call in a thread, and return what it returns."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(partial(copy_context().run, call), answer))
        if not self._is_gathering and len(self._working) < _AT_ONCE:
            self._is_gathering = True
            self._working.add(asyncio.create_task(self._work()))
        return await answer

    async def _work(self) -> None:
        try:
            while self._is_gathering:
                await self._gather()
                now, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                self._is_gathering = False
                _tell(now, await run_in_threadpool(_done, self._store, [waiting.call for waiting in now]))
                if self._is_gathering:
                    return  # Somebody else sees to those that have come meanwhile.
                self._is_gathering = bool(self._waiting)
        finally:
            self._working.discard(asyncio.current_task())

    async def _gather(self) -> None:
        """Let calls come that are on their way."""
        known = idle = 0
        while idle < _PASSES and len(self._waiting) < _MOST:
            idle = idle + 1 if known == len(self._waiting) else 0
            known = len(self._waiting)
            await asyncio.sleep(0)


def _tell(waiting: Sequence[_Waiting], ended: Sequence[tuple[Any, Exception | None]]) -> None:
    for (_, answer), (result, error) in zip(waiting, ended, strict=True):
        if answer.done():
            continue  # Nobody waits any longer.
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)


def _done(store: Store, calls: Sequence[Callable[[], Any]]) -> list[tuple[Any, Exception | None]]:
    """Return the result of each call, or the error that it raised."""
    if len(calls) > 1:
        try:
            return [(result, None) for result in store.do_together(calls)]
        except Exception:  # noqa: BLE001  # Whose it is comes out when each is done alone.
            pass
    return [_outcome(call) for call in calls]


def _outcome(call: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return call(), None
    except Exception as error:  # noqa: BLE001  # It is told to who made the call.
        return None, error
