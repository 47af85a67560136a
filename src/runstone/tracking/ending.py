"""What ended the program: an exception that nobody caught, or ``sys.exit`` with an error.

The interpreter tells its exit functions neither, so the hooks that see them pass are watched.
"""

from __future__ import annotations

import functools
import sys
import threading
from types import TracebackType
from typing import Any, NoReturn

_cause: BaseException | None = None


def cause() -> BaseException | None:
    """Return what is ending the program, or None if it came to its end."""
    # A child of multiprocessing runs its exit functions while the exception is passing by.
    found = _cause or sys.exc_info()[1]
    return None if isinstance(found, SystemExit) and not found.code else found


def forget() -> None:
    """Take what was seen for caught: the program goes on."""
    global _cause
    _cause = None


def _note_exception(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    global _cause
    _cause = error
    _previous_hook(kind, error, traceback)


@functools.wraps(sys.exit)
def _note_exit(status: Any = None, /) -> NoReturn:
    global _cause
    if threading.current_thread() is threading.main_thread():
        # Another object than is raised, so that the frames it passes are not kept alive.
        _cause = SystemExit(status)
    raise SystemExit(status)


_previous_hook = sys.excepthook
sys.excepthook = _note_exception
sys.exit = _note_exit
