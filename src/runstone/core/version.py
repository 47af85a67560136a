"""Which Runstone this is: the one place where code reads it, kept equal to pyproject.toml by a test."""

from __future__ import annotations

__version__ = "0.1.0"
