"""Orders of runs: where a run stands by each, and the indexes that hold runs in that order.

A run's place by an order begins with a rank, since numbers stand before texts, then NaN, then runs without the key.
What follows is of one length for each kind of order, so that the places of any two runs can be compared, however they
were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from runstone.store.search.tree import Field, OrderTerm
from runstone.store.sql.clauses import ALWAYS, Clause
from runstone.store.sql.run_conditions import ATTRIBUTES, ONE, TABLES, statistic

NUMBER, TEXT, NAN, MISSING = range(4)
"""Ranks."""

_TIMES = ("start_time", "end_time", "duration")
_INDEXED_ATTRIBUTES = (*_TIMES, "run_id", "run_name", "user_id", "status")

Place = tuple[Any, ...]


class Column(NamedTuple):
    """One expression to sort by; it is never NULL."""

    clause: Clause
    descending: bool = False


class Stretch(NamedTuple):
    """The runs of one rank by an order.

    Attributes:
        before: What their places begin with, the rank first.
        after: What their places end with; a value may stand between.
        condition: Holds for them, as rows ``r`` of ``runs``.
        entries: The table that an index of them is on; empty if no index holds them apart.
        source: The same, joined to ``runs``.
        linked: The condition that joins these, and picks the runs out.
        indexed: What of that the index alone can tell.
        value: The indexed column, by which the runs are ordered; empty if they are all alike.
        text: The whole of a text whose head is the value.
        same: Holds for rows ``r`` with a certain value, its last parameter, which is left out here.
        sharing: The query for the numbers of these, likewise.
    """

    before: Place
    after: Place
    condition: Clause
    entries: str = ""
    source: str = ""
    linked: Clause = ALWAYS
    indexed: Clause = ALWAYS
    value: str = ""
    text: str = ""
    same: Clause = ALWAYS
    sharing: Clause = ALWAYS
    descending: bool = False

    @property
    def is_linked(self) -> bool:
        """Whether the index is not one of the runs' own table."""
        return self.source != self.entries


def sort_columns(ids: Mapping[str, int], order: Sequence[OrderTerm]) -> tuple[Clause, list[Column]]:
    """Return the joins and columns that make up the place by several orders.

    Args:
        ids: Numbers of the keys that exist.
    """
    joins: list[Clause] = []
    columns: list[Column] = []
    for at, term in enumerate(order):
        field, descending = term.field, term.descending
        if field.entity == "attribute":
            column = ATTRIBUTES[field.key]
            filler = "0" if field.key in _TIMES else "''"
            columns.append(Column(Clause(f"CASE WHEN {column} IS NULL THEN {MISSING} ELSE {NUMBER} END")))
            columns.append(Column(Clause(f"COALESCE({column}, {filler})"), descending))
            continue
        alias = f"o{at}"
        joined = f"LEFT JOIN {TABLES[field.entity]} {alias} ON {alias}.run_no = r.run_no AND {alias}.key_id = ?"
        joins.append(Clause(joined, (ids.get(field.key, -1),)))
        number = f"{alias}.{_number(field)}"
        other = NAN if field.entity == "metric" else TEXT
        rank = f"CASE WHEN {alias}.run_no IS NULL THEN {MISSING} WHEN {number} IS NULL THEN {other} ELSE {NUMBER} END"
        columns.append(Column(Clause(rank)))
        columns.append(Column(Clause(f"COALESCE({number}, 0)"), descending))
        if field.entity != "metric":
            text = f"CASE WHEN {number} IS NULL THEN COALESCE({alias}.text, '') ELSE '' END"
            columns.append(Column(Clause(text), descending))
    sql = " ".join(clause.sql for clause in joins)
    return Clause(sql, tuple(value for clause in joins for value in clause.params)), columns


def stretches(ids: Mapping[str, int], term: OrderTerm) -> list[Stretch] | None:
    """Return the stretches of an order, one after the other, or None if no index has it.

    Args:
        ids: Numbers of the keys that exist.
    """
    field, descending = term.field, term.descending
    if field.entity == "attribute":
        return _of_attribute(field, descending) if field.key in _INDEXED_ATTRIBUTES else None
    rest: Place = (0,) if field.entity == "metric" else (0, "")
    key_id = ids.get(field.key)
    if key_id is None:
        return [Stretch((MISSING,), rest, ALWAYS)]
    number = _number(field)
    present = _has(field, key_id)
    absent = Stretch((MISSING,), rest, Clause(f"NOT {present.sql}", present.params))
    if field.entity == "metric":
        numbers = _of_key(field, key_id, (NUMBER,), (), number, descending)
        return [numbers, _of_key(field, key_id, (NAN,), (0,), "", descending), absent]
    numbers = _of_key(field, key_id, (NUMBER,), ("",), number, descending)
    texts = _of_key(field, key_id, (TEXT, 0), (), "head", descending)
    # The index of heads does not tell which of them are numbers.
    texts = texts._replace(text="w.text", indexed=Clause("w.key_id = ?", (key_id,)))
    return [numbers, texts, absent]


def _of_key(field: Field, key_id: int, before: Place, after: Place, value: str, descending: bool) -> Stretch:
    table = TABLES[field.entity]
    of_rank = f"{_number(field)} IS {'NOT ' if before[0] == NUMBER else ''}NULL"
    indexed = Clause(f"w.key_id = ? AND w.{of_rank}", (key_id,))
    # The index of heads does not tell which of them are numbers; that of numbers must be told.
    hint = "" if value == "head" else f" AND {of_rank}"
    return Stretch(
        before,
        after,
        _has(field, key_id, f" AND x.{of_rank}"),
        f"{table} w",
        # CROSS JOIN holds SQLite to this order of loops; to PostgreSQL it is a join like others.
        f"{table} w CROSS JOIN runs r",
        Clause(f"r.run_no = w.run_no AND {indexed.sql}", indexed.params),
        indexed,
        f"w.{value}" if value else "",
        "",
        _has(field, key_id, f" AND x.{of_rank} AND x.{value} = ?") if value else ALWAYS,
        Clause(f"SELECT run_no FROM {table} WHERE key_id = ?{hint} AND {value} = ?", (key_id,)) if value else ALWAYS,
        descending,
    )


def _of_attribute(field: Field, descending: bool) -> list[Stretch]:
    column = ATTRIBUTES[field.key]
    known, same = Clause(f"{column} IS NOT NULL"), Clause(f"{column} = ?")
    sharing = Clause(f"SELECT r.run_no FROM runs r WHERE {same.sql}")
    return [
        Stretch((NUMBER,), (), known, "runs r", "runs r", known, known, column, "", same, sharing, descending),
        Stretch((MISSING,), (0 if field.key in _TIMES else "",), Clause(f"{column} IS NULL")),
    ]


def _has(field: Field, key_id: int, further: str = "") -> Clause:
    table = TABLES[field.entity]
    return Clause(
        f"EXISTS (SELECT 1 FROM {table} x WHERE x.run_no = r.run_no AND x.key_id = ?{further} {ONE})", (key_id,)
    )


def _number(field: Field) -> str:
    return statistic(field.stat) if field.entity == "metric" else "number"
