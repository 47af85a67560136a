"""Finding runs: what is asked, and which way it is answered.

A search is led by its conditions or by its order.  Where the conditions that have an index leave few runs between
them, these are fetched and sorted; else the index of the first order is walked until the page is full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from runstone.core.entities import ViewType
from runstone.store import rules
from runstone.store.search import RUNS, parse_filter, parse_order_by
from runstone.store.search.tree import And, Comparison, OrderTerm, Tree, fields_of
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, compile_tree, join
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.keys import find_key_ids, marks
from runstone.store.sql.keyset import decode_token, encode_token, question_digest
from runstone.store.sql.run_conditions import condition
from runstone.store.sql.run_lead import Leads
from runstone.store.sql.run_order import Place
from runstone.store.sql.run_sources import Source, Sources
from runstone.store.sql.run_walk import Asked, Pages, Row


class Question(NamedTuple):
    """What is asked, read and checked."""

    experiment_ids: tuple[int, ...] | None
    tree: Tree
    order: tuple[OrderTerm, ...]
    view: ViewType
    digest: bytes

    @classmethod
    def parse(
        cls, experiment_ids: Sequence[str] | None, filter: str, order_by: Sequence[str], view: ViewType
    ) -> Question:
        """Read a question.

        Raises:
            InvalidArgument: An id, the filter or an order cannot be read.
        """
        ids = None if experiment_ids is None else tuple(sorted({rules.check_experiment_id(x) for x in experiment_ids}))
        return cls(
            ids,
            parse_filter(filter, RUNS),
            tuple(parse_order_by(order_by, RUNS)),
            view,
            question_digest("runs", ids, filter, tuple(order_by), int(view)),
        )


class Found(list[int]):
    """Numbers of runs in order, and the token of the page after them."""

    token: str | None = None


def find(c: Connection, dialect: Dialect, question: Question, limit: int, page_token: str | None) -> Found:
    """Return a page of runs.

    Raises:
        InvalidArgument: The token is not of this question.
    """
    after = decode_token(page_token, question.digest)
    search = _Search(c, dialect, question)
    found = Found()
    rows = list(search.rows(limit + 1, after))
    found.extend(row[0] for row in rows[:limit])
    if len(rows) > limit:
        found.token = encode_token(question.digest, tuple(rows[limit - 1][1:]))
    return found


def count(c: Connection, dialect: Dialect, question: Question) -> int:
    """Return how many runs match."""
    return _Search(c, dialect, question).count()


class _Search:
    def __init__(self, c: Connection, dialect: Dialect, question: Question) -> None:
        self._c = c
        self._dialect = dialect
        self._question = question
        fields = [*fields_of(question.tree), *(term.field for term in question.order)]
        self._ids = find_key_ids(c, {field.key for field in fields if field.entity in ("metric", "param", "tag")})
        self._asked = Asked(
            self._ids,
            question.order,
            self._where_left,
            self._where(dialect.unindexed.format("r.experiment_id")),
            self._where(dialect.unindexed.format("r.experiment_id"), "w.run_no"),
        )

    def rows(self, limit: int, after: Place | None) -> Iterator[Row]:
        """Yield (run number, *place) in order."""
        return Pages(self._c, self._leads(), self._asked).rows(limit, after)

    def count(self) -> int:
        lead = self._leads().find(1000)
        where = join([lead.least or ALWAYS, self._where_left(lead.settled)], "AND")
        return int(self._c.query(f"SELECT COUNT(*) FROM runs r WHERE {where.sql}", where.params)[0][0])

    def _leads(self) -> Leads:
        ids = self._question.experiment_ids
        scope = None
        if ids is not None:
            scope = Source(f"SELECT r.run_no FROM runs r WHERE {_within('r.experiment_id', ids).sql}", ids)
        sources = Sources(self._c, self._dialect, self._ids).of(self._question.tree)
        return Leads(self._c, self._dialect, scope, sources)

    def _where_left(self, settled: frozenset[Comparison]) -> Clause:
        return self._where("r.experiment_id", settled=settled)

    def _where(self, experiment: str, run_no: str = "r.run_no", settled: frozenset[Comparison] = frozenset()) -> Clause:
        """Return what is asked for, as a condition on a run."""
        conditions = []
        ids, view = self._question.experiment_ids, self._question.view
        if ids is not None:
            conditions.append(_within(experiment, ids))
        if view != ViewType.ALL:
            stage = "active" if view == ViewType.ACTIVE_ONLY else "deleted"
            conditions.append(Clause("r.lifecycle_stage = ?", (stage,)))

        def leaf(comparison: Comparison) -> Clause:
            return condition(self._dialect, self._ids, comparison, run_no)

        tree = self._question.tree
        terms = tree.terms if isinstance(tree, And) else (tree,)
        asked = [compile_tree(term, leaf) for term in terms if term not in settled]
        return join([*conditions, *asked], "AND")


def _within(experiment: str, ids: tuple[int, ...]) -> Clause:
    return Clause(f"{experiment} IN ({marks(len(ids))})", ids) if ids else NEVER
