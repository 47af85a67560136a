"""Finding experiments: a filter and an order as SQL.

Experiments are few beside runs, so all are looked at; only the page is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from runstone.core.entities import ViewType
from runstone.store.search import EXPERIMENTS, parse_filter, parse_order_by
from runstone.store.search.tree import Comparison, Field, OrderTerm, Tree
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, compare, compile_tree, join
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.keyset import question_digest
from runstone.store.sql.listing import SortColumn, fetch_page, nullable
from runstone.store.sql.text_numbers import number_of

_ATTRIBUTES = {
    "name": "e.name",
    "experiment_id": "CAST(e.experiment_id AS TEXT)",
    "creation_time": "e.created_ms",
    "last_update_time": "e.updated_ms",
    "lifecycle_stage": "e.lifecycle_stage",
    "artifact_location": "e.artifact_location",
}
_TIMES = ("creation_time", "last_update_time")
_TAG = "(SELECT t.value FROM experiment_tags t WHERE t.experiment_id = e.experiment_id AND t.key = ?)"
_DEFAULT_ORDER = (OrderTerm(Field("attribute", "creation_time"), descending=True),)


class Question(NamedTuple):
    """What is asked, read and checked."""

    tree: Tree
    order: tuple[OrderTerm, ...]
    view: ViewType
    digest: bytes

    @classmethod
    def parse(cls, filter: str, order_by: Sequence[str], view: ViewType) -> Question:
        """Read a question.

        Raises:
            InvalidArgument: The filter or an order cannot be read.
        """
        return cls(
            parse_filter(filter, EXPERIMENTS),
            tuple(parse_order_by(order_by, EXPERIMENTS)) or _DEFAULT_ORDER,
            view,
            question_digest("experiments", filter, tuple(order_by), int(view)),
        )


def find(
    c: Connection, dialect: Dialect, question: Question, limit: int, page_token: str | None
) -> tuple[list[int], str | None]:
    """Return the ids of a page of experiments, and the token of the page after it.

    Raises:
        InvalidArgument: The token is not of this question.
    """
    condition = compile_tree(question.tree, lambda comparison: _leaf(dialect, comparison))
    rows, token = fetch_page(
        c,
        keys=["e.experiment_id"],
        source=Clause("experiments e"),
        where=join([_in_view(question.view), condition], "AND"),
        order=_sort_columns(question.order),
        question=question.digest,
        limit=limit,
        page_token=page_token,
    )
    return [row[0] for row in rows], token


def _in_view(view: ViewType) -> Clause:
    if view == ViewType.ALL:
        return ALWAYS
    return Clause("e.lifecycle_stage = ?", ("active" if view == ViewType.ACTIVE_ONLY else "deleted",))


def _leaf(dialect: Dialect, comparison: Comparison) -> Clause:
    """Return the condition of one comparison: true or false, never NULL."""
    field, op = comparison.field, comparison.op
    if field.entity == "attribute":
        if op in ("IS NULL", "IS NOT NULL"):
            return NEVER if op == "IS NULL" else ALWAYS
        return compare(dialect, _ATTRIBUTES[field.key], comparison)
    exists = "EXISTS (SELECT 1 FROM experiment_tags t WHERE t.experiment_id = e.experiment_id AND t.key = ?"
    if op in ("IS NULL", "IS NOT NULL"):
        return Clause(f"{'NOT ' if op == 'IS NULL' else ''}{exists})", (field.key,))
    value = number_of(dialect, "t.value") if comparison.numeric else Clause("t.value")
    condition = compare(dialect, value.sql, comparison)
    return Clause(f"{exists} AND {condition.sql})", (field.key, *value.params, *condition.params))


def _sort_columns(order: Sequence[OrderTerm]) -> list[SortColumn]:
    columns: list[SortColumn] = []
    for field, descending in ((term.field, term.descending) for term in order):
        if field.entity == "tag":
            columns += nullable(Clause(_TAG, (field.key,)), "text", descending)
        elif field.key == "experiment_id":
            columns.append(SortColumn(Clause("e.experiment_id"), "integer", descending))
        else:
            column = Clause(_ATTRIBUTES[field.key])
            kind: Literal["integer", "text"] = "integer" if field.key in _TIMES else "text"
            columns.append(SortColumn(column, kind, descending))
    return [*columns, SortColumn(Clause("e.experiment_id"), "integer")]
