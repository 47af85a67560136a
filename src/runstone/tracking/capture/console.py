"""What the program prints, kept while it passes through.

The streams stay the objects they are: only their ``write`` is replaced, so that whoever holds ``sys.stderr`` already
(a log handler made before the run) is heard too, and ``isatty``, ``fileno`` and ``isinstance`` answer as ever.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Literal
from weakref import WeakSet

from runstone.tracking.capture.captured import report_failure
from runstone.tracking.capture.rewrites import collapse

Stream = Literal["stdout", "stderr"]
Sink = Callable[[Stream, str], None]

_FLUSH_AT = 64 * 1024
_MOST_PENDING = 4 * 1024 * 1024
_STREAMS: tuple[Stream, ...] = ("stdout", "stderr")

_inside = threading.local()
"""Set while a thread hands text to a sink: what the sink itself prints is not captured."""


class ConsoleTee:
    """Hands what goes to ``sys.stdout`` and ``sys.stderr`` to a sink, in batches.

    Text is handed over by ``flush``, which somebody calls from time to time, and when 64 KiB have come together.  A
    line that was rewritten in between, as progress bars do, is handed over in its last state; colours stay.

    Args:
        sink: Called with the stream's name and text, by one thread at a time.  If it raises, one warning says so and
            the tee stops capturing.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink: Sink | None = sink
        self._pending: deque[tuple[Stream, str]] = deque()
        self._size = 0
        self._dropped = 0
        self._lock = threading.Lock()
        self._taps: list[_Tap] = []

    def start(self) -> None:
        """Begin to capture; a stream that is not there (``pythonw``) or cannot be tapped is left alone."""
        _watch_forks()
        _tees.add(self)
        seen: list[object] = []
        for name in _STREAMS:
            stream = getattr(sys, name)
            if stream is None or stream in seen:
                continue
            seen.append(stream)
            try:
                tap = _tap(stream)
            except (AttributeError, TypeError) as error:  # The stream allows no attributes.
                report_failure(f"console ({name})", error)
                continue
            tap.add(self, name)
            self._taps.append(tap)

    def stop(self) -> None:
        """End, and hand over the rest."""
        for tap in self._taps:
            tap.remove(self)
        self._taps = []
        _tees.discard(self)
        self._flush(wait=True)
        self._sink = None

    def flush(self) -> None:
        """Hand over what has come together, unless another thread is just doing so."""
        self._flush(wait=False)

    def take(self, name: Stream, text: str) -> None:
        """Keep a piece of text; called from whatever thread prints."""
        if self._sink is None or getattr(_inside, "sink", False):
            return
        if self._size + len(text) > _MOST_PENDING:  # Whoever flushes hangs in the sink.
            self._dropped += len(text)
            return
        # A deque's append is atomic: no lock on the way of a print.  The size may be a little off, which is no harm.
        self._pending.append((name, text))
        self._size += len(text)
        if self._size >= _FLUSH_AT:
            self.flush()

    def _flush(self, *, wait: bool) -> None:
        if getattr(_inside, "sink", False) or not self._lock.acquire(timeout=10 if wait else 0):
            return
        _inside.sink = True
        try:
            self._hand_over()
        except Exception as error:  # noqa: BLE001  # The rim: printing goes on whatever the sink does.
            self._sink = None
            self._pending.clear()
            report_failure("console", error)
        finally:
            _inside.sink = False
            self._lock.release()

    def _hand_over(self) -> None:
        # Only as many as there are now: a thread that prints without end must not keep this one here.
        pieces = [self._pending.popleft() for _ in range(len(self._pending))]
        self._size -= sum(len(text) for _, text in pieces)
        dropped, self._dropped = self._dropped, 0
        if dropped:
            pieces.append(("stderr", f"\n[{dropped} characters of output were not captured]\n"))
        if self._sink is None:
            return
        start = 0
        for end in range(1, len(pieces) + 1):
            name = pieces[start][0]
            if end == len(pieces) or pieces[end][0] != name:
                text = collapse("".join(text for _, text in pieces[start:end]))
                if text:
                    self._sink(name, text)
                start = end

    def _abandon(self) -> None:
        """Forget everything, in a forked child: the run, its journal and what is pending are the parent's."""
        self._sink = None
        self._pending = deque()
        self._taps = []
        self._lock = threading.Lock()


class _Tap:
    """Stands in for a stream's ``write``, and tells the tees what was written; one serves all tees of a stream."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._before: Any = vars(stream).get("write") if hasattr(stream, "__dict__") else None
        self._write: Callable[..., Any] = stream.write
        self._tees: tuple[tuple[ConsoleTee, Stream], ...] = ()

    def __call__(self, text: Any, *arguments: Any) -> Any:
        written = self._write(text, *arguments)
        if type(text) is str or isinstance(text, str):
            for tee, name in self._tees:
                tee.take(name, text)
        return written

    def add(self, tee: ConsoleTee, name: Stream) -> None:
        self._tees = (*self._tees, (tee, name))

    def remove(self, tee: ConsoleTee) -> None:
        """Leave the stream as it was found once nobody listens; under what others put on top, only pass through."""
        self._tees = tuple(pair for pair in self._tees if pair[0] is not tee)
        if self._tees or self._stream.write is not self:
            return
        if self._before is not None:
            self._stream.write = self._before
        else:
            del self._stream.write


def _tap(stream: Any) -> _Tap:
    """Return the tap of a stream, putting one in if there is none on top."""
    if isinstance(stream.write, _Tap):
        return stream.write
    tap = _Tap(stream)
    stream.write = tap
    return tap


_tees: WeakSet[ConsoleTee] = WeakSet()
_watched = False


def _watch_forks() -> None:
    global _watched
    if not _watched and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_abandon_all)
    _watched = True


def _abandon_all() -> None:
    _inside.sink = False
    for tee in list(_tees):
        tee._abandon()
