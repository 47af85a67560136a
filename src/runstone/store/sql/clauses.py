"""Filters as SQL: pieces of text with their parameters, always apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from runstone.store.search.tree import And, Comparison, Not, Or, Tree
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.keys import marks


class Clause(NamedTuple):
    """A piece of SQL and the values of its placeholders, in order."""

    sql: str
    params: tuple[Any, ...] = ()


_MAX_FLAT = 100

ALWAYS = Clause("1 = 1")
NEVER = Clause("1 = 0")


def join(clauses: Sequence[Clause], word: str) -> Clause:
    """Join conditions by AND or OR; no conditions at all hold."""
    if not clauses:
        return ALWAYS
    if len(clauses) == 1:
        return clauses[0]
    if len(clauses) > _MAX_FLAT:
        # Balanced, since SQLite refuses expressions that are a thousand deep, and a chain is as deep as it is long.
        half = len(clauses) // 2
        return join([join(clauses[:half], word), join(clauses[half:], word)], word)
    sql = f" {word} ".join(f"({clause.sql})" for clause in clauses)
    return Clause(sql, tuple(value for clause in clauses for value in clause.params))


def compile_tree(tree: Tree, leaf: Callable[[Comparison], Clause]) -> Clause:
    """Return a tree as a condition, given the condition of a comparison, which must be true or false, never NULL."""
    match tree:
        case And(terms):
            return join([compile_tree(term, leaf) for term in terms], "AND")
        case Or(terms):
            return join([compile_tree(term, leaf) for term in terms], "OR")
        case Not(term):
            inner = compile_tree(term, leaf)
            return Clause(f"NOT ({inner.sql})", inner.params)
        case Comparison():
            return leaf(tree)


def compare(dialect: Dialect, column: str, comparison: Comparison) -> Clause:
    """Return a condition on a column, whose SQL comes from a constant table; NULL where the column is NULL."""
    value = comparison.value
    match comparison.op:
        case "IS NULL" | "IS NOT NULL":
            return Clause(f"{column} {comparison.op}")
        case "IN" | "NOT IN":
            assert isinstance(value, tuple)
            return Clause(f"{column} {comparison.op} ({marks(len(value))})", value)
        case "BETWEEN":
            assert isinstance(value, tuple)
            return Clause(f"{column} BETWEEN ? AND ?", value)
        case "LIKE":
            return Clause(dialect.like.format(column), (value,))
        case "NOT LIKE":
            return Clause(f"NOT ({dialect.like.format(column)})", (value,))
        case "ILIKE":
            return Clause(dialect.ilike.format(column), (value,))
        case "NOT ILIKE":
            return Clause(f"NOT ({dialect.ilike.format(column)})", (value,))
        case "REGEXP":
            return Clause(dialect.regexp.format(column), (value,))
        case "NOT REGEXP":
            return Clause(f"NOT ({dialect.regexp.format(column)})", (value,))
        case "!=":
            return Clause(f"{column} <> ?", (value,))
        case op:
            return Clause(f"{column} {op} ?", (value,))


def compare_nullable(dialect: Dialect, column: str, comparison: Comparison) -> Clause:
    """Return a condition on a column that may be NULL: false there, but for IS NULL."""
    clause = compare(dialect, column, comparison)
    if comparison.op in ("IS NULL", "IS NOT NULL"):
        return clause
    return Clause(f"{column} IS NOT NULL AND {clause.sql}", clause.params)
