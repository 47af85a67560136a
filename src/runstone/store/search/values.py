"""The right side of a comparison: operands to values of the field's type."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

from runstone.core.errors import InvalidArgument
from runstone.core.limits import INT64_MAX, INT64_MIN
from runstone.store.search.cursor import Cursor
from runstone.store.search.dates import to_ms
from runstone.store.search.errors import Text
from runstone.store.search.lexer import Token
from runstone.store.search.tree import Scalar
from runstone.store.search.vocabulary import Kind

MAX_LIST_LENGTH = 10_000
MAX_PATTERN_LENGTH = 500


class Operand(NamedTuple):
    """A value as it will be compared, and where it was written."""

    value: Scalar
    numeric: bool
    start: int


def read_value(cursor: Cursor, kind: Kind, clock: Callable[[], int]) -> Operand:
    """Read one value of a type.

    Raises:
        InvalidArgument: What stands there is no value, or one of another type.
    """
    token = cursor.token
    if token.kind not in ("string", "number"):
        raise _not_a_value(cursor, kind)
    cursor.advance()
    if token.kind == "string":
        return _from_string(cursor.text, token, kind, clock)
    return _from_number(cursor.text, token, kind)


def read_list(cursor: Cursor, kind: Kind, clock: Callable[[], int]) -> tuple[Operand, ...]:
    """Read a parenthesised list of values, all text or all numbers.

    Raises:
        InvalidArgument: It is none, is empty or too long, or mixes text and numbers.
    """
    cursor.take("(", "'(' and a list of values")
    operands: list[Operand] = []
    # A comma may trail: what Python prints for a tuple of one has it, and people paste that in.
    while not operands or not cursor.at(")"):
        operand = read_value(cursor, kind, clock)
        if operands and operand.numeric != operands[0].numeric:
            raise cursor.text.mistake(operand.start, "a list is all text or all numbers")
        if len(operands) == MAX_LIST_LENGTH:
            raise cursor.text.mistake(operand.start, f"a list has at most {MAX_LIST_LENGTH:,} values")
        operands.append(operand)
        if not cursor.at(","):
            break
        cursor.advance()
    cursor.take(")", "',' or ')'")
    return tuple(operands)


def read_pattern(cursor: Cursor) -> str:
    """Read a regular expression.

    Raises:
        InvalidArgument: It is too long, or ``re`` cannot read it.
    """
    token = cursor.take("string", "a regular expression in quotes")
    pattern = token.text
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise cursor.text.mistake(
            token.start,
            f"a regular expression has at most {MAX_PATTERN_LENGTH} characters, not {len(pattern):,}",
        )
    try:
        re.compile(pattern)
    # Recursion and overflow come of nesting and repetition; a warning where warnings are errors.
    except (re.error, RecursionError, OverflowError, Warning) as error:
        # A doubled quote before the fault shifts it, so then the whole string is pointed at.
        offset = getattr(error, "pos", None)
        exact = offset is not None and token.end - token.start == len(pattern) + 2
        position = token.start + 1 + offset if exact and offset is not None else token.start
        raise cursor.text.mistake(position, f"not a regular expression: {getattr(error, 'msg', error)}") from None
    return pattern


def _not_a_value(cursor: Cursor, kind: Kind) -> InvalidArgument:
    token = cursor.token
    word = token.word
    if word == "NULL":
        return cursor.text.mistake(token.start, "nothing equals NULL; write IS NULL or IS NOT NULL")
    if word == "NAN":
        return cursor.text.mistake(token.start, "no number equals nan; it is what is IS NOT NULL and NOT <= inf")
    if word in ("TRUE", "FALSE"):
        return cursor.text.mistake(token.start, f"{token.text} goes with = and != on params and tags only")
    if token.kind == "name" and kind in ("text", "id", "any"):
        return cursor.expected("a value; text goes in quotes")
    return cursor.expected(_EXPECTED[kind])


_EXPECTED: dict[Kind, str] = {
    "number": "a number",
    "float": "a number",
    "time": "Unix milliseconds or a date in quotes",
    "id": "an id in quotes",
    "text": "text in quotes",
    "any": "a number, or text in quotes",
}


def _from_string(text: Text, token: Token, kind: Kind, clock: Callable[[], int]) -> Operand:
    if kind in ("number", "float"):
        raise text.mistake(token.start, "expected a number, found text; numbers go without quotes")
    if kind == "time":
        try:
            return Operand(to_ms(token.text, clock), True, token.start)
        except ValueError as error:
            raise text.mistake(token.start, str(error)) from None
    return Operand(token.text, False, token.start)


def _from_number(text: Text, token: Token, kind: Kind) -> Operand:
    if kind == "id" and token.text.isdigit():
        return Operand(token.text, False, token.start)
    if kind in ("id", "text"):
        raise text.mistake(token.start, f"expected text, found a number; text goes in quotes: '{token.text}'")
    # Milliseconds and versions are kept exact; a float64 begins to skip whole numbers at 2**53.
    if kind in ("number", "time") and len(token.text) <= 20 and token.text.lstrip("+-").isdigit():
        integer = int(token.text)
        if INT64_MIN <= integer <= INT64_MAX:
            return Operand(integer, True, token.start)
    number = float(token.text)
    if math.isinf(number) and not token.text.lstrip("+-").lower().startswith("inf"):
        raise text.mistake(token.start, "a number greater than any float64")
    if kind in ("number", "time") and number.is_integer() and INT64_MIN <= number <= INT64_MAX:
        return Operand(int(number), True, token.start)
    return Operand(number, True, token.start)
