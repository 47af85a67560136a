"""Who wants to know of changes, and telling them: one look at the store serves everybody who listens."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from runstone.core.errors import RunstoneError, TooManyRequests
from runstone.store.protocol import Store
from runstone.store.protocol.changes import Marks, Watcher

_log = logging.getLogger("runstone.server")

MOST_LISTENERS = 1000
_MOST_WAITING = 100
"""Changes that a listener may be behind with, before it is told to read everything again."""

_PAUSE_S = 0.25
"""Between two looks at the store."""

_LOOK_ANYWAY_S = 5.0
"""When to look although nothing was announced: a process may have died before it announced what it committed."""

_WAIT_S = 0.5


class Change(Struct, frozen=True):
    """Something that changed.

    Attributes:
        kind: ``run``, ``experiment``, ``registry``; or ``resync``: changes may have been missed, read everything again.
        id: Of the run or experiment.
        what: The parts of a run that changed.
    """

    kind: str
    id: str = ""
    what: tuple[str, ...] = ()


RESYNC = Change("resync")


class Listener:
    """Somebody who wants to know of changes to some things.

    Args:
        marks: What these looked like when he began.
    """

    def __init__(self, run_ids: Sequence[str], experiment_ids: Sequence[str], *, registry: bool, marks: Marks) -> None:
        self.run_ids = run_ids
        self.experiment_ids = experiment_ids
        self.registry = registry
        self.marks = marks
        self._waiting: list[Change] = []
        self._arrived = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def next(self, timeout_s: float) -> list[Change]:
        """Return what has changed since the last call, after at most some seconds."""
        try:
            await asyncio.wait_for(self._arrived.wait(), timeout_s)
        except asyncio.TimeoutError:
            return []
        self._arrived.clear()
        changes, self._waiting = self._waiting, []
        return changes

    def see(self, marks: Marks) -> None:
        """Note what things look like now; from any thread."""
        changes = list(self._compare(marks))
        self.marks = marks
        if changes:
            self.tell(changes)

    def tell(self, changes: list[Change]) -> None:
        """Pass changes on; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._add, changes)
        except RuntimeError:
            pass  # The server has stopped meanwhile.

    def _add(self, changes: list[Change]) -> None:
        self._waiting += [change for change in changes if change not in self._waiting]
        if len(self._waiting) > _MOST_WAITING:
            self._waiting = [RESYNC]
        self._arrived.set()

    def _compare(self, marks: Marks) -> Iterable[Change]:
        for run_id in self.run_ids:
            what = _differing(self.marks.runs.get(run_id, {}), marks.runs.get(run_id, {}))
            if what:
                yield Change("run", run_id, what)
        for experiment_id in self.experiment_ids:
            if self.marks.experiments.get(experiment_id) != marks.experiments.get(experiment_id):
                yield Change("experiment", experiment_id)
        if self.registry and self.marks.registry != marks.registry:
            yield Change("registry")


class Hub:
    """Looks at the store while somebody listens, and at no other time.

    Args:
        store: The store itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def join(self, listener: Listener) -> None:
        """Tell a listener of changes from now on.

        Raises:
            TooManyRequests: There are too many already.
        """
        with self._lock:
            if len(self._listeners) >= MOST_LISTENERS:
                raise TooManyRequests(f"{MOST_LISTENERS} listen already")
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="runstone-live", daemon=True)
                self._thread.start()

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing any longer."""
        with self._lock:
            self._listeners.discard(listener)

    def _run(self) -> None:
        watcher: Watcher | None = None
        is_behind = False
        while True:
            listeners = self._present()
            if not listeners:
                break
            try:
                if watcher is None:
                    watcher = self._store.watch()
                if is_behind:
                    for listener in listeners:
                        listener.tell([RESYNC])
                    is_behind = False
                self._look(listeners)
                self._wait(watcher)
            except RunstoneError as error:
                _log.warning("changes cannot be seen: %s", error)
                is_behind = True
                if watcher is not None:
                    watcher.close()
                    watcher = None
                time.sleep(_WAIT_S)
        if watcher is not None:
            watcher.close()

    def _present(self) -> list[Listener]:
        with self._lock:
            if not self._listeners:
                self._thread = None
            return list(self._listeners)

    def _look(self, listeners: Sequence[Listener]) -> None:
        run_ids = list({run_id for listener in listeners for run_id in listener.run_ids})
        experiment_ids = list({one for listener in listeners for one in listener.experiment_ids})
        marks = self._store.read_marks(run_ids, experiment_ids)
        for listener in listeners:
            listener.see(marks)

    def _wait(self, watcher: Watcher) -> None:
        """Wait until there may be something to see; newcomers are seen to after a moment, too."""
        time.sleep(_PAUSE_S)
        known = len(self._listeners)
        until = time.monotonic() + _LOOK_ANYWAY_S
        while not watcher.wait(_WAIT_S):
            if len(self._listeners) != known or time.monotonic() > until:
                return


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(part for part in before.keys() | after.keys() if before.get(part) != after.get(part)))
