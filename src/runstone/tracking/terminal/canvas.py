"""A grid of braille characters, each of two by four dots."""

from __future__ import annotations

_BLANK = 0x2800
# Bits of a character's dots, by column and row from the top (https://www.unicode.org/charts/PDF/U2800.pdf).
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Canvas:
    """Dots that several lines are drawn in; each character remembers the last line that touched it.

    Dots count from the left and from the bottom.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.width = 2 * columns
        self.height = 4 * rows
        # Of each line, the row it was last in, by column of characters: where a marker can sit.
        self.trails: dict[int, dict[int, int]] = {}
        self._bits = [[0] * columns for _ in range(rows)]
        self._lines = [[-1] * columns for _ in range(rows)]

    def dot(self, x: int, y: int, line: int) -> None:
        """Set one dot; one outside the grid is left out."""
        if 0 <= x < self.width and 0 <= y < self.height:
            row, from_top = divmod(self.height - 1 - y, 4)
            self._bits[row][x // 2] |= _DOTS[x % 2][from_top]
            self._lines[row][x // 2] = line
            self.trails.setdefault(line, {})[x // 2] = row

    def stroke(self, start: tuple[int, int], end: tuple[int, int], line: int) -> None:
        """Set the dots of a straight line."""
        (x0, y0), (x1, y1) = start, end
        count = max(abs(x1 - x0), abs(y1 - y0))
        for i in range(count + 1):
            along = i / count if count else 0.0
            self.dot(round(x0 + (x1 - x0) * along), round(y0 + (y1 - y0) * along), line)

    def row(self, index: int) -> list[tuple[str, int]]:
        """Return a row from the top as characters, each with its line or -1."""
        bits, lines = self._bits[index], self._lines[index]
        return [(chr(_BLANK + b) if b else " ", line) for b, line in zip(bits, lines, strict=True)]
