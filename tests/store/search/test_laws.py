"""Laws that hold for every filter, and for every text that is none."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument
from runstone.core.limits import INT64_MAX, INT64_MIN
from runstone.store.search import (
    EVERYTHING,
    EXPERIMENTS,
    LOGGED_MODELS,
    RUNS,
    And,
    Comparison,
    Field,
    Not,
    Op,
    Or,
    Tree,
    Vocabulary,
    evaluate,
    format_field,
    format_tree,
    ilike,
    like,
    parse_filter,
    parse_order_by,
    simplify,
)

# Any text that a store can hold; the characters that mean something here come more often than by chance.
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
    st.text("ab.`'\"%_ -/:()\\", max_size=8),
)
KEYS = st.one_of(TEXTS.filter(bool), st.sampled_from(["loss.min", "min", "a.Max", "in", "not", "a..b", "a.", "0"]))
FLOATS = st.floats(allow_nan=False)
STATISTICS = ["last", "min", "max", "mean", "first", "count"]
FIELDS = st.one_of(
    st.sampled_from([Field("attribute", name) for name in RUNS.names()]),
    st.sampled_from([Field("dataset", name) for name in ("name", "digest", "context")]),
    st.builds(Field, st.just("metric"), KEYS, st.sampled_from(STATISTICS)),
    st.builds(Field, st.sampled_from(["param", "tag"]), KEYS),
)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    field = draw(FIELDS)
    kind = RUNS.kind(field)
    op: Op = draw(st.sampled_from(sorted(RUNS.ops(field))))
    if op.startswith("IS"):
        return Comparison(field, op)
    if op in ("LIKE", "ILIKE"):
        return Comparison(field, draw(st.sampled_from([op, f"NOT {op}"])), draw(TEXTS))
    if op in ("REGEXP", "NOT REGEXP"):
        return Comparison(field, op, re.escape(draw(TEXTS)))
    if op in ("NOT LIKE", "NOT ILIKE"):
        return Comparison(field, op, draw(TEXTS))
    is_numeric = kind in ("number", "float", "time") or (kind == "any" and draw(st.booleans()))
    if not is_numeric:
        values: st.SearchStrategy[str | float | int] = TEXTS
    elif kind in ("number", "time"):
        values = st.integers(INT64_MIN, INT64_MAX)
    else:
        values = FLOATS
    if op in ("IN", "NOT IN"):
        return Comparison(field, op, tuple(draw(st.lists(values, min_size=1, max_size=4))), is_numeric)
    if op == "BETWEEN":
        return Comparison(field, op, (draw(values), draw(values)), is_numeric)
    return Comparison(field, op, draw(values), is_numeric)


def trees(leaves: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def deeper(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        terms = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return st.one_of(st.builds(And, terms), st.builds(Or, terms), st.builds(Not, inner))

    return st.recursive(leaves, deeper, max_leaves=12)


@given(st.one_of(st.just(EVERYTHING), trees(comparisons())))
def test_a_tree_that_is_printed_reads_back_as_itself(tree: Tree) -> None:
    assert parse_filter(format_tree(tree), RUNS) == tree


@given(comparisons())
def test_a_value_that_is_printed_reads_back_bit_for_bit(comparison: Comparison) -> None:
    again = parse_filter(format_tree(comparison), RUNS)

    assert isinstance(again, Comparison)
    assert repr(again.value) == repr(comparison.value)


@given(FIELDS.filter(lambda field: field.entity != "dataset"), st.booleans())
def test_a_field_that_is_printed_orders_by_itself(field: Field, is_descending: bool) -> None:
    (term,) = parse_order_by([format_field(field) + (" DESC" if is_descending else "")], RUNS)

    assert (term.field, term.descending) == (field, is_descending)


LETTERS = [Comparison(Field("param", letter), "=", "1") for letter in "abc"]


@given(trees(st.sampled_from(LETTERS)), st.sets(st.sampled_from("abc")))
def test_simplify_keeps_the_meaning_and_needs_no_second_time(tree: Tree, present: set[str]) -> None:
    simple = simplify(tree)

    def lookup(field: Field) -> str | None:
        return "1" if field.key in present else None

    assert evaluate(simple, lookup) is evaluate(tree, lookup)
    assert simplify(simple) == simple


NAMES = ["metrics.loss", "params.a", "tags.`x y`", "dataset.name", "run", "name", "status", "start_time"]
SIGNS = ["=", "!=", "<", "<=", "=~", "LIKE", "IN", "NOT", "AND", "OR", "IS", "NULL", "BETWEEN", "(", ")", ","]
VALUES = [
    "'a'",
    '"b"',
    "`c`",
    "1",
    "-2.5e3",
    "inf",
    "nan",
    "true",
    "'2026-01-01'",
    "'('",
    ";",
    ".",
    "\0",
    "\udc80",
]
WORDS = st.sampled_from([*NAMES, *SIGNS, *VALUES])
ANYTHING = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS).map("".join))


def check_mistake(error: InvalidArgument, text: str) -> None:
    assert error.position is not None
    assert 0 <= error.position <= len(text)
    error.message.encode()


@given(ANYTHING, st.sampled_from([RUNS, EXPERIMENTS, LOGGED_MODELS]))
def test_any_text_is_a_filter_or_a_mistake_at_one_of_its_characters(text: str, vocabulary: Vocabulary) -> None:
    try:
        tree = parse_filter(text, vocabulary)
    except InvalidArgument as error:
        check_mistake(error, text)
    else:
        evaluate(tree, lambda field: None)
        assert parse_filter(format_tree(tree), vocabulary) == tree


@given(ANYTHING)
def test_any_text_is_an_order_or_a_mistake_at_one_of_its_characters(text: str) -> None:
    try:
        parse_order_by([text], RUNS)
    except InvalidArgument as error:
        check_mistake(error, text)


@given(st.text("ab%_", max_size=8), st.text("abAB\n", max_size=8))
def test_like_agrees_with_the_regular_expression_it_stands_for(pattern: str, text: str) -> None:
    expression = "".join({"%": ".*", "_": "."}.get(character, character) for character in pattern)

    assert like(pattern, text) is (re.fullmatch(expression, text, re.DOTALL) is not None)
    assert ilike(pattern, text) is (re.fullmatch(expression, text, re.DOTALL | re.IGNORECASE) is not None)


@given(FLOATS, FLOATS, FLOATS)
def test_not_between_is_what_is_there_and_not_between(value: float, low: float, high: float) -> None:
    between = parse_filter(f"metrics.x BETWEEN {low!r} AND {high!r}", RUNS)
    outside = parse_filter(f"metrics.x NOT BETWEEN {low!r} AND {high!r}", RUNS)

    assert evaluate(outside, lambda field: value) is not evaluate(between, lambda field: value)
    assert not evaluate(outside, lambda field: math.nan)


@pytest.mark.parametrize("depth", [100])
def test_the_deepest_tree_can_be_walked(depth: int) -> None:
    inner = "params.a = '1' OR params.a = '2' AND "
    tree = parse_filter(inner.join(["("] * depth) + "params.a = '3'" + ")" * depth, RUNS)

    assert evaluate(simplify(tree), lambda field: "3") is False
    assert parse_filter(format_tree(tree), RUNS) == tree
