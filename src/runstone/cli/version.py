"""Which Runstone this is."""

from __future__ import annotations

import sys


def version() -> str:
    """Return the version of the package.

    The top package is loaded whenever this runs; nothing inside imports it.
    """
    text: str = sys.modules[__name__.partition(".")[0]].__version__
    return text
