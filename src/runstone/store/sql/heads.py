"""Beginnings of texts, which are indexed in place of the whole."""

from __future__ import annotations

HEAD_CHARS = 200


def head(text: str) -> str:
    """Return what of a text is indexed."""
    return text[:HEAD_CHARS]
