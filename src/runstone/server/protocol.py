"""HTTP for clients that may be slow on purpose."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STOPPING = "runstone.stopping"
"""In the scope of a request: the server is about to stop."""

_HEADERS_S = 20.0
"""How long a connection may take until its first request has said what it wants."""


class PatientProtocol(HttpToolsProtocol):
    """Closes connections that are opened and then say nothing, or little at a time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(_HEADERS_S, transport.close)

    def on_headers_complete(self) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().on_headers_complete()

    def shutdown(self) -> None:
        """Tell an answer that goes on for ever that the server wants to stop."""
        if self.cycle is not None:
            cast(dict[str, Any], self.cycle.scope)[STOPPING] = True
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
