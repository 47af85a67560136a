"""A place in a list of tokens, and the errors for what stands there."""

from __future__ import annotations

from runstone.core.errors import InvalidArgument
from runstone.store.search.errors import Text
from runstone.store.search.lexer import Token, TokenKind, tokenize

KEYWORDS = frozenset(
    {"AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE", "REGEXP", "RLIKE", "BETWEEN", "ASC", "DESC"}
)


class Cursor:
    """Reads the tokens of a text from left to right.

    Raises:
        InvalidArgument: The text cannot be cut into tokens.
    """

    __slots__ = ("_index", "_tokens", "text")

    def __init__(self, text: Text) -> None:
        self.text = text
        self._tokens = tokenize(text)
        self._index = 0

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self._tokens[self._index]

    def advance(self) -> Token:
        """Return the token at the cursor and move on; the cursor stays at the end."""
        token = self.token
        if token.kind != "end":
            self._index += 1
        return token

    def at(self, kind: TokenKind) -> bool:
        """Say whether a token of a kind is at the cursor."""
        return self.token.kind == kind

    def keyword(self) -> str | None:
        """Return the keyword at the cursor in upper case, or None."""
        word = self.token.word
        return word if word in KEYWORDS else None

    def take_keyword(self, word: str) -> bool:
        """Move over a keyword if it is at the cursor, and say whether it was."""
        if self.keyword() != word:
            return False
        self.advance()
        return True

    def take(self, kind: TokenKind, what: str) -> Token:
        """Move over a token of a kind.

        Raises:
            InvalidArgument: Another stands there; ``what`` names the one that should.
        """
        if not self.at(kind):
            raise self.expected(what)
        return self.advance()

    def expected(self, what: str) -> InvalidArgument:
        """Make the error that something else should stand at the cursor."""
        token = self.token
        found = "the end" if token.kind == "end" else _shortened(self.text.text[token.start : token.end])
        return self.text.mistake(token.start, f"expected {what}, found {found}")


def _shortened(source: str) -> str:
    return source if len(source) <= 40 else f"{source[:39]}…"
