"""Trees back to text, in one canonical spelling."""

from __future__ import annotations

from runstone.store.search.lexer import PLAIN
from runstone.store.search.tree import And, Comparison, Field, Not, Or, Scalar, Tree
from runstone.store.search.vocabulary import STATISTICS


def format_tree(tree: Tree) -> str:
    """Return a filter that reads back as an equal tree.

    Equal but for one thing: what the parser wrote out for a tag that is unequal when missing is written out
    again. The meaning is the same.
    """
    if isinstance(tree, Comparison):
        return _comparison(tree)
    if isinstance(tree, Not):
        return f"NOT {_grouped(tree.term, And, Or)}"
    if isinstance(tree, And):
        return " AND ".join(_grouped(term, And, Or) for term in tree.terms)
    return " OR ".join(_grouped(term, Or) for term in tree.terms)


def format_field(field: Field) -> str:
    """Return a field as it is written in filters and orders."""
    if field.entity == "attribute":
        return field.key
    suffix = "" if field.stat in (None, "last") else f".{field.stat}"
    return f"{field.entity}s.{_key(field, suffix)}{suffix}"


def _grouped(tree: Tree, *kinds: type[And | Or]) -> str:
    return f"({format_tree(tree)})" if isinstance(tree, kinds) else format_tree(tree)


def _key(field: Field, suffix: str) -> str:
    parts = field.key.split(".")
    is_plain = all(PLAIN.fullmatch(part) for part in parts)
    reads_as_statistic = field.entity == "metric" and not suffix and len(parts) > 1 and parts[-1].lower() in STATISTICS
    if is_plain and not reads_as_statistic:
        return field.key
    return "`" + field.key.replace("`", "``") + "`"


def _comparison(comparison: Comparison) -> str:
    left = f"{format_field(comparison.field)} {comparison.op}"
    value = comparison.value
    if value is None:
        return left
    if not isinstance(value, tuple):
        return f"{left} {_scalar(value)}"
    if comparison.op == "BETWEEN":
        return f"{left} {_scalar(value[0])} AND {_scalar(value[1])}"
    return f"{left} ({', '.join(map(_scalar, value))})"


def _scalar(value: Scalar) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
