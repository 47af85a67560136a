"""What can lead a search for runs: for a condition that has an index, the query for all runs it may leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runstone.store.search.tree import And, Comparison, Or, Tree
from runstone.store.sql.clauses import NEVER, Clause, compare, join
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.heads import HEAD_CHARS
from runstone.store.sql.keys import marks
from runstone.store.sql.run_conditions import ATTRIBUTES, DATASETS, TABLES, statistic

_RANGED = ("=", "<", "<=", ">", ">=", "BETWEEN", "IN")
_ABSENCE = ("IS NULL", "IS NOT NULL")
_EQUAL_ATTRIBUTES = ("run_id", "run_name", "parent_run_id", "status")
_RANGED_ATTRIBUTES = ("start_time", "end_time", "duration")
_NOTHING = Clause("SELECT r.run_no FROM runs r WHERE 1 = 0")

_MAX_HEADS = 1000
"""Texts of a key are looked at one by one if there are no more than this."""


class Source(NamedTuple):
    """A query for the numbers of all runs that some conditions may leave.

    Attributes:
        settled: Those of them that hold for all these runs, so that they need not be asked again.
    """

    sql: str
    params: tuple[Any, ...] = ()
    settled: frozenset[Comparison] = frozenset()


class _Lookup(NamedTuple):
    """A query for run numbers that several conditions on one column can narrow."""

    select: Clause
    condition: Clause
    column: str = ""
    is_exact: bool = True


def _joined(lookups: Mapping[Comparison, _Lookup]) -> Source:
    condition = join([lookup.condition for lookup in lookups.values()], "AND")
    select = next(iter(lookups.values())).select
    settled = frozenset(comparison for comparison, lookup in lookups.items() if lookup.is_exact)
    return Source(f"{select.sql} AND {condition.sql}", (*select.params, *condition.params), settled)


class Sources:
    """The indexed queries of one search.

    Args:
        ids: Numbers of the keys that exist.
    """

    def __init__(self, c: Connection, dialect: Dialect, ids: Mapping[str, int]) -> None:
        self._c = c
        self._dialect = dialect
        self._ids = ids

    def of(self, tree: Tree) -> Iterator[Source]:
        """Yield a query for each condition that every match has to meet and that has an index."""
        yield from self._all_of(tree.terms if isinstance(tree, And) else (tree,))

    def _all_of(self, terms: Sequence[Tree]) -> Iterator[Source]:
        by_column: dict[tuple[Clause, str], dict[Comparison, _Lookup]] = {}
        for term in terms:
            if not isinstance(term, Comparison):
                source = self._source(term)
                if source is not None:
                    yield source
                continue
            lookup = self._lookup(term)
            if lookup is not None:
                by_column.setdefault((lookup.select, lookup.column), {})[term] = lookup
        # Two bounds of one column are one stretch of its index.
        yield from map(_joined, by_column.values())

    def _source(self, tree: Tree) -> Source | None:
        match tree:
            case Comparison():
                lookup = self._lookup(tree)
                return None if lookup is None else _joined({tree: lookup})
            case And(terms):
                return next(self._all_of(terms), None)
            case Or(terms):
                sources = [self._source(term) for term in terms]
                known = [source for source in sources if source is not None]
                if len(known) < len(sources):
                    return None
                return Source(" UNION ".join(source.sql for source in known), sum((s.params for s in known), ()))
            case _:
                return None

    def _lookup(self, comparison: Comparison) -> _Lookup | None:
        field, op = comparison.field, comparison.op
        if op in _ABSENCE:
            return None
        if field.entity == "attribute":
            return self._of_attribute(comparison)
        if field.entity == "dataset":
            return self._of_dataset(comparison)
        key_id = self._ids.get(field.key)
        if key_id is None:
            return _Lookup(_NOTHING, NEVER)
        select = Clause(f"SELECT run_no FROM {TABLES[field.entity]} WHERE key_id = ?", (key_id,))
        if field.entity == "metric":
            if op not in _RANGED:
                return None
            column = statistic(field.stat)
            return _Lookup(select, compare(self._dialect, column, comparison), column)
        if not comparison.numeric:
            return self._of_text(select, TABLES[field.entity], key_id, comparison)
        if op in _RANGED:
            number = compare(self._dialect, "number", comparison)
            return _Lookup(select, Clause(f"number IS NOT NULL AND {number.sql}", number.params), "number")
        return None

    def _of_attribute(self, comparison: Comparison) -> _Lookup | None:
        field, op = comparison.field, comparison.op
        is_indexed = (op in ("=", "IN") and field.key in _EQUAL_ATTRIBUTES) or (
            op in _RANGED and field.key in _RANGED_ATTRIBUTES
        )
        if not is_indexed:
            return None
        column = ATTRIBUTES[field.key]
        return _Lookup(
            Clause(f"SELECT r.run_no FROM runs r WHERE {column} IS NOT NULL"),
            compare(self._dialect, column, comparison),
        )

    def _of_dataset(self, comparison: Comparison) -> _Lookup | None:
        if comparison.op not in ("=", "IN"):
            return None
        asked = compare(self._dialect, DATASETS[comparison.field.key], comparison)
        # A run has many datasets, so that two conditions may be met by two of them: never one query.
        select = Clause(
            f"SELECT i.run_no FROM datasets d JOIN run_inputs i ON i.dataset_no = d.dataset_no WHERE {asked.sql}",
            asked.params,
        )
        return _Lookup(select, Clause("1 = 1"))

    def _of_text(self, select: Clause, table: str, key_id: int, comparison: Comparison) -> _Lookup:
        """Look up a text by its head: equal ones at once, others among the heads that there are.

        The condition may hold for too many runs, since a long text is more than its head, but never for too few.
        """
        if comparison.op in ("=", "IN"):
            values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
            heads = tuple(str(value)[:HEAD_CHARS] for value in values)
            return _Lookup(select, Clause(f"head IN ({marks(len(heads))})", heads), is_exact=_are_whole(heads))
        asked = compare(self._dialect, "head", comparison)
        possible = Clause(f"(length(head) >= {HEAD_CHARS} OR {asked.sql})", asked.params)
        found = self._c.query(
            # Hops over equal ones along the index.
            "WITH RECURSIVE heads (head) AS ("
            f"SELECT (SELECT t.head FROM {table} t WHERE t.key_id = ? ORDER BY t.head LIMIT 1) UNION ALL "
            f"SELECT (SELECT t.head FROM {table} t WHERE t.key_id = ? AND t.head > heads.head ORDER BY t.head LIMIT 1) "
            "FROM heads WHERE heads.head IS NOT NULL) "
            f"SELECT head, {possible.sql} FROM heads WHERE head IS NOT NULL LIMIT {_MAX_HEADS + 1}",
            (key_id, key_id, *possible.params),
        )
        if len(found) > _MAX_HEADS:
            return _Lookup(select, possible, is_exact=False)
        matching = tuple(head for head, is_possible in found if is_possible)
        among = Clause(f"head IN ({marks(len(matching))})", matching) if matching else NEVER
        return _Lookup(select, among, is_exact=_are_whole(matching))


def _are_whole(heads: Sequence[str]) -> bool:
    """Say whether texts with these heads are no longer than them."""
    return all(len(head) < HEAD_CHARS for head in heads)
