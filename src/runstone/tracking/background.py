"""What goes on beside a run: slow captures, console, use of the machine."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from runstone.core.errors import RunstoneError
from runstone.tracking.artifacts import log_bytes
from runstone.tracking.capture.runner import capture_end, capture_slow

if TYPE_CHECKING:
    from runstone.tracking.capture.captured import Captured
    from runstone.tracking.capture.console import ConsoleTee
    from runstone.tracking.capture.usage import UsageSampler
    from runstone.tracking.run_writer import RunWriter
    from runstone.tracking.session import Session

_log = logging.getLogger("runstone")

_CAPTURE_S = 30.0
"""How long after its beginning a capture is waited for; questions to git, the longest part, end before that."""


class Background:
    """The captures of one run, none of which can break or hold up the program.

    Args:
        session: Where files go.
        writer: Where everything else goes.
        usage: Whether to sample the use of the machine; the settings decide if None.
        usage_interval_s: Seconds between samples; the settings decide if None.
    """

    def __init__(
        self, session: Session, writer: RunWriter, usage: bool | None, usage_interval_s: float | None = None
    ) -> None:
        self._session = session
        self._writer = writer
        parts = session.settings.capture
        self._parts = parts - {"console", "usage"}
        self._wants_console = "console" in parts
        self._wants_usage = ("usage" in parts) if usage is None else usage
        self._usage_interval_s = usage_interval_s or session.settings.usage_interval_s
        self._thread: threading.Thread | None = None
        self._deadline = 0.0
        self._gave_up = False
        self._console: ConsoleTee | None = None
        self._usage: UsageSampler | None = None
        self._samples = 0

    def start(self) -> None:
        """Begin capturing."""
        if self._wants_console:
            from runstone.tracking.capture.console import ConsoleTee

            self._console = ConsoleTee(self._writer.write_console)
            self._console.start()
            self._session.drain.before.append(self._console.flush)
        if self._wants_usage:
            from runstone.tracking.capture.usage import UsageSampler

            self._usage = UsageSampler(self._usage_interval_s, self._log_usage)
            self._usage.start()
        if self._parts:
            self._deadline = time.monotonic() + _CAPTURE_S
            self._thread = threading.Thread(target=self._capture, name="runstone-capture", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End capturing; what was captured is in the journal afterwards."""
        if self._usage is not None:
            self._usage.stop()
        if self._thread is not None:
            self._thread.join(timeout=max(self._deadline - time.monotonic(), 0.0))
            if self._thread.is_alive():
                self._gave_up = True
                _log.warning(
                    "capture of %s took longer than %.0f s and is left out of run %s",
                    ", ".join(sorted(self._parts)),
                    _CAPTURE_S,
                    self._writer.run_id,
                )
        self._keep_all(capture_end(self._parts))
        if self._console is not None:
            self._console.stop()
            if self._console.flush in self._session.drain.before:
                self._session.drain.before.remove(self._console.flush)

    def _log_usage(self, sample: dict[str, float]) -> None:
        for key, value in sample.items():
            self._writer.log_metric(key, value, self._samples)
        self._samples += 1

    def _capture(self) -> None:
        captured = capture_slow(self._parts)
        if not self._gave_up:
            self._keep_all(captured)

    def _keep_all(self, captured: Captured) -> None:
        for path, data in captured.files.items():
            self._keep(path, partial(log_bytes, self._session, self._writer, data, path))
        for key, value in captured.tags.items():
            self._keep(key, partial(self._writer.set_tags, {key: value}))

    def _keep(self, what: str, log: Callable[[], None]) -> None:
        try:
            log()
        except (RunstoneError, OSError) as error:
            _log.warning("%s, which was captured of run %s, could not be kept: %s", what, self._writer.run_id, error)
