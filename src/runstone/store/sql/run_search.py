"""Finding runs: a question as SQL, and which index to walk.

Three tables index what runs logged, so a search can be led by any condition or by the order that is asked for.  Which
one decides by counting, up to a bound, how many runs each condition leaves: where one leaves few, those are fetched
and sorted; else the index of the first order is walked until the page is full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from runstone.core.entities import ViewType
from runstone.store import rules
from runstone.store.search import RUNS, parse_filter, parse_order_by
from runstone.store.search.tree import And, Comparison, Field, Not, Or, OrderTerm, Tree
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, compare, compare_nullable, compile_tree, join
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.keys import find_key_ids, marks
from runstone.store.sql.keyset import decode_token, encode_token, question_digest

FEW_RUNS = 3000
"""Where a condition leaves at most this many runs, they are all looked at."""

_PREFIX = 200
"""Texts are indexed by this many first characters."""

_ATTRIBUTES = {
    "run_id": "r.run_id",
    "run_name": "r.name",
    "status": "r.status",
    "status_reason": "r.status_reason",
    "user_id": "r.user_id",
    "artifact_uri": (
        "((SELECT rtrim(e.artifact_location, '/') FROM experiments e WHERE e.experiment_id = r.experiment_id) "
        "|| '/' || r.run_id || '/artifacts')"
    ),
    "start_time": "r.start_ms",
    "end_time": "r.end_ms",
    "duration": "(r.end_ms - r.start_ms)",
    "experiment_id": "CAST(r.experiment_id AS TEXT)",
    "lifecycle_stage": "r.lifecycle_stage",
    "parent_run_id": "r.parent_run_id",
}
_STATISTICS = {"last": "last", "min": "min", "max": "max", "mean": "mean", "first": "first", "count": "count"}
_INDEXED_STATISTICS = ("last", "min", "max")
_INDEXED_ATTRIBUTES = ("run_id", "run_name", "parent_run_id", "status")
_DATASETS = {"name": "d.name", "digest": "d.digest", "context": "i.context"}
_FROM_RUNS = "runs r"


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
    where = search.where
    few = search.few()
    condition = where if few is None else join([few, where], "AND")
    return int(c.query(f"SELECT COUNT(*) FROM {_FROM_RUNS} WHERE {condition.sql}", condition.params)[0][0])


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
    """

    rank: int
    source: str
    condition: Clause
    columns: tuple[_Column, ...]


