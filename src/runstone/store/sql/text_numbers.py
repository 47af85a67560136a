"""Texts compared as numbers where no column of numbers stands beside them."""

from __future__ import annotations

from runstone.store.sql.clauses import Clause
from runstone.store.sql.dialect.base import Dialect

# What both databases cast without overflow or underflow, which are errors in PostgreSQL: up to two digits of
# exponent after any mantissa, and three where one digit, not 0, stands before the point.
_DECIMAL = (
    r"\A[ \t]*[+-]?(([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?"
    r"|[1-9]([.][0-9]{0,40})?[eE][+-]?([12][0-9][0-9]|30[0-7]))[ \t]*\Z"
)


def number_of(dialect: Dialect, column: str) -> Clause:
    """Return the number that a column of text reads as; NULL where it is none."""
    # Inside CASE, because only there it is certain that nothing else is cast.
    return Clause(
        f"CASE WHEN {dialect.regexp.format(column)} THEN CAST({column} AS DOUBLE PRECISION) "
        f"WHEN lower({column}) IN ('inf', '+inf', 'infinity', '+infinity') THEN ? "
        f"WHEN lower({column}) IN ('-inf', '-infinity') THEN ? END",
        (_DECIMAL, float("inf"), float("-inf")),
    )
