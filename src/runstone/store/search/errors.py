"""Mistakes in a filter or an order, shown to the person who wrote them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from runstone.core.errors import InvalidArgument

# A filter longer than this is quoted in part, so that the caret stays on the screen.
_WINDOW = 72


class Text(Struct, frozen=True):
    """What somebody wrote, able to point at one of its characters.

    Attributes:
        text: All of it.
        field: The argument it came in by: ``filter``, ``order_by[0]``.
    """

    text: str
    field: str = "filter"

    def mistake(self, position: int, problem: str) -> InvalidArgument:
        """Make the error for a problem at a character.

        Args:
            position: Offset of the character at fault; the length of the text if something is missing there.
            problem: What was expected and what was found instead.
        """
        line, column = _window(self.text, position)
        return InvalidArgument(
            f"{self.field}, character {position + 1}: {_printable(problem)}\n    {line}\n    {' ' * column}^",
            field=self.field,
            position=position,
        )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest of the known words, or nothing when none is near."""
    from difflib import get_close_matches  # only a mistake needs it, and it is slow to load

    near = get_close_matches(word.lower()[:100], list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _window(text: str, position: int) -> tuple[str, int]:
    """Return the part of a text around a position, and the column of that position in it."""
    start = max(0, min(position - _WINDOW // 2, len(text) - _WINDOW))
    end = min(len(text), start + _WINDOW)
    before = "…" if start > 0 else ""
    after = "…" if end < len(text) else ""
    return before + _printable(text[start:end]) + after, position - start + len(before)


def _printable(text: str) -> str:
    """Replace, one for one, what would break the line, the caret's column or the encoding."""
    return "".join(
        " " if character.isspace() else character if character.isprintable() else "\ufffd" for character in text
    )
