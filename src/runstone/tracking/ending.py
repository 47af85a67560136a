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
    # A child of multiprocessing runs its exit functions while the exception is passing by, until Python 3.12.
    found = _cause or sys.exc_info()[1] or _exit_of_child()
    return None if isinstance(found, SystemExit) and not found.code else found


def _exit_of_child() -> SystemExit | None:
    """Return how a forked child of multiprocessing ends, since Python 3.13: its exception is gone, its code is not."""
    frame = sys._getframe().f_back
    while frame is not None and frame.f_code.co_name != "_bootstrap":
        if frame.f_code.co_name == "_launch" and frame.f_globals.get("__name__") == "multiprocessing.popen_fork":
            return SystemExit(frame.f_locals.get("code"))
        frame = frame.f_back
    return None


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
