"""Pages of a listing, by keyset: what to select, in which order, and where the last page ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from runstone.core import limits
from runstone.core.errors import InvalidArgument
from runstone.store.sql.clauses import ALWAYS, Clause
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keyset import decode_token, encode_token


class SortColumn(NamedTuple):
    """One expression to sort by, never NULL, and the type of its values."""

    clause: Clause
    kind: Literal["integer", "float", "text"]
    descending: bool = False


def nullable(clause: Clause, kind: Literal["integer", "float", "text"], descending: bool) -> list[SortColumn]:
    """Return the columns that sort by an expression, rows where it is NULL last."""
    filler = "''" if kind == "text" else "0"
    return [
        SortColumn(Clause(f"CASE WHEN {clause.sql} IS NULL THEN 1 ELSE 0 END", clause.params), "integer"),
        SortColumn(Clause(f"COALESCE({clause.sql}, {filler})", clause.params), kind, descending),
    ]


def fetch_page(
    c: Connection,
    *,
    keys: Sequence[str],
    source: Clause,
    where: Clause,
    order: Sequence[SortColumn],
    question: bytes,
    limit: int,
    page_token: str | None,
) -> tuple[list[Row], str | None]:
    """Return the keys of a page of rows, and the token of the page after it.

    Args:
        keys: Columns that name a row.
        source: Tables and joins.
        order: What to sort by; it must leave no two rows equal.
        question: Digest of what is asked, which the token must be of.

    Raises:
        InvalidArgument: The token is not of this question.
    """
    position = decode_token(page_token, question)
    beyond = ALWAYS if position is None else _beyond(order, position)
    # Named in a subquery, so that no expression with a parameter in it is written twice.
    named = ", ".join(f"{column.clause.sql} AS o{at}" for at, column in enumerate(order))
    ordered = ", ".join(f"o{at} {'DESC' if column.descending else 'ASC'}" for at, column in enumerate(order))
    rows = c.query(
        f"SELECT * FROM (SELECT {', '.join(keys)}, {named} FROM {source.sql} WHERE {where.sql}) AS found "
        f"WHERE {beyond.sql} ORDER BY {ordered} LIMIT ?",
        (
            *(value for column in order for value in column.clause.params),
            *source.params,
            *where.params,
            *beyond.params,
            limit + 1,
        ),
    )
    found = [row[: len(keys)] for row in rows[:limit]]
    return found, encode_token(question, rows[limit - 1][len(keys) :]) if len(rows) > limit else None


def _beyond(order: Sequence[SortColumn], position: Sequence[Any]) -> Clause:
    """Return the condition for rows that come after a position."""
    if len(position) != len(order) or not all(map(_fits, order, position)):
        raise InvalidArgument("not a page token; pass the token of the page before", field="page_token")
    condition = Clause("1 = 0")
    for at in reversed(range(len(order))):
        sign = "<" if order[at].descending else ">"
        condition = Clause(
            f"o{at} {sign} ? OR (o{at} = ? AND ({condition.sql}))",
            (position[at], position[at], *condition.params),
        )
    return condition


def _fits(column: SortColumn, value: object) -> bool:
    if column.kind == "text":
        return isinstance(value, str) and "\0" not in value
    if column.kind == "float" and isinstance(value, float):
        return True
    return type(value) is int and limits.INT64_MIN <= value <= limits.INT64_MAX