class _Search:
    def __init__(self, c: Connection, dialect: Dialect, question: Question) -> None:
        self._c = c
        self._dialect = dialect
        self._question = question
        fields = [*_fields(question.tree), *(term.field for term in question.order)]
        self._ids = find_key_ids(c, {field.key for field in fields if field.entity in ("metric", "param", "tag")})
        self._scope = self._scope_conditions()
        self.where = join([*self._scope, compile_tree(question.tree, self._leaf)], "AND")

    def rows(self, limit: int, after: tuple[Any, ...] | None) -> Iterator[tuple[Any, ...]]:
        """Yield (run number, *position) in order."""
        few = self.few()
        walks = self._walks()
        # A listing goes on in the way it began, since a position says how it was reached.
        walking = walks is not None and (few is None if after is None else after[0] == _WALKED)
        position = None if after is None else after[1:]
        if walks is None or not walking:
            for number, *place in self._sorted(few, limit, position):
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

    def few(self) -> Clause | None:
        """Return the condition that leaves the fewest runs as a list of their numbers, if these are few."""
        best: tuple[int, Clause] | None = None
        for source in self._sources():
            probe = f"SELECT COUNT(*) FROM (SELECT 1 FROM ({source.sql}) AS found LIMIT {FEW_RUNS + 1}) AS probe"
            left = self._c.query(probe, source.params)[0][0]
            if left <= FEW_RUNS and (best is None or left < best[0]):
                best = left, source
                if left == 0:
                    break
        return None if best is None else Clause(f"r.run_no IN ({best[1].sql})", best[1].params)

    def _scope_conditions(self) -> list[Clause]:
        conditions = []
        ids, view = self._question.experiment_ids, self._question.view
        if ids is not None:
            conditions.append(Clause(f"r.experiment_id IN ({marks(len(ids))})", ids) if ids else NEVER)
        if view != ViewType.ALL:
            stage = "active" if view == ViewType.ACTIVE_ONLY else "deleted"
            conditions.append(Clause("r.lifecycle_stage = ?", (stage,)))
        return conditions

    def _sources(self) -> Iterator[Clause]:
        """Yield, for each condition that must hold and has an index, the numbers of the runs it leaves."""
        ids = self._question.experiment_ids
        if ids is not None:
            condition = Clause(f"r.experiment_id IN ({marks(len(ids))})", ids) if ids else NEVER
            yield Clause(f"SELECT r.run_no FROM runs r WHERE {condition.sql}", condition.params)
        tree = self._question.tree
        for term in tree.terms if isinstance(tree, And) else (tree,):
            source = self._source(term)
            if source is not None:
                yield source

    def _source(self, tree: Tree) -> Clause | None:
        """Return a query for the numbers of all runs a condition may leave, by an index; None where there is none."""
        match tree:
            case Comparison():
                return self._comparison_source(tree)
            case And(terms):
                return next((source for term in terms if (source := self._source(term)) is not None), None)
            case Or(terms):
                sources = [self._source(term) for term in terms]
                known = [source for source in sources if source is not None]
                if len(known) < len(sources):
                    return None
                return Clause(" UNION ".join(source.sql for source in known), sum((s.params for s in known), ()))
            case _:
                return None

    def _comparison_source(self, comparison: Comparison) -> Clause | None:
        field, op = comparison.field, comparison.op
        if field.entity in ("metric", "param", "tag"):
            if op == "IS NULL":
                return None
            key_id = self._ids.get(field.key)
            if key_id is None:
                return Clause("SELECT r.run_no FROM runs r WHERE 1 = 0")
            ranged = op in ("=", "<", "<=", ">", ">=", "BETWEEN", "IN")
            if field.entity == "metric":
                if not ranged or field.stat not in _INDEXED_STATISTICS:
                    return None
                condition = compare(self._dialect, _STATISTICS[field.stat], comparison)
                return Clause(
                    f"SELECT run_no FROM run_metrics WHERE key_id = ? AND {condition.sql}",
                    (key_id, *condition.params),
                )
            if field.entity == "param" and comparison.numeric and ranged:
                condition = compare(self._dialect, "number", comparison)
                return Clause(
                    f"SELECT run_no FROM run_params WHERE key_id = ? AND number IS NOT NULL AND {condition.sql}",
                    (key_id, *condition.params),
                )
            if op in ("=", "IN") and not comparison.numeric:
                table = "run_params" if field.entity == "param" else "run_tags"
                condition = _text_condition(comparison)
                return Clause(
                    f"SELECT run_no FROM {table} WHERE key_id = ? AND {condition.sql}",
                    (key_id, *condition.params),
                )
            return None
        if field.entity == "attribute" and op in ("=", "IN") and field.key in _INDEXED_ATTRIBUTES:
            condition = compare(self._dialect, _ATTRIBUTES[field.key], comparison)
            return Clause(f"SELECT r.run_no FROM runs r WHERE {condition.sql}", condition.params)
        if field.entity == "attribute" and field.key == "start_time" and op in ("=", "<", "<=", ">", ">=", "BETWEEN"):
            condition = compare(self._dialect, "r.start_ms", comparison)
            return Clause(f"SELECT r.run_no FROM runs r WHERE {condition.sql}", condition.params)
        if field.entity == "dataset" and op in ("=", "IN"):
            condition = compare(self._dialect, _DATASETS[field.key], comparison)
            return Clause(
                "SELECT i.run_no FROM datasets d JOIN run_inputs i ON i.dataset_no = d.dataset_no "
                f"WHERE {condition.sql}",
                condition.params,
            )
        return None

    def _leaf(self, comparison: Comparison) -> Clause:
        field, op = comparison.field, comparison.op
        if field.entity == "attribute":
            return compare_nullable(self._dialect, _ATTRIBUTES[field.key], comparison)
        if field.entity == "dataset":
            return self._dataset_leaf(comparison)
        key_id = self._ids.get(field.key)
        if key_id is None:
            return ALWAYS if op == "IS NULL" else NEVER
        table = {"metric": "run_metrics", "param": "run_params", "tag": "run_tags"}[field.entity]
        exists = f"EXISTS (SELECT 1 FROM {table} x WHERE x.run_no = r.run_no AND x.key_id = ?"
        if op == "IS NULL":
            return Clause(f"NOT {exists})", (key_id,))
        if op == "IS NOT NULL":
            return Clause(f"{exists})", (key_id,))
        if field.entity == "metric":
            column = f"x.{_STATISTICS[field.stat or 'last']}"
            condition = compare(self._dialect, column, comparison)
            if op in ("!=", "NOT IN"):
                condition = Clause(f"({column} IS NULL OR {condition.sql})", condition.params)
        elif comparison.numeric:
            condition = compare(self._dialect, "x.number", comparison)
        else:
            condition = compare(self._dialect, "x.text", comparison)
        return Clause(f"{exists} AND {condition.sql})", (key_id, *condition.params))

    def _dataset_leaf(self, comparison: Comparison) -> Clause:
        column = _DATASETS[comparison.field.key]
        exists = (
            "EXISTS (SELECT 1 FROM run_inputs i JOIN datasets d ON d.dataset_no = i.dataset_no "
            f"WHERE i.run_no = r.run_no AND {column} IS NOT NULL"
        )
        if comparison.op == "IS NULL":
            return Clause(f"NOT {exists})")
        if comparison.op == "IS NOT NULL":
            return Clause(f"{exists})")
        condition = compare(self._dialect, column, comparison)
        return Clause(f"{exists} AND {condition.sql})", condition.params)

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
        conditions = [walk.condition, self.where]
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
            return [_Walk(0, _FROM_RUNS, ALWAYS, ())]
        field, descending = order[0].field, order[0].descending
        if field.entity == "attribute":
            if field.key == "start_time":
                columns = () if descending else (_Column(Clause("r.start_ms")),)
                return [_Walk(0, _FROM_RUNS, ALWAYS, columns)]
            return None
        key_id = self._ids.get(field.key)
        if key_id is None:
            return [_Walk(_MISSING, _FROM_RUNS, ALWAYS, ())]
        if field.entity == "metric":
            if field.stat not in _INDEXED_STATISTICS:
                return None
            column = f"w.{_STATISTICS[field.stat]}"
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
                _Walk(_MISSING, _FROM_RUNS, absent, ()),
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
                        _Column(Clause(f"substr(w.text, 1, {_PREFIX})"), descending),
                        _Column(Clause("w.text"), descending),
                    ),
                ),
                _Walk(_MISSING, _FROM_RUNS, absent, ()),
            ]
        return None

    def _sort_columns(self, order: Sequence[OrderTerm]) -> tuple[Clause, list[_Column]]:
        """Return joins and sort columns that bring runs into an order: a rank, then what is compared within it."""
        joins: list[Clause] = []
        columns: list[_Column] = []
        for at, term in enumerate(order):
            field, descending = term.field, term.descending
            if field.entity == "attribute":
                column = _ATTRIBUTES[field.key]
                filler = "0" if field.key in ("start_time", "end_time", "duration") else "''"
                columns.append(_Column(Clause(f"CASE WHEN {column} IS NULL THEN {_MISSING} ELSE {_NUMBER} END")))
                columns.append(_Column(Clause(f"COALESCE({column}, {filler})"), descending))
                continue
            key_id = self._ids.get(field.key, -1)
            table = {"metric": "run_metrics", "param": "run_params", "tag": "run_tags"}[field.entity]
            alias = f"o{at}"
            joins.append(
                Clause(
                    f"LEFT JOIN {table} {alias} ON {alias}.run_no = r.run_no AND {alias}.key_id = ?",
                    (key_id,),
                )
            )
            number = f"{alias}.{_STATISTICS[field.stat or 'last']}" if field.entity == "metric" else f"{alias}.number"
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


def _text_condition(comparison: Comparison) -> Clause:
    """Return equality of a text, led by the indexed prefix; a shorter text is its own prefix."""
    values = [
        str(value) for value in (comparison.value if isinstance(comparison.value, tuple) else (comparison.value,))
    ]
    heads = Clause(f"substr(text, 1, {_PREFIX}) IN ({marks(len(values))})", tuple(value[:_PREFIX] for value in values))
    if all(len(value) < _PREFIX for value in values):
        return heads
    # An expression instead of the bare column, which SQLite would put into the prefix and then find no index for it.
    return join([heads, Clause(f"text || '' IN ({marks(len(values))})", tuple(values))], "AND")


def _fields(tree: Tree) -> Iterator[Field]:
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _fields(term)
        case Not(term):
            yield from _fields(term)
        case Comparison():
            yield tree.field
