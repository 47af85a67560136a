"""Hearing from a server that something changed, instead of asking again and again."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Iterator
from urllib.parse import urlencode

import urllib3

from runstone.core.errors import Unavailable
from runstone.wire.connection import PREFIX, Connection
from runstone.wire.credentials import headers_for

_AGAIN_S = 1.0
"""Before a stream that ended is asked for again."""

_LEAST_S = 0.25
"""Between two changes of which the caller hears."""


class Events:
    """Changes to some runs and experiments of a server, heard in a thread of its own.

    Args:
        uri: The server's address.
    """

    def __init__(self, uri: str) -> None:
        self._connection = Connection(uri, headers_for(uri))
        self._asked: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        self._changed = threading.Event()
        self._number = 0
        self._answer: urllib3.BaseHTTPResponse | None = None
        self.is_heard = False

    def listen(self, run_ids: Collection[str], experiment_ids: Collection[str] = ()) -> None:
        """Listen to these from now on, and to nothing else."""
        asked = (frozenset(run_ids), frozenset(experiment_ids))
        if asked == self._asked:
            return
        self._asked = asked
        self._leave()
        if any(asked):
            threading.Thread(target=self._follow, args=(self._number,), name="runstone-events", daemon=True).start()

    def wait(self, poll_s: float, at_most_s: float) -> None:
        """Wait until something changes, at most some seconds; where no server tells of it, until it is to be looked.

        Args:
            poll_s: How long to wait where nothing is heard.
            at_most_s: How long to wait where something would be.
        """
        begun = time.monotonic()
        while not self._changed.wait(min(_LEAST_S, poll_s)):
            if time.monotonic() - begun >= (at_most_s if self.is_heard else poll_s):
                return
        time.sleep(max(0.0, begun + min(_LEAST_S, poll_s) - time.monotonic()))
        self._changed.clear()

    def close(self) -> None:
        """Listen no more."""
        self._leave()
        self._connection.close()

    def _leave(self) -> None:
        self._number += 1
        self.is_heard = False
        # urllib3 2.3 can end an answer that another thread reads; before it, that ends with the next sign of life.
        if isinstance(self._answer, urllib3.HTTPResponse) and hasattr(self._answer, "shutdown"):
            # It may have ended by itself just now.
            with contextlib.suppress(ValueError, RuntimeError, OSError):
                self._answer.shutdown()
        self._answer = None

    def _follow(self, number: int) -> None:
        runs, experiments = (sorted(ids) for ids in self._asked)
        query = urlencode({"run_id": runs, "experiment_id": experiments}, doseq=True)
        last_id = ""
        while number == self._number:
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
            try:
                answer = self._connection.request(
                    "GET", f"{PREFIX}/events?{query}", headers=headers, repeat=True, stream=True
                )
                if answer.status != 200:
                    # One of an older version, or with too many listeners: it is asked again and again, as ever.
                    return
                self._answer = answer
                for field, value in _fields(answer):
                    if number != self._number:
                        break
                    if not self.is_heard or field == "event":
                        # What changed before anything was heard, too.
                        self.is_heard = True
                        self._changed.set()
                    elif field == "id":
                        last_id = value
                answer.close()
            except (Unavailable, urllib3.exceptions.HTTPError):
                pass
            if number == self._number:
                self.is_heard = False
                time.sleep(_AGAIN_S)


def _fields(answer: urllib3.BaseHTTPResponse) -> Iterator[tuple[str, str]]:
    """Yield the fields of a stream of events; comments have no name."""
    begun = b""
    for block in answer.stream():
        *lines, begun = (begun + block).split(b"\n")
        for line in lines:
            name, _, value = line.decode("utf-8", "replace").strip("\r").partition(":")
            yield name, value.removeprefix(" ")
