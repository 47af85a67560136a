"""Which Runstone this is, told to code and to the build."""

from __future__ import annotations

__version__ = "0.1.0"
