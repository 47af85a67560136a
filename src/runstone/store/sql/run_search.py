"""Finding runs: a question as SQL, and which index to walk.

A search is led by its conditions or by its order.  Where the conditions that have an index leave few runs between
them, these are fetched and sorted; else the index of the first order is walked until the page is full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from runstone.core.entities import ViewType
from runstone.store import rules
from runstone.store.search import RUNS, parse_filter, parse_order_by
from runstone.store.search.tree import Comparison, OrderTerm, Tree, fields_of
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, compile_tree, join
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.keys import find_key_ids, marks
from runstone.store.sql.keyset import decode_token, encode_token, question_digest
from runstone.store.sql.run_conditions import ATTRIBUTES, TABLES, condition, statistic
from runstone.store.sql.run_lead import Lead, find_lead
from runstone.store.sql.run_sources import Sources

_FROM_RUNS = "runs r"
_WALKED_ATTRIBUTES = ("run_name", "end_time", "duration")
"""Besides the start, which alone is never absent."""


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
    search = _Search(c, dialect, question)
    least = search.lead(1000).least
    where = search.where if least is None else join([least, search.where], "AND")
    return int(c.query(f"SELECT COUNT(*) FROM {_FROM_RUNS} WHERE {where.sql}", where.params)[0][0])


class _Column(NamedTuple):
    """One expression to sort by; it is never NULL."""

    clause: Clause
    descending: bool = False


class _Walk(NamedTuple):
    """One stretch of the order's index: runs whose first sort columns have one rank.

    Attributes:
        rank: Where this stretch stands among the others.
        source: The table whose index is walked, joined to runs.
        columns: The sort columns, after the rank, in the order of the index.
        is_by_start: Whether the index of experiments has this order, too.
    """

    rank: int
    source: str
    condition: Clause
    columns: tuple[_Column, ...]
    is_by_start: bool = False


class _Search:
    def __init__(self, c: Connection, dialect: Dialect, question: Question) -> None:
        self._c = c
        self._dialect = dialect
        self._question = question
        fields = [*fields_of(question.tree), *(term.field for term in question.order)]
        self._ids = find_key_ids(c, {field.key for field in fields if field.entity in ("metric", "param", "tag")})
        asked = compile_tree(question.tree, self._leaf)
        self.where = join([*self._scope("r.experiment_id"), asked], "AND")
        # An expression instead of the bare column keeps a walk from being led by the index of experiments.
        self._where_walked = join([*self._scope("r.experiment_id + 0"), asked], "AND")

    def rows(self, limit: int, after: tuple[Any, ...] | None) -> Iterator[tuple[Any, ...]]:
        """Yield (run number, *position) in order."""
        few, least = self.lead(limit)
        walks = self._walks()
        # A listing goes on in the way it began, since a position says how it was reached.
        walking = walks is not None and (few is None if after is None else after[0] == _WALKED)
        position = None if after is None else after[1:]
        if walks is None or not walking:
            for number, *place in self._sorted(least, limit, position):
                yield (number, _SORTED, *place)
            return
        for walk in walks:
            if position is not None and position[0] > walk.rank:
                continue
            here = position if position is not None and position[0] == walk.rank else None
            for number, *place in self._walked(walk, limit, here):
                limit -= 1
                yield (number, _WALKED, *place)
            if limit <= 0:
                return

    def _scope(self, experiment: str) -> list[Clause]:
        conditions = []
        ids, view = self._question.experiment_ids, self._question.view
        if ids is not None:
            conditions.append(_within(experiment, ids))
        if view != ViewType.ALL:
            stage = "active" if view == ViewType.ACTIVE_ONLY else "deleted"
            conditions.append(Clause("r.lifecycle_stage = ?", (stage,)))
        return conditions

    def lead(self, limit: int) -> Lead:
        """Return what to lead the search for so many runs by."""
        ids = self._question.experiment_ids
        scope = (
            None
            if ids is None
            else Clause(f"SELECT r.run_no FROM runs r WHERE {_within('r.experiment_id', ids).sql}", ids)
        )
        sources = Sources(self._c, self._dialect, self._ids).of(self._question.tree)
        return find_lead(self._c, self._dialect, scope, sources, limit)

    def _leaf(self, comparison: Comparison) -> Clause:
        return condition(self._dialect, self._ids, comparison)

    def _sorted(self, few: Clause | None, limit: int, after: tuple[Any, ...] | None) -> Iterator[tuple[Any, ...]]:
        """Fetch all that match, sort them, and cut the page."""
        joins, columns = self._sort_columns(self._question.order)
        # An expression instead of the bare column keeps SQLite from walking the index by start.
        columns = [*columns, _Column(Clause("r.start_ms + 0"), descending=True), _Column(Clause("r.run_id"))]
        conditions = [self.where] if few is None else [few, self.where]
        return self._page(f"{_FROM_RUNS}", joins, conditions, columns, limit, after)

    def _page(
        self,
        source: str,
        joins: Clause,
        conditions: Sequence[Clause],
        columns: Sequence[_Column],
        limit: int,
        after: tuple[Any, ...] | None,
    ) -> Iterator[tuple[Any, ...]]:
        if after is not None:
            conditions = [*conditions, _beyond(columns, after)]
        where = join(conditions, "AND")
        selected = ", ".join(column.clause.sql for column in columns)
        # By position, so that no expression with a parameter in it is written twice.
        ordered = ", ".join(f"{at + 2} {'DESC' if column.descending else 'ASC'}" for at, column in enumerate(columns))
        params = [value for column in columns for value in column.clause.params]
        yield from self._c.query(
            f"SELECT r.run_no, {selected} FROM {source} {joins.sql} WHERE {where.sql} ORDER BY {ordered} LIMIT {limit}",
            (*params, *joins.params, *where.params),
        )

    def _walked(self, walk: _Walk, limit: int, after: tuple[Any, ...] | None) -> Iterator[tuple[Any, ...]]:
        joins, rest = self._sort_columns(self._question.order[1:])
        columns = [
            *walk.columns,
            *rest,
            _Column(Clause("r.start_ms"), descending=True),
            _Column(Clause("r.run_id")),
        ]
        conditions = [walk.condition, self.where if walk.is_by_start else self._where_walked]
        position = None if after is None else after[1:]
        if position is not None and walk.columns:
            # Stated for the leading column alone, so that the walk can begin there.
            first = walk.columns[0]
            sign = "<=" if first.descending else ">="
            conditions.append(Clause(f"{first.clause.sql} {sign} ?", (position[0],)))
        for row in self._page(walk.source, joins, conditions, columns, limit, position):
            yield (row[0], walk.rank, *row[1:])

    def _walks(self) -> list[_Walk] | None:
        """Return the stretches of the first order's index, or None if it has none."""
        order = self._question.order
        if not order:
            return [_Walk(0, _FROM_RUNS, ALWAYS, (), is_by_start=True)]
        field, descending = order[0].field, order[0].descending
        if field.entity == "attribute":
            if field.key == "start_time":
                columns = () if descending else (_Column(Clause("r.start_ms")),)
                return [_Walk(0, _FROM_RUNS, ALWAYS, columns, is_by_start=True)]
            if field.key in _WALKED_ATTRIBUTES:
                column = ATTRIBUTES[field.key]
                return [
                    _Walk(
                        _NUMBER,
                        _FROM_RUNS,
                        Clause(f"{column} IS NOT NULL"),
                        (_Column(Clause(column), descending),),
                    ),
                    _Walk(_MISSING, _FROM_RUNS, Clause(f"{column} IS NULL"), ()),
                ]
            return None
        key_id = self._ids.get(field.key)
        if key_id is None:
            return [_Walk(_MISSING, _FROM_RUNS, ALWAYS, (), is_by_start=True)]
        if field.entity == "metric":
            column = f"w.{statistic(field.stat)}"
            walked, absent = _walked_source("run_metrics"), _absent("run_metrics", key_id)
            return [
                _Walk(
                    _NUMBER,
                    walked,
                    Clause(f"r.run_no = w.run_no AND w.key_id = ? AND {column} IS NOT NULL", (key_id,)),
                    (_Column(Clause(column), descending),),
                ),
                _Walk(
                    _NAN,
                    walked,
                    Clause(f"r.run_no = w.run_no AND w.key_id = ? AND {column} IS NULL", (key_id,)),
                    (),
                ),
                _Walk(_MISSING, _FROM_RUNS, absent, (), is_by_start=True),
            ]
        if field.entity == "param":
            walked, absent = _walked_source("run_params"), _absent("run_params", key_id)
            return [
                _Walk(
                    _NUMBER,
                    walked,
                    Clause("r.run_no = w.run_no AND w.key_id = ? AND w.number IS NOT NULL", (key_id,)),
                    (_Column(Clause("w.number"), descending),),
                ),
                _Walk(
                    _TEXT,
                    walked,
                    Clause("r.run_no = w.run_no AND w.key_id = ? AND w.number IS NULL", (key_id,)),
                    (
                        _Column(Clause("w.head"), descending),
                        _Column(Clause("w.text"), descending),
                    ),
                ),
                _Walk(_MISSING, _FROM_RUNS, absent, (), is_by_start=True),
            ]
        return None

    def _sort_columns(self, order: Sequence[OrderTerm]) -> tuple[Clause, list[_Column]]:
        """Return joins and sort columns that bring runs into an order: a rank, then what is compared within it."""
        joins: list[Clause] = []
        columns: list[_Column] = []
        for at, term in enumerate(order):
            field, descending = term.field, term.descending
            if field.entity == "attribute":
                column = ATTRIBUTES[field.key]
                filler = "0" if field.key in ("start_time", "end_time", "duration") else "''"
                columns.append(_Column(Clause(f"CASE WHEN {column} IS NULL THEN {_MISSING} ELSE {_NUMBER} END")))
                columns.append(_Column(Clause(f"COALESCE({column}, {filler})"), descending))
                continue
            key_id = self._ids.get(field.key, -1)
            table = TABLES[field.entity]
            alias = f"o{at}"
            joins.append(
                Clause(
                    f"LEFT JOIN {table} {alias} ON {alias}.run_no = r.run_no AND {alias}.key_id = ?",
                    (key_id,),
                )
            )
            number = f"{alias}.{statistic(field.stat)}" if field.entity == "metric" else f"{alias}.number"
            other = _NAN if field.entity == "metric" else _TEXT
            columns.append(
                _Column(
                    Clause(
                        f"CASE WHEN {alias}.run_no IS NULL THEN {_MISSING} WHEN {number} IS NULL THEN {other} "
                        f"ELSE {_NUMBER} END"
                    )
                )
            )
            columns.append(_Column(Clause(f"COALESCE({number}, 0)"), descending))
            if field.entity != "metric":
                text = f"CASE WHEN {number} IS NULL THEN COALESCE({alias}.text, '') ELSE '' END"
                columns.append(_Column(Clause(text), descending))
        return Clause(
            " ".join(clause.sql for clause in joins), tuple(v for clause in joins for v in clause.params)
        ), columns


