"""Text that others wrote, made fit for a line of the terminal."""

from __future__ import annotations

import re
import unicodedata

# A bracket, the backslashes before it, and (looking ahead) whether rich would take it for a tag.
_BRACKET = re.compile(r"(\\*)\[(?=([a-z#/@][^\[]*?\])?)")


def printable(text: str, width: int) -> str:
    """Return text in at most so many columns, control characters shown as ``�``, the end cut by ``…``."""
    shown: list[str] = []
    used = 0
    for character in text[: 4 * width + 4]:
        character = character if character.isprintable() else "�"
        used += _columns(character)
        shown.append(character)
    whole = len(text) <= len(shown)
    if whole and used <= width:
        return "".join(shown)
    while shown and used > width - 1:
        used -= _columns(shown.pop())
    return "".join(shown) + "…"


def padded(text: str, width: int) -> str:
    """Return text filled with spaces to so many columns."""
    return text + " " * (width - columns(text))


def columns(text: str) -> int:
    """Return how many columns of a terminal text takes."""
    return sum(_columns(character) for character in text)


def escaped(text: str, *, before_tag: bool) -> str:
    """Return text as rich markup that shows it as it is.

    Before a tag, backslashes count twice, since they might keep it from being one; elsewhere they do not.

    Args:
        text: The text to show.
        before_tag: Whether a tag follows the text at once.
    """
    text = _BRACKET.sub(lambda match: match[1] * (2 if match[2] else 1) + "\\[", text)
    if before_tag:
        bare = text.rstrip("\\")
        text = bare + "\\" * 2 * (len(text) - len(bare))
    return text


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
