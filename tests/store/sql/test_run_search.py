"""Any filter in any order, over pages of any size, finds what ``evaluate`` and ``sorted`` find, on both databases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.core.entities import Metric, ParamValue, Run
from runstone.core.entities.params import param_number, param_text
from runstone.core.page import iter_pages
from runstone.store.search import (
    And,
    Comparison,
    Field,
    Not,
    Op,
    Or,
    OrderTerm,
    Tree,
    evaluate,
    format_tree,
    run_lookup,
)
from runstone.store.sql import run_lead
from runstone.store.sql.store import SqlStore
from runstone.testing.store.samples import START, dataset, new_run

_RUNS = 40
_LONG = "x" * 250
_TEXTS: tuple[ParamValue, ...] = ("", "a", "A", "ab", "a%b", "a_b", "1", "1.0", "01", "-2.5", "inf", "é", 0.5, 7, True)
_LONG_TEXTS = (_LONG, _LONG + "a", _LONG + "b", _LONG[:200], _LONG[:199])
_PATTERNS = ("", "%", "a%", "A_", "%b", "_%_", "1%", "a\\%", "x%", _LONG + "%", "%xa")
_VALUES = (math.nan, math.inf, -math.inf, -2.5, 0.0, 0.5, 0.5, 1.0, 7.0)
_NUMBERS = (-2.5, 0, 0.5, 1, 7, math.inf)
_COMPARED: tuple[Op, ...] = ("=", "!=", "<", "<=", ">", ">=")
_TEXT_FIELDS = (Field("param", "p"), Field("param", "few"), Field("tag", "t"), Field("param", "absent"))
_METRIC_FIELDS = (
    Field("metric", "m", "last"),
    Field("metric", "m", "min"),
    Field("metric", "m", "mean"),
    Field("metric", "m", "count"),
    Field("metric", "n", "last"),
    Field("metric", "absent", "last"),
)
_TIME_FIELDS = tuple(Field("attribute", key) for key in ("start_time", "end_time", "duration"))
_NAME_FIELDS = tuple(Field("attribute", key) for key in ("run_name", "status", "user_id"))
_ORDERED = (*_TEXT_FIELDS, *_METRIC_FIELDS, *_TIME_FIELDS, *_NAME_FIELDS, Field("attribute", "run_id"))


def _null_tests(field: Field) -> st.SearchStrategy[Tree]:
    return st.builds(Comparison, st.just(field), st.sampled_from(("IS NULL", "IS NOT NULL")))


def _numeric(field: Field, numbers: Sequence[float]) -> st.SearchStrategy[Tree]:
    one = st.sampled_from(numbers)
    several = st.lists(one, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Comparison, st.just(field), st.sampled_from(_COMPARED), one, st.just(True)),
        st.builds(Comparison, st.just(field), st.sampled_from(("IN", "NOT IN")), several, st.just(True)),
        st.builds(Comparison, st.just(field), st.just("BETWEEN"), st.tuples(one, one), st.just(True)),
        _null_tests(field),
    )


def _textual(field: Field, texts: Sequence[str]) -> st.SearchStrategy[Tree]:
    one = st.sampled_from(texts)
    several = st.lists(one, min_size=1, max_size=3).map(tuple)
    likes = st.sampled_from(("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"))
    return st.one_of(
        st.builds(Comparison, st.just(field), st.sampled_from(_COMPARED), one),
        st.builds(Comparison, st.just(field), likes, st.sampled_from(_PATTERNS)),
        st.builds(Comparison, st.just(field), st.sampled_from(("IN", "NOT IN")), several),
        st.builds(Comparison, st.just(field), st.sampled_from(("REGEXP", "NOT REGEXP")), st.just("^[a1x]")),
        _null_tests(field),
    )


def _trees() -> st.SearchStrategy[Tree]:
    texts = [param_text(value) for value in (*_TEXTS, *_LONG_TEXTS)]
    leaves = st.one_of(
        *(_textual(field, texts) | _numeric(field, _NUMBERS) for field in _TEXT_FIELDS),
        *(_numeric(field, _NUMBERS) for field in _METRIC_FIELDS),
        *(_numeric(field, (0, 5, START, START + 3, START + 9)) for field in _TIME_FIELDS),
        *(_textual(field, ("run-3", "run-11", "FINISHED", "RUNNING", "ada", "bob")) for field in _NAME_FIELDS),
        _textual(Field("dataset", "name"), ("digits", "iris")),
    )

    def grown(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        several = st.lists(trees, min_size=2, max_size=4).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, trees)

    return st.just(And(())) | st.recursive(leaves, grown, max_leaves=6)


def _orders() -> st.SearchStrategy[list[OrderTerm]]:
    terms = st.builds(OrderTerm, st.sampled_from(_ORDERED), st.booleans())
    return st.lists(terms, max_size=3, unique_by=lambda term: term.field)


@pytest.fixture
def runs(store: SqlStore) -> list[Run]:
    """Runs that share many of their values, with long texts, NaN, infinities and gaps among them."""
    made = []
    for number in range(_RUNS):
        new = new_run(
            name=f"run-{number % 20}",
            start_time=START + number // 4,
            user_id="bob" if number % 7 == 0 else "ada",
            tags={"t": str(_TEXTS[number % 11])} if number % 3 else {},
        )
        store.create_run(new)
        params: dict[str, ParamValue] = {"few": ("x", "y", 3)[number % 3]}
        if number % 5:
            params["p"] = (*_TEXTS, *_LONG_TEXTS)[number % (len(_TEXTS) + len(_LONG_TEXTS))]
        points = [
            Metric(key, _VALUES[(number * step) % len(_VALUES)], START, step)
            for key, every in (("m", 6), ("n", 4))
            if number % every
            for step in range(1, 2 + number % 3)
        ]
        store.log_batch(new.run_id, params=params, metrics=points)
        if number % 2:
            store.log_inputs(new.run_id, datasets=[dataset("digits" if number % 4 == 1 else "iris", f"d{number}")])
        if number % 3 == 1:
            store.update_run(new.run_id, status="FINISHED", end_time=START + number % 13 + 20)
        made.append(store.get_run(new.run_id))
    return made


def _sort_key(run: Run, order: Sequence[OrderTerm]) -> tuple[Any, ...]:
    places = [_place(run, term) for term in order]
    return (*places, -run.info.start_time, run.info.run_id)


def _place(run: Run, term: OrderTerm) -> tuple[Any, ...]:
    """Return where a run stands by one order: numbers, then texts, then NaN, then what lacks the key."""
    value: Any = run_lookup(run)(term.field)
    if value is None:
        return (3,)
    if term.field.entity in ("param", "tag"):
        number = param_number(value)
        value = param_text(value) if number is None else number
    if isinstance(value, str):
        return (1, _Down(value) if term.descending else value)
    return (2,) if math.isnan(value) else (0, -value if term.descending else value)


class _Down(str):
    """A text that sorts the other way."""

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _written(term: OrderTerm) -> str:
    field = term.field
    name = field.key if field.entity == "attribute" else f"{field.entity}s.{field.key}"
    statistic = f".{field.stat}" if field.stat else ""
    return f"{name}{statistic} {'DESC' if term.descending else 'ASC'}"


@pytest.mark.parametrize("most_listed", [20_000, 3])
def test_any_filter_in_any_order_finds_what_it_means(
    store: SqlStore, runs: list[Run], most_listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With few on the list, runs as few as these are walked past like a million.
    monkeypatch.setattr(run_lead, "_FEWEST", min(run_lead._FEWEST, most_listed))
    monkeypatch.setattr(run_lead, "_MOST", most_listed)

    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(_trees(), _orders(), st.sampled_from((1, 3, 10, 50)))
    def agrees(tree: Tree, order: list[OrderTerm], size: int) -> None:
        meant = sorted((run for run in runs if evaluate(tree, run_lookup(run))), key=lambda run: _sort_key(run, order))
        filter, order_by = format_tree(tree), [_written(term) for term in order]

        found = iter_pages(
            lambda token: store.search_runs(["0"], filter=filter, order_by=order_by, max_results=size, page_token=token)
        )

        # Not to the end: pages that begin anew would never come to one.
        assert [run.info.run_id for run in islice(found, _RUNS + 1)] == [run.info.run_id for run in meant]
        assert store.count_runs(["0"], filter=filter) == len(meant)

    agrees()
