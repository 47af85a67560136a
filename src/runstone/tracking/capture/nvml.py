"""NVIDIA's management library, if this machine has a driver for it to speak to."""

from __future__ import annotations

import os
import sys
from typing import Any

_DRIVER_FILES = ("/dev/nvidiactl", "/proc/driver/nvidia/version", "/dev/dxg", "/dev/nvhost-gpu")


def open_nvml() -> Any | None:
    """Return ``pynvml``, ready for use, or None where there is no driver; ``nvmlShutdown`` is the caller's to call.

    The binding takes longer to import than everything else that is captured, so where Linux shows no driver it is not.
    """
    if sys.platform == "linux" and not any(os.path.exists(path) for path in _DRIVER_FILES):
        return None
    if sys.platform == "darwin":
        return None
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:  # A driver's file, but no library or no GPU: nothing to report.
        return None
    return pynvml


def text(value: str | bytes) -> str:
    """Return what older bindings give as bytes and newer ones as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