_SORTED, _WALKED = range(2)
"""How a page was reached; the first part of a position."""

_NUMBER, _TEXT, _NAN, _MISSING = range(4)
"""Ranks of what is ordered by: numbers stand before texts, then NaN, then runs without the key."""


def _within(experiment: str, ids: tuple[int, ...]) -> Clause:
    return Clause(f"{experiment} IN ({marks(len(ids))})", ids) if ids else NEVER


def _walked_source(table: str) -> str:
    # CROSS JOIN holds SQLite to this order of loops; to PostgreSQL it is a join like others.
    return f"{table} w CROSS JOIN runs r"


def _absent(table: str, key_id: int) -> Clause:
    return Clause(f"NOT EXISTS (SELECT 1 FROM {table} w WHERE w.run_no = r.run_no AND w.key_id = ?)", (key_id,))


def _beyond(columns: Sequence[_Column], position: Sequence[Any]) -> Clause:
    """Return the condition for rows that come after a position."""
    condition: Clause | None = None
    for column, value in zip(reversed(columns), reversed(position), strict=True):
        sign = "<" if column.descending else ">"
        sql, params = column.clause
        further = Clause(f"{sql} {sign} ?", (*params, value))
        if condition is None:
            condition = further
        else:
            condition = Clause(
                f"{further.sql} OR ({sql} = ? AND ({condition.sql}))",
                (*further.params, *params, value, *condition.params),
            )
    return condition or ALWAYS
