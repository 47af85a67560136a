"""What the program prints, kept while it passes through."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, Literal

_log = logging.getLogger("runstone")

StreamName = Literal["stdout", "stderr"]
_FLUSH_AT = 64 * 1024


class ConsoleTee:
    """Hands what is written to ``sys.stdout`` and ``sys.stderr`` to a sink, in pieces.

    A line that is written over by carriage returns, as progress bars do, is kept in its last state only.

    Args:
        sink: Called with the stream's name and a piece of text; what it raises is logged once and ends the tee.
    """

    def __init__(self, sink: Callable[[StreamName, str], None]) -> None:
        self._sink = sink
        self._lock = threading.RLock()
        self._pending: dict[StreamName, list[str]] = {"stdout": [], "stderr": []}
        self._size = 0
        self._busy = False
        self._pid = os.getpid()
        self._wrapped: dict[StreamName, _Tee] = {}

    def start(self) -> None:
        """Begin."""
        names: tuple[StreamName, ...] = ("stdout", "stderr")
        for name in names:
            stream = getattr(sys, name)
            if stream is not None:
                tee = _Tee(stream, lambda text, name=name: self._take(name, text))  # type: ignore[misc]  # bound early on purpose
                self._wrapped[name] = tee
                setattr(sys, name, tee)

    def stop(self) -> None:
        """End, and hand over the rest; a stream that somebody else has replaced meanwhile stays theirs."""
        for name, tee in self._wrapped.items():
            if getattr(sys, name) is tee:
                setattr(sys, name, tee.stream)
            tee.take = None
        self._wrapped = {}
        self.flush(whole=True)

    def flush(self, *, whole: bool = False) -> None:
        """Hand over what is pending, but for a last line that is not complete unless ``whole``."""
        with self._lock:
            if self._busy or self._pid != os.getpid():
                return
            self._busy = True
            try:
                for name, pieces in self._pending.items():
                    text, rest = _settled("".join(pieces), whole)
                    pieces[:] = [rest] if rest else []
                    if text:
                        self._sink(name, text)
                self._size = sum(len(piece) for pieces in self._pending.values() for piece in pieces)
            except Exception as error:  # noqa: BLE001  # the rim: printing must go on whatever the sink does
                _log.warning("console output is no longer captured: %s", error)
                self._pid = -1
            finally:
                self._busy = False

    def _take(self, name: StreamName, text: str) -> None:
        if self._pid != os.getpid():
            return
        with self._lock:
            if self._busy:
                return
            self._pending[name].append(text)
            self._size += len(text)
            full = self._size >= _FLUSH_AT
        if full:
            self.flush(whole=self._size >= 16 * _FLUSH_AT)


def _settled(text: str, whole: bool) -> tuple[str, str]:
    """Split off an incomplete last line, and keep of each line what stands after its last carriage return."""
    end = len(text) if whole else text.rfind("\n") + 1
    done, rest = text[:end], text[end:]
    if "\r" in done:
        # Not splitlines: that also splits at a carriage return.
        done = "".join(_last_state(line + "\n") for line in done.split("\n")[:-1]) + _last_state(
            done.rpartition("\n")[2]
        )
    return done, _last_state(rest) if "\r" in rest else rest


def _last_state(line: str) -> str:
    body = line.rstrip("\r\n")
    return body.rpartition("\r")[2] + ("\n" if line.endswith("\n") else "")


class _Tee:
    """A stream that is the one it wraps in everything but what is written to it."""

    def __init__(self, stream: Any, take: Callable[[str], None]) -> None:
        self.stream = stream
        self.take: Callable[[str], None] | None = take

    def write(self, text: str) -> int:
        written: int = self.stream.write(text)
        if self.take is not None and isinstance(text, str):
            self.take(text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def __iter__(self) -> Any:
        return iter(self.stream)

    def __enter__(self) -> _Tee:
        return self

    def __exit__(self, *exception: object) -> None:
        self.flush()

    def flush(self) -> None:
        self.stream.flush()
