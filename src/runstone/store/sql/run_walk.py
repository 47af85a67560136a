"""Pages of runs in an order: by sorting, or by walking along the order's index.

A walk goes slice by slice, so that little is read beyond the page.  Where so many runs share one value that to sort
them would take longer than to walk past them, they are walked in what is left of the order instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runstone.store.search.tree import Comparison, OrderTerm
from runstone.store.sql.clauses import ALWAYS, NEVER, Clause, join
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.heads import HEAD_CHARS, head
from runstone.store.sql.run_lead import Leads
from runstone.store.sql.run_order import Column, Place, Stretch, sort_columns, stretches
from runstone.store.sql.run_sources import Source

Row = tuple[Any, ...]
"""The number of a run, and its place."""

_SLICE = 4
"""The first slice is so many pages long, and each so many times longer than the one before."""


class Asked(NamedTuple):
    """Which runs are asked for, in which order.

    Attributes:
        ids: Numbers of the keys that exist.
        where: Returns the condition that holds for the runs asked for, without what is settled.
        where_walked: The same, written so that the index of experiments is not thought of.
        where_linked: The same for an index ``w`` that is walked, whose rows it turns down before their runs are read.
    """

    ids: Mapping[str, int]
    order: tuple[OrderTerm, ...]
    where: Callable[[frozenset[Comparison]], Clause]
    where_walked: Clause
    where_linked: Clause


class _Among(NamedTuple):
    """The runs that share their values in the first few orders.

    Attributes:
        depth: The number of these orders.
        within: Holds for these runs.
        sources: Queries for them.
    """

    depth: int = 0
    within: Clause = ALWAYS
    sources: tuple[Source, ...] = ()

    def narrowed(self, condition: Clause, *sources: Source) -> _Among:
        """Return those of them that share one more value."""
        return _Among(self.depth + 1, join([self.within, condition], "AND"), (*self.sources, *sources))


class Pages:
    """The runs asked for, page by page."""

    def __init__(self, c: Connection, leads: Leads, asked: Asked) -> None:
        self._c = c
        self._leads = leads
        self._asked = asked

    def rows(self, limit: int, after: Place | None) -> Iterator[Row]:
        """Yield the number and the place of so many runs after a place."""
        return self._rows(_Among(), limit, after)

    def _rows(self, among: _Among, limit: int, after: Place | None) -> Iterator[Row]:
        """Yield runs in what is left of the order."""
        lead = self._leads.find(limit, among.sources)
        order = self._asked.order[among.depth :]
        has_index = not order or stretches(self._asked.ids, order[0]) is not None
        if has_index and not lead.is_near:
            return self._walked(among, limit, after)
        where = join([lead.least or ALWAYS, among.within, self._asked.where(lead.settled)], "AND")
        # An expression instead of the bare column keeps SQLite from walking the index by start.
        return self._page("runs r", [where], (), among.depth, limit, after, start="r.start_ms + 0")

    def _walked(self, among: _Among, limit: int, after: Place | None) -> Iterator[Row]:
        if among.depth == len(self._asked.order):
            conditions = [among.within, self._asked.where(frozenset())]
            yield from self._page("runs r", conditions, (), among.depth, limit, after)
            return
        for stretch in stretches(self._asked.ids, self._asked.order[among.depth]) or ():
            rank = stretch.before[0]
            if after is not None and after[0] > rank:
                continue
            here = after[len(stretch.before) :] if after is not None and after[0] == rank else None
            along = self._along if stretch.value else self._alike
            for number, *place in along(stretch, among, limit, here):
                limit -= 1
                yield (number, *stretch.before, *place)
            if limit <= 0:
                return

    def _alike(self, stretch: Stretch, among: _Among, limit: int, after: Place | None) -> Iterator[Row]:
        """Yield runs that only the orders that follow tell apart."""
        rest = None if after is None else after[len(stretch.after) :]
        if stretch.source and not _Index(self._c, stretch).has_more(self._leads.most_sorted(limit)):
            conditions = [stretch.linked, among.within, self._asked.where_linked]
            rows = self._page(stretch.source, conditions, (), among.depth + 1, limit, rest)
        else:
            rows = self._rows(among.narrowed(stretch.condition), limit, rest)
        for number, *place in rows:
            yield (number, *stretch.after, *place)

    def _along(self, stretch: Stretch, among: _Among, limit: int, after: Place | None) -> Iterator[Row]:
        """Walk an index slice by slice."""
        index = _Index(self._c, stretch)
        start = index.first() if after is None else index.entry(after[0])
        most = self._leads.most_sorted(limit)
        size = _SLICE * limit
        while start is not None and limit > 0:
            end = index.at(start, size)
            is_shared = end == start
            if is_shared and size < most and not _is_cut(start):
                size = min(size * _SLICE, most)
                continue
            if is_shared:
                end = index.following(start)
            if is_shared and not _is_cut(start):
                rows = self._sharing(stretch, start, among, limit, after)
            else:
                rows = self._slice(stretch, start, end, among, limit, after)
            for row in rows:
                limit -= 1
                yield row
            start, after, size = end, None, min(size, most) * _SLICE

    def _slice(
        self, stretch: Stretch, start: Any, end: Any, among: _Among, limit: int, after: Place | None
    ) -> Iterator[Row]:
        """Yield runs from one value up to another, which is left out."""
        columns = [Column(Clause(stretch.value), stretch.descending)]
        if stretch.text:
            columns.append(Column(Clause(stretch.text), stretch.descending))
        since, until = ("<=", ">") if stretch.descending else (">=", "<")
        bounds = [Clause(f"{stretch.value} {since} ?", (start,))]
        if end is not None:
            bounds.append(Clause(f"{stretch.value} {until} ?", (end,)))
        if after is not None:
            own = (head(after[0]), after[0]) if stretch.text else (after[0],)
            after = (*own, *after[1 + len(stretch.after) :])
        where = self._asked.where_linked if stretch.is_linked else self._asked.where_walked
        conditions = [stretch.linked, *bounds, among.within, where]
        for number, *place in self._page(stretch.source, conditions, columns, among.depth + 1, limit, after):
            yield (number, place[len(columns) - 1], *stretch.after, *place[len(columns) :])

    def _sharing(self, stretch: Stretch, value: Any, among: _Among, limit: int, after: Place | None) -> Iterator[Row]:
        """Yield runs of one value, which are many."""
        rest = None if after is None else after[1 + len(stretch.after) :]
        same = Clause(stretch.same.sql, (*stretch.same.params, value))
        source = Source(stretch.sharing.sql, (*stretch.sharing.params, value))
        for number, *place in self._rows(among.narrowed(same, source), limit, rest):
            yield (number, value, *stretch.after, *place)

    def _page(
        self,
        source: str,
        conditions: Sequence[Clause],
        columns: Sequence[Column],
        depth: int,
        limit: int,
        after: Place | None,
        start: str = "r.start_ms",
    ) -> Iterator[Row]:
        """Ask for a page by some columns, what is left of the order from a depth on, and the start."""
        joins, rest = sort_columns(self._asked.ids, self._asked.order[depth:])
        columns = [*columns, *rest, Column(Clause(start), descending=True), Column(Clause("r.run_id"))]
        if after is not None:
            conditions = [*conditions, _beyond(columns, after)]
        where = join(conditions, "AND")
        selected = ", ".join(column.clause.sql for column in columns)
        # By position, so that no expression with a parameter in it is written twice.
        ordered = ", ".join(f"{at + 2} {'DESC' if column.descending else 'ASC'}" for at, column in enumerate(columns))
        yield from self._c.query(
            f"SELECT r.run_no, {selected} FROM {source} {joins.sql} WHERE {where.sql} ORDER BY {ordered} LIMIT {limit}",
            (*joins.params, *where.params),
        )


class _Index:
    """The values of a stretch, as its index has them."""

    def __init__(self, c: Connection, stretch: Stretch) -> None:
        self._c = c
        self._stretch = stretch
        self._since, self._beyond = ("<=", "<") if stretch.descending else (">=", ">")

    def first(self) -> Any:
        return self._value(ALWAYS, 0)

    def at(self, start: Any, offset: int) -> Any:
        """Return the value so many entries after the first of a value; None behind the last."""
        return self._value(Clause(f"{self._stretch.value} {self._since} ?", (start,)), offset)

    def following(self, start: Any) -> Any:
        """Return the next other value."""
        return self._value(Clause(f"{self._stretch.value} {self._beyond} ?", (start,)), 0)

    def entry(self, value: Any) -> Any:
        """Return what of a value is indexed."""
        return head(value) if self._stretch.text else value

    def has_more(self, most: int) -> bool:
        """Say whether there are more entries than some number."""
        entries, indexed = self._stretch.entries, self._stretch.indexed
        sql = f"SELECT 1 FROM {entries} WHERE {indexed.sql} LIMIT 1 OFFSET {most}"
        return self._c.one(sql, indexed.params) is not None

    def _value(self, condition: Clause, offset: int) -> Any:
        value = self._stretch.value
        where = join([self._stretch.indexed, condition], "AND")
        direction = "DESC" if self._stretch.descending else "ASC"
        row = self._c.one(
            f"SELECT {value} FROM {self._stretch.entries} WHERE {where.sql} ORDER BY {value} {direction} "
            f"LIMIT 1 OFFSET {offset}",
            where.params,
        )
        return None if row is None else row[0]


def _is_cut(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= HEAD_CHARS


def _beyond(columns: Sequence[Column], place: Place) -> Clause:
    """Return the condition for rows that come after a place."""
    first, *_ = columns
    # Stated for the first column alone as well, so that an index is entered there and not at its beginning.
    bound = Clause(f"{first.clause.sql} {'<=' if first.descending else '>='} ?", (*first.clause.params, place[0]))
    condition = NEVER
    for column, value in zip(reversed(columns), reversed(place), strict=True):
        sign = "<" if column.descending else ">"
        sql, params = column.clause
        condition = Clause(
            f"{sql} {sign} ? OR ({sql} = ? AND ({condition.sql}))",
            (*params, value, *params, value, *condition.params),
        )
    return join([bound, condition], "AND")
