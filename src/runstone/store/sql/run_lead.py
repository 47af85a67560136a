"""Which runs a search has to look at: those that its indexed conditions leave between them, if these are few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt, prod
from typing import NamedTuple

from runstone.store.search.tree import Comparison
from runstone.store.sql.clauses import NEVER, Clause
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.run_sources import Source

_FEWEST, _MOST = 1000, 20_000
_MANY = 20
"""Of conditions that leave more than so many times what another leaves, no list is made; of those that leave more than
so many times what can be looked at, not even a count."""

_FAR = 4
"""Nor where that many times what can be looked at is expected in the end."""


class Lead(NamedTuple):
    """What a search may be led by.

    Attributes:
        few: A condition that holds for few runs and for every match; None where no such is known.
        least: The condition that leaves the fewest runs, many as they are; None where that is not known either.
        settled: What of the question holds for all these.
        is_near: Whether to look at these is better than to walk past others until the page is full.
    """

    few: Clause | None
    least: Clause | None
    settled: frozenset[Comparison]
    is_near: bool


_UNKNOWN = Lead(None, None, frozenset(), is_near=False)
_NOTHING = Lead(NEVER, NEVER, frozenset(), is_near=True)


class Leads:
    """Finds out what to lead a search by, in about the time that looking at a page's worth of runs takes.

    To look at m runs takes about as long as to walk past m along the order's index, and a walk passes limit × runs ÷ m
    of them before the page is full.  So up to the root of limit × runs it is better to look at all m.

    Args:
        scope: The query for the runs of the experiments asked for.
        sources: Queries for all runs that a condition may leave.
    """

    def __init__(self, c: Connection, dialect: Dialect, scope: Source | None, sources: Iterable[Source]) -> None:
        self._c = c
        self._dialect = dialect
        self._scope = scope
        self._sources = list(sources)
        self._counts: dict[tuple[Source, int], int] = {}
        self.runs: int = c.query("SELECT COALESCE(MAX(run_no), 0) FROM runs")[0][0]

    def most_sorted(self, limit: int) -> int:
        """Return how many runs are better sorted than walked past."""
        return isqrt(limit * self.runs)

    def find(self, limit: int, further: Sequence[Source] = ()) -> Lead:
        """Return the lead to so many runs.

        Args:
            further: More queries for all runs that may be found.
        """
        most = min(max(self.most_sorted(limit), _FEWEST), _MOST)
        counted = []
        # An experiment's runs are told from others as quickly as they are looked at: worth a list only if it leads.
        bounds = [(source, most * _MANY) for source in (*further, *self._sources)]
        for source, bound in [*([(self._scope, most)] if self._scope else []), *bounds]:
            count = self._count(source, bound)
            if count == 0:
                return _NOTHING
            if count <= bound:
                counted.append((count, source))
        if not counted:
            return _UNKNOWN
        counted.sort(key=lambda pair: pair[0])
        least, source = counted[0]
        within = Clause(f"r.run_no IN ({source.sql})", source.params)
        lists = [source for count, source in counted if count <= least * _MANY]
        # As if the conditions had nothing to do with each other.
        expected = least * prod(count / self.runs for count, _ in counted[1:])
        is_near = least * expected < limit * self.runs
        if least > most and (len(lists) == 1 or expected > most * _FAR):
            return Lead(None, within, source.settled, is_near)
        numbers = self._in_all(lists)
        if len(numbers) > most:
            return Lead(None, within, source.settled, is_near)
        if not numbers:
            return _NOTHING
        few = Clause(self._dialect.among.format("r.run_no"), (",".join(numbers),))
        return Lead(few, few, frozenset[Comparison]().union(*(source.settled for source in lists)), is_near=True)

    def _count(self, source: Source, most: int) -> int:
        known = self._counts.get((source, most))
        if known is None:
            probe = f"SELECT COUNT(*) FROM (SELECT 1 FROM ({source.sql}) AS found LIMIT {most + 1}) AS probe"
            known = self._counts[source, most] = self._c.query(probe, source.params)[0][0]
        return known

    def _in_all(self, sources: Sequence[Source]) -> set[str]:
        """Return the numbers that all queries have, the one with the fewest being the first."""
        # Each list in one piece of text: a row a number takes several times as long.
        gather = f"SELECT {self._dialect.gather.format('led.run_no')} FROM"
        lists = (self._c.query(f"{gather} ({source.sql}) AS led", source.params)[0][0] or "" for source in sources)
        numbers = {number for number in next(lists).split(",") if number}
        for further in lists:
            numbers.intersection_update(further.split(","))
        return numbers
