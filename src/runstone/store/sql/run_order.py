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
_WALKED_ATTRIBUTES = (*_TIMES, "run_id", "run_name", "user_id", "status")


class Column(NamedTuple):
    """One expression to sort by; it is never NULL."""

    clause: Clause
    descending: bool = False


class Stretch(NamedTuple):
    """The runs of one rank by an order.

    Attributes:
        before: What their places begin with.
        after: What their places end with, the value being between.
        condition: Holds for them, as a row ``r`` of ``runs``.
        source: An index's table, joined to ``runs``; empty if no index has them apart.
        entries: The same without ``runs``, up to further conditions; perhaps more than these runs.
        value: The indexed column, by which they differ; empty if they do not.
        text: The whole of the text whose head is indexed.
        same: The condition on ``r`` that it has a given value; the value is the last parameter.
    """

    before: tuple[Any, ...]
    after: tuple[Any, ...]
    condition: Clause
    source: Clause | None = None
    entries: Clause = ALWAYS
    value: str = ""
    text: str = ""
    same: Clause = ALWAYS
    descending: bool = False


BY_START = (
    Column(Clause("r.start_ms"), descending=True),
    Column(Clause("r.run_id")),
)
"""Ends every order."""


def sort_columns(ids: Mapping[str, int], order: Sequence[OrderTerm]) -> tuple[Clause, list[Column]]:
    """Return the joins and columns that make up the place by some orders."""
    joins: list[Clause] = []
    columns: list[Column] = []
    for at, term in enumerate(order):
        field, descending = term.field, term.descending
        if field.entity == "attribute":
            column = ATTRIBUTES[field.key]
            filler = _absent_place(field)[1]
            columns.append(Column(Clause(f"CASE WHEN {column} IS NULL THEN {MISSING} ELSE {NUMBER} END")))
            columns.append(Column(Clause(f"COALESCE({column}, {filler!r})"), descending))
            continue
        alias = f"o{at}"
        joined = f"LEFT JOIN {TABLES[field.entity]} {alias} ON {alias}.run_no = r.run_no AND {alias}.key_id = ?"
        joins.append(Clause(joined, (ids.get(field.key, -1),)))
        number = f"{alias}.{_number_column(field)}"
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
    """Return the stretches of an order, one after the other, or None if no index has it."""
    field = term.field
    if field.entity == "attribute":
        return _of_attribute(field, term.descending) if field.key in _WALKED_ATTRIBUTES else None
    key_id = ids.get(field.key)
    before, *after = _absent_place(field)
    if key_id is None:
        return [Stretch((before,), tuple(after), ALWAYS)]
    numbers = _of_key(field, key_id, (NUMBER,), _number_column(field), term.descending)
    if field.entity == "metric":
        others = _of_key(field, key_id, (NAN, 0), "", False)._replace(
            condition=_has(field, key_id, f"x.{_number_column(field)} IS NULL")
        )
    else:
        numbers = numbers._replace(after=("",))
        others = _of_key(field, key_id, (TEXT, 0), "head", term.descending)
    absent = _has(field, key_id, "")
    return [numbers, others, Stretch((before,), tuple(after), Clause(f"NOT {absent.sql}", absent.params))]


def _of_key(field: Field, key_id: int, before: tuple[Any, ...], value: str, descending: bool) -> Stretch:
    table, number = TABLES[field.entity], f"w.{_number_column(field)}"
    is_number = before[0] == NUMBER
    of_rank = f"{number} IS {'NOT ' if is_number else ''}NULL"
    # CROSS JOIN holds SQLite to this order of loops; to PostgreSQL it is a join like others.
    source = Clause(f"{table} w CROSS JOIN runs r WHERE r.run_no = w.run_no AND w.key_id = ? AND {of_rank}", (key_id,))
    # The index of heads does not tell which of them are numbers.
    indexed = "" if value == "head" else f" AND {of_rank}"
    same = f"x.{value} = ?" if value != "head" else f"x.{_number_column(field)} IS NULL AND x.head = ?"
    return Stretch(
        before,
        (),
        ALWAYS,
        source,
        Clause(f"{table} w WHERE w.key_id = ?{indexed}", (key_id,)),
        f"w.{value}" if value else "",
        "w.text" if value == "head" else "",
        _has(field, key_id, same) if value else ALWAYS,
        descending,
    )


def _of_attribute(field: Field, descending: bool) -> list[Stretch]:
    column = ATTRIBUTES[field.key]
    has = Clause(f"{column} IS NOT NULL")
    entries = Clause(f"runs r WHERE {has.sql}")
    return [
        Stretch((NUMBER,), (), has, entries, entries, column, "", Clause(f"{column} = ?"), descending),
        Stretch(_absent_place(field), (), Clause(f"{column} IS NULL")),
    ]


def _has(field: Field, key_id: int, condition: str) -> Clause:
    asked = f" AND {condition}" if condition else ""
    return Clause(
        f"EXISTS (SELECT 1 FROM {TABLES[field.entity]} x WHERE x.run_no = r.run_no AND x.key_id = ?{asked} {ONE})",
        (key_id,),
    )


def _number_column(field: Field) -> str:
    return statistic(field.stat) if field.entity == "metric" else "number"


def _absent_place(field: Field) -> tuple[Any, ...]:
    """Return the place of a run that lacks what is ordered by."""
    if field.entity == "attribute":
        return (MISSING, 0 if field.key in _TIMES else "")
    return (MISSING, 0) if field.entity == "metric" else (MISSING, 0, "")
