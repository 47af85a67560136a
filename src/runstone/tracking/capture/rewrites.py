"""What a terminal would still show of text that was written over: progress bars rewrite a line many times a second."""

from __future__ import annotations

import re
from functools import cache

_MOST_UP = 100


def collapse(text: str) -> str:
    r"""Return text that leaves a terminal in the same state, without the lines' states in between.

    Carriage returns, the cursor going up (``ESC [ n A``) and lines being erased (``ESC [ 2 K``) are followed, which is
    what tqdm and rich write.  A line that begins by rewriting one keeps its ``\r``: what it rewrites may have been
    handed over before.
    """
    if "\r" not in text and "\x1b[" not in text:
        return text
    return _replay(text)


class _Line:
    """A line of the screen: its text, and how it began."""

    def __init__(self) -> None:
        self.text = ""
        self.rewritten = False
        self.erased = False
        self.returned = False

    def write(self, text: str) -> None:
        if self.returned:
            self.text, self.rewritten, self.returned = "", True, False
        self.text += text

    def erase(self) -> None:
        self.rewritten = self.rewritten or self.returned
        self.text, self.erased, self.returned = "", True, False

    def __str__(self) -> str:
        return ("\r" if self.rewritten else "") + ("\x1b[2K" if self.erased else "") + self.text


def _replay(text: str) -> str:
    lines = [_Line()]
    row = above = 0
    for piece in _controls().split(text):
        if piece == "\n":
            lines[row].returned = False
            row += 1
            if row == len(lines):
                lines.append(_Line())
            else:
                lines[row].returned = bool(lines[row].text)
        elif piece == "\r":
            lines[row].returned = True
        elif piece == "\x1b[2K":
            lines[row].erase()
        elif piece.startswith("\x1b[") and piece.endswith("A") and _controls().fullmatch(piece):
            row -= min(int(piece[2:-1] or 1), _MOST_UP)
            if row < 0:
                lines[:0] = [_Line() for _ in range(-row)]
                above, row = above - row, 0
        elif piece:
            lines[row].write(piece)
    up = f"\x1b[{above}A" if above else ""
    back = len(lines) - 1 - row
    end = ("\r" if lines[row].returned else "") if not back else f"\x1b[{back}A"
    return up + "\n".join(map(str, lines)) + end


@cache
def _controls() -> re.Pattern[str]:
    return re.compile(r"(\r|\n|\x1b\[\d{0,3}A|\x1b\[2K)")
