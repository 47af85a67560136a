"""Text to tokens.

The filter language is read by hand, not by a parser generator: a generator costs start-up time that a search
from the command line does not have, and an error here must name the exact character and what was expected
there.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from runstone.core.limits import MAX_FILTER_LENGTH
from runstone.store.search.errors import Text

TokenKind = Literal["name", "string", "number", "operator", "(", ")", ",", "end"]

OPERATORS = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">=", "=~", "!~"})
# What a key may consist of without quotes.  No arithmetic exists, so "-" and "/" can belong to names.
PLAIN = re.compile(r"\w[\w/:\-]*")

_SPACE = re.compile(r"\s*")
# Letters in both cases are spelled out: IGNORECASE would let Unicode look-alikes of "i" through.
_NUMBER = re.compile(
    r"[+-]?(?:[iI][nN][fF](?:[iI][nN][iI][tT][yY])?(?![\w./:\-])"
    r"|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
)
_OPERATOR = re.compile(r"[=!<>~]+")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Segment(NamedTuple):
    """One part of a dotted name."""

    text: str
    quoted: bool
    start: int


class Token(NamedTuple):
    """A word of the language.

    Attributes:
        text: Content of a string; source text of anything else.
        end: Offset after the last character.
        segments: Parts of a name, or of a string in double quotes, which can stand for one.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    segments: tuple[Segment, ...] = ()

    @property
    def word(self) -> str | None:
        """The single unquoted word that this token is, in upper case, if it is one."""
        if self.kind == "name" and len(self.segments) == 1 and not self.segments[0].quoted:
            return self.text.upper()
        return None


def tokenize(text: Text) -> list[Token]:
    """Cut a text into tokens; the last is always ``end``.

    Raises:
        InvalidArgument: The text is too long or holds something that no token begins with.
    """
    source = text.text
    if len(source) > MAX_FILTER_LENGTH:
        raise text.mistake(
            MAX_FILTER_LENGTH, f"longer than {MAX_FILTER_LENGTH:,} characters: {len(source):,}; ask in parts"
        )
    if unstorable := _UNSTORABLE.search(source):
        raise text.mistake(unstorable.start(), "NUL and lone surrogates are no text that a store can hold")
    tokens: list[Token] = []
    position = _skip_space(source, 0)
    while position < len(source):
        token = _token(text, position)
        tokens.append(token)
        position = _skip_space(source, token.end)
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def _skip_space(source: str, position: int) -> int:
    match = _SPACE.match(source, position)
    return match.end() if match else position


def _token(text: Text, start: int) -> Token:
    source = text.text
    character = source[start]
    if character == "(":
        return Token("(", character, start, start + 1)
    if character == ")":
        return Token(")", character, start, start + 1)
    if character == ",":
        return Token(",", character, start, start + 1)
    if character in "'\"":
        return _string(text, start)
    if match := _OPERATOR.match(source, start):
        if match.group() not in OPERATORS:
            raise text.mistake(
                start,
                f"no operator {match.group()!r}; there are = != < <= > >= =~ !~ and words as LIKE",
            )
        return Token("operator", match.group(), start, match.end())
    if match := _NUMBER.match(source, start):
        return _number(text, start, match.end())
    if character == "`" or PLAIN.match(source, start):
        return _name(text, start)
    if character != ";" and (source[start - 1 : start].isalnum() or source[start - 1 : start] == "_"):
        raise text.mistake(start, f"unexpected {character!r}; a key that contains it goes in back-ticks: tags.`my key`")
    raise text.mistake(start, f"unexpected {character!r}")


def _number(text: Text, start: int, end: int) -> Token:
    source = text.text
    following = source[end : end + 1]
    if following.isalnum() or (following and following in "_.:/-+"):
        if re.match(r"[0-9]{4}-[0-9]", source[start : end + 2]):
            raise text.mistake(start, "a date goes in quotes: '2026-01-31'")
        raise text.mistake(start, "a number runs into other characters; text goes in quotes")
    return Token("number", source[start:end], start, end)


def _string(text: Text, start: int) -> Token:
    content, end = _quoted(text, start)
    if text.text[start] == '"' and text.text[end : end + 1] == ".":
        return _name(text, start)
    segments = (Segment(content, True, start),) if text.text[start] == '"' else ()
    return Token("string", content, start, end, segments)


def _name(text: Text, start: int) -> Token:
    source = text.text
    segments: list[Segment] = []
    position = start
    while True:
        if source[position : position + 1] in ("`", '"'):
            content, end = _quoted(text, position)
            segments.append(Segment(content, True, position))
        elif plain := PLAIN.match(source, position):
            end = plain.end()
            segments.append(Segment(plain.group(), False, position))
        else:
            raise text.mistake(position, "expected a name after the dot; one with odd characters goes in back-ticks")
        position = end
        if source[position : position + 1] != ".":
            return Token("name", source[start:end], start, end, tuple(segments))
        position += 1


def _quoted(text: Text, start: int) -> tuple[str, int]:
    """Return what stands between quotes, and the offset after the closing one.  A doubled quote is one of the
    content."""
    source = text.text
    quote = source[start]
    search_from = start + 1
    while True:
        closing = source.find(quote, search_from)
        if closing < 0:
            raise text.mistake(start, f"the {quote} that opens here is never closed")
        if source[closing + 1 : closing + 2] != quote:
            return source[start + 1 : closing].replace(quote * 2, quote), closing + 1
        search_from = closing + 2
