"""Filters to trees.

::

    filter     = [ or ]
    or         = and { OR and }
    and        = not { AND not }
    not        = NOT not | "(" or ")" | comparison
    comparison = field ( symbol value | [NOT] word value | [NOT] IN list | [NOT] BETWEEN value AND value
                       | IS [NOT] NULL )
    symbol     = "=" "==" "!=" "<>" "<" "<=" ">" ">=" "=~" "!~"
    word       = LIKE | ILIKE | REGEXP | RLIKE
    field      = attribute | entity "." key | metric "." key "." statistic

All of MLflow's grammar is in it, but not its laxness: where MLflow guesses at a missing or dangling AND, this
says so.
"""

from __future__ import annotations

from collections.abc import Callable

from runstone.core.clock import now_ms
from runstone.store.search.cursor import Cursor
from runstone.store.search.errors import Text
from runstone.store.search.fields import read_field
from runstone.store.search.lexer import Token
from runstone.store.search.tree import EVERYTHING, And, Comparison, Field, Not, Op, Or, Tree
from runstone.store.search.values import read_list, read_pattern, read_value
from runstone.store.search.vocabulary import Vocabulary

MAX_DEPTH = 100

_SYMBOLS: dict[str, Op] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
    "=~": "REGEXP",
    "!~": "NOT REGEXP",
}
_WORDS: dict[str, Op] = {
    "LIKE": "LIKE",
    "ILIKE": "ILIKE",
    "REGEXP": "REGEXP",
    "RLIKE": "REGEXP",
    "IN": "IN",
    "BETWEEN": "BETWEEN",
}
_NEGATED: dict[Op, Op] = {
    "LIKE": "NOT LIKE",
    "ILIKE": "NOT ILIKE",
    "REGEXP": "NOT REGEXP",
    "IN": "NOT IN",
}
_AN_OPERATOR = "an operator (= != < <= > >= =~ !~ LIKE ILIKE REGEXP IN BETWEEN IS)"


