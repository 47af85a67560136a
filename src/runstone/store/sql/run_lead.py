"""Which runs a search has to look at: those that its indexed conditions leave between them, if these are few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt, prod
from typing import NamedTuple

from runstone.store.sql.clauses import NEVER, Clause
from runstone.store.sql.dialect.base import Connection, Dialect
from runstone.store.sql.keys import marks

_FEWEST, _MOST = 1000, 20_000
_MANY = 20
"""Of conditions that leave this many times what another leaves, or what can be looked at, no list is made."""

_FAR = 4
"""Nor where that many times what can be looked at is expected in the end."""


class Lead(NamedTuple):
    """What a search may be led by.

    Attributes:
        few: A condition that holds for few runs and for every match; None where no such is known.
        least: The condition that leaves the fewest runs, many as they are; None where that is not known either.
    """

    few: Clause | None
    least: Clause | None


def find_lead(c: Connection, dialect: Dialect, scope: Clause | None, sources: Iterable[Clause], limit: int) -> Lead:
    """Find out what to lead a search by, in about the time that looking at a page's worth of runs takes.

    To look at m runs takes about as long as to walk past m along the order's index, and a walk passes limit × runs ÷ m
    of them before the page is full.  So up to the root of limit × runs it is better to look at all m.

    Args:
        scope: The query for the runs of the experiments asked for.
        sources: Queries for all runs that a condition may leave.
    """
    runs = c.query("SELECT COALESCE(MAX(run_no), 0) FROM runs")[0][0]
    most = min(max(isqrt(limit * runs), _FEWEST), _MOST)
    counted = []
    # An experiment's runs are told from others as quickly as they are looked at: worth a list only if it leads.
    for source, bound in [*([(scope, most)] if scope else []), *((source, most * _MANY) for source in sources)]:
        count = _count(c, source, bound)
        if count == 0:
            return Lead(NEVER, NEVER)
        if count <= bound:
            counted.append((count, source))
    if not counted:
        return Lead(None, None)
    counted.sort(key=lambda pair: pair[0])
    least, source = counted[0]
    within = Clause(f"r.run_no IN ({source.sql})", source.params)
    lists = [source for count, source in counted if count <= max(least, most) * _MANY]
    # As if the conditions had nothing to do with each other.
    expected = least * prod(count / runs for count, _ in counted[1:])
    if least > most and (len(lists) == 1 or expected > most * _FAR):
        return Lead(None, within)
    numbers = _in_all(c, dialect, lists)
    if len(numbers) > most:
        return Lead(None, within)
    few = Clause(f"r.run_no IN ({marks(len(numbers))})", numbers) if numbers else NEVER
    return Lead(few, few)


def _count(c: Connection, source: Clause, most: int) -> int:
    probe = f"SELECT COUNT(*) FROM (SELECT 1 FROM ({source.sql}) AS found LIMIT {most + 1}) AS probe"
    count: int = c.query(probe, source.params)[0][0]
    return count


def _in_all(c: Connection, dialect: Dialect, sources: Sequence[Clause]) -> tuple[int, ...]:
    """Return the numbers that all queries have, the one with the fewest being the first."""
    # Each list in one piece of text: a row a number takes several times as long.
    lists = (
        c.query(f"SELECT {dialect.gather.format('led.run_no')} FROM ({source.sql}) AS led", source.params)[0][0] or ""
        for source in sources
    )
    numbers = {number for number in next(lists).split(",") if number}
    for further in lists:
        numbers.intersection_update(further.split(","))
    return tuple(sorted(map(int, numbers)))