def parse_filter(text: str, vocabulary: Vocabulary, *, clock: Callable[[], int] = now_ms) -> Tree:
    """Return what a filter means; an empty one holds for everything.

    Args:
        text: The filter as somebody wrote it.
        vocabulary: Of the noun that is searched.
        clock: Gives the present in Unix milliseconds, for dates such as ``'7 days ago'``.

    Raises:
        InvalidArgument: The filter cannot be read; ``position`` is the offset of the character at fault, and
            the message shows it.
    """
    return _Parser(text, vocabulary, clock).filter()


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary, clock: Callable[[], int]) -> None:
        self._cursor = Cursor(Text(text))
        self._vocabulary = vocabulary
        self._clock = clock
        self._depth = 0

    def filter(self) -> Tree:
        if self._cursor.at("end"):
            return EVERYTHING
        tree = self._or()
        if self._cursor.at(")"):
            raise self._cursor.text.mistake(self._cursor.token.start, "this ')' closes nothing")
        if not self._cursor.at("end"):
            raise self._cursor.expected("AND, OR or the end")
        return tree

    def _or(self) -> Tree:
        terms = [self._and()]
        while self._cursor.take_keyword("OR"):
            terms.append(self._and())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _and(self) -> Tree:
        terms = [self._not()]
        while self._cursor.take_keyword("AND"):
            terms.append(self._not())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _not(self) -> Tree:
        token = self._cursor.token
        if token.kind != "(" and self._cursor.keyword() != "NOT":
            return self._comparison()
        # Bounded, so that no filter can exhaust the stack of this parser or of what walks the tree.
        if self._depth == MAX_DEPTH:
            raise self._cursor.text.mistake(token.start, f"nested deeper than {MAX_DEPTH} levels")
        self._depth += 1
        self._cursor.advance()
        if token.kind == "(":
            term = self._or()
            self._close(token)
        else:
            term = Not(self._not())
        self._depth -= 1
        return term

    def _close(self, opening: Token) -> None:
        if self._cursor.at("end"):
            raise self._cursor.text.mistake(opening.start, "the '(' that opens here is never closed")
        self._cursor.take(")", "AND, OR or ')'")

    def _comparison(self) -> Tree:
        start = self._cursor.token.start
        field = read_field(self._cursor, self._vocabulary)
        operator = self._cursor.token
        if self._cursor.take_keyword("IS"):
            return self._null_test(field, start)
        is_negated = self._cursor.take_keyword("NOT")
        op = self._op(is_negated)
        self._check(field, op, operator)
        if op == "BETWEEN":
            return self._between(field, is_negated, start)
        if is_negated:
            op = _NEGATED[op]
        if op in ("IN", "NOT IN"):
            operands = read_list(self._cursor, self._vocabulary.kind(field), self._clock)
            return Comparison(field, op, tuple(operand.value for operand in operands), operands[0].numeric, start)
        if op in ("REGEXP", "NOT REGEXP"):
            return Comparison(field, op, read_pattern(self._cursor), position=start)
        if op in ("LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE"):
            return Comparison(field, op, self._cursor.take("string", "a pattern in quotes").text, position=start)
        return self._plain(field, op, start)

    def _null_test(self, field: Field, start: int) -> Comparison:
        op: Op = "IS NOT NULL" if self._cursor.take_keyword("NOT") else "IS NULL"
        if not self._cursor.take_keyword("NULL"):
            raise self._cursor.expected("NULL" if op == "IS NOT NULL" else "NULL or NOT NULL")
        return Comparison(field, op, position=start)

    def _op(self, is_negated: bool) -> Op:
        token = self._cursor.token
        op = _WORDS.get(token.word or "")
        if op is None and token.kind == "operator" and not is_negated:
            op = _SYMBOLS[token.text]
        if op is None:
            raise self._cursor.expected("LIKE, ILIKE, REGEXP, IN or BETWEEN" if is_negated else _AN_OPERATOR)
        self._cursor.advance()
        return op

    def _check(self, field: Field, op: Op, operator: Token) -> None:
        ops = self._vocabulary.ops(field)
        if op in ops:
            return
        kind = self._vocabulary.kind(field)
        what = {"float": "a metric is a number", "id": f"{field.key} is an id, and ids have no order"}.get(
            kind, f"{field.key} is a {kind}"
        )
        there_are = ", ".join(sorted(ops, key=lambda known: (known[0].isalpha(), known)))
        raise self._cursor.text.mistake(operator.start, f"{what}: {op} does not apply; there are {there_are}")

    def _between(self, field: Field, is_negated: bool, start: int) -> Tree:
        kind = self._vocabulary.kind(field)
        low = read_value(self._cursor, kind, self._clock)
        if not self._cursor.take_keyword("AND"):
            raise self._cursor.expected("AND and the upper end of BETWEEN")
        high = read_value(self._cursor, kind, self._clock)
        if low.numeric != high.numeric:
            raise self._cursor.text.mistake(high.start, "both ends of BETWEEN are text, or both are numbers")
        if not is_negated:
            return Comparison(field, "BETWEEN", (low.value, high.value), low.numeric, start)
        # Not Not(BETWEEN): like every NOT that belongs to an operator, this one leaves out what lacks the
        # key.
        return Or(
            (
                Comparison(field, "<", low.value, low.numeric, start),
                Comparison(field, ">", high.value, high.numeric, start),
            )
        )

    def _plain(self, field: Field, op: Op, start: int) -> Tree:
        kind = self._vocabulary.kind(field)
        word = self._cursor.token.word
        if kind == "any" and op in ("=", "!=") and word in ("TRUE", "FALSE"):
            # Params keep a bool as True, MLflow's clients write "True", and people write "true" into tags.
            self._cursor.advance()
            return Comparison(field, "ILIKE" if op == "=" else "NOT ILIKE", word.lower(), position=start)
        operand = read_value(self._cursor, kind, self._clock)
        comparison = Comparison(field, op, operand.value, operand.numeric, start)
        if op == "!=" and field.entity == "tag" and field.key in self._vocabulary.tags_unequal_when_missing:
            return Or((comparison, Comparison(field, "IS NULL", position=start)))
        return comparison
