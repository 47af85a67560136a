from __future__ import annotations

import pytest

from runstone.core.errors import InvalidArgument
from runstone.core.limits import MAX_FILTER_LENGTH
from runstone.store.search import (
    EVERYTHING,
    REGISTERED_MODELS,
    RUNS,
    And,
    Comparison,
    Field,
    Not,
    Or,
    parse_filter,
)

A = Comparison(Field("param", "a"), "=", "1")
B = Comparison(Field("param", "b"), "=", "2")
C = Comparison(Field("param", "c"), "=", "3")
LOSS = Field("metric", "loss", "last")
LR = Field("param", "lr")
NAME = Field("attribute", "run_name")
START = Field("attribute", "start_time")


def mistake(text: str, vocabulary=RUNS) -> InvalidArgument:
    with pytest.raises(InvalidArgument) as caught:
        parse_filter(text, vocabulary)
    return caught.value


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_a_filter_without_words_holds_for_everything(text: str) -> None:
    assert parse_filter(text, RUNS) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("params.a='1' and params.b='2' AND params.c='3'", And((A, B, C))),
        ("params.a='1' OR params.b='2' AND params.c='3'", Or((A, And((B, C))))),
        ("params.a='1' AND params.b='2' or params.c='3'", Or((And((A, B)), C))),
        ("(params.a='1' OR params.b='2') AND params.c='3'", And((Or((A, B)), C))),
        ("params.a='1' AND (params.b='2' AND params.c='3')", And((A, And((B, C))))),
        ("NOT params.a='1' AND params.b='2'", And((Not(A), B))),
        ("not (params.a='1' OR params.b='2')", Not(Or((A, B)))),
        ("NOT NOT params.a='1'", Not(Not(A))),
        ("((params.a='1'))", A),
    ],
)
def test_not_binds_tighter_than_and_and_that_than_or(text: str, tree: object) -> None:
    assert parse_filter(text, RUNS) == tree


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("metrics.loss < .5", Comparison(LOSS, "<", 0.5, True)),
        ("metrics.loss==-1e-3", Comparison(LOSS, "=", -0.001, True)),
        ("metrics.loss <> +2.", Comparison(LOSS, "!=", 2.0, True)),
        ("metrics.loss < inf", Comparison(LOSS, "<", float("inf"), True)),
        ("metrics.loss > -Infinity", Comparison(LOSS, ">", float("-inf"), True)),
        ("metrics.loss BETWEEN 1 AND 2", Comparison(LOSS, "BETWEEN", (1.0, 2.0), True)),
        ("metrics.loss not in (1, 2)", Comparison(LOSS, "NOT IN", (1.0, 2.0), True)),
        ("metrics.loss IS not NULL", Comparison(LOSS, "IS NOT NULL")),
        ("params.lr < 0.01", Comparison(LR, "<", 0.01, True)),
        ("params.lr < '0.01'", Comparison(LR, "<", "0.01")),
        ("params.lr IN (1, 2)", Comparison(LR, "IN", (1.0, 2.0), True)),
        ("params.lr IN ('1',)", Comparison(LR, "IN", ("1",))),
        ("params.lr = true", Comparison(LR, "ILIKE", "true")),
        ("params.lr != False", Comparison(LR, "NOT ILIKE", "false")),
        ("run_name LIKE 'it''s %'", Comparison(NAME, "LIKE", "it's %")),
        ('run_name not ilike "%""x"""', Comparison(NAME, "NOT ILIKE", '%"x"')),
        ("run_name =~ '^a+$'", Comparison(NAME, "REGEXP", "^a+$")),
        ("run_name !~ 'b'", Comparison(NAME, "NOT REGEXP", "b")),
        ("run_name rlike 'b'", Comparison(NAME, "REGEXP", "b")),
        ("run_name NOT REGEXP 'b'", Comparison(NAME, "NOT REGEXP", "b")),
        ("run_name BETWEEN 'a' AND 'b'", Comparison(NAME, "BETWEEN", ("a", "b"))),
        ("start_time > 1700000000000", Comparison(START, ">", 1_700_000_000_000, True)),
        ("start_time > 1e3", Comparison(START, ">", 1000, True)),
        ("start_time > 1.5", Comparison(START, ">", 1.5, True)),
        ("start_time > 9223372036854775807", Comparison(START, ">", 9_223_372_036_854_775_807, True)),
        ("start_time > 9223372036854775808", Comparison(START, ">", 9.223372036854775808e18, True)),
        ("start_time > '2026-01-01'", Comparison(START, ">", 1_767_225_600_000, True)),
        ("start_time > '1 hour ago'", Comparison(START, ">", 86_400_000, True)),
        ("experiment_id IN (1, '2')", Comparison(Field("attribute", "experiment_id"), "IN", ("1", "2"))),
    ],
)
def test_comparisons(text: str, comparison: Comparison) -> None:
    tree = parse_filter(text, RUNS, clock=lambda: 90_000_000)

    assert tree == comparison
    assert type(tree.value) is type(comparison.value)


def test_a_not_that_belongs_to_between_leaves_out_what_lacks_the_key() -> None:
    outside = Or((Comparison(LOSS, "<", 1.0, True), Comparison(LOSS, ">", 2.0, True)))

    assert parse_filter("metrics.loss NOT BETWEEN 1 AND 2", RUNS) == outside


def test_unequal_to_the_prompt_marker_holds_for_models_without_it() -> None:
    marker = Field("tag", "mlflow.prompt.is_prompt")
    unequal = Comparison(marker, "!=", "true")

    clause = "tags.`mlflow.prompt.is_prompt` != 'true'"

    assert parse_filter(clause, REGISTERED_MODELS) == Or((unequal, Comparison(marker, "IS NULL")))
    assert parse_filter(clause, RUNS) == unequal


def test_a_comparison_knows_where_it_was_written() -> None:
    tree = parse_filter("params.a = '1'  OR params.b = '2'", RUNS)

    assert isinstance(tree, Or)
    assert [term.position for term in tree.terms if isinstance(term, Comparison)] == [0, 19]


def test_a_mistake_shows_the_filter_with_a_caret() -> None:
    error = mistake("metrics.loss < 'low'")

    assert str(error) == (
        "filter, character 16: expected a number, found text; numbers go without quotes\n"
        "    metrics.loss < 'low'\n"
        "                   ^"
    )
    assert (error.field, error.position) == ("filter", 15)


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("params.a = '1' AND", 18, "expected a field of runs, found the end"),
        ("AND params.a = '1'", 0, "expected a field of runs, found AND"),
        ("params.a = '1' params.b = '2'", 15, "expected AND, OR or the end, found params.b"),
        ("params.a = '1';", 14, "unexpected ';'"),
        ("params.a@b = '1'", 8, "back-ticks"),
        ("(params.a = '1'", 0, "never closed"),
        ("(params.a = '1' params.b", 16, "expected AND, OR or ')'"),
        ("params.a = '1')", 14, "closes nothing"),
        ("()", 1, "expected a field"),
        ("params.a", 8, "expected an operator"),
        ("params.a => 1", 9, "no operator '=>'"),
        ("params.a NOT = 1", 13, "expected LIKE, ILIKE"),
        ("params.a IS 1", 12, "expected NULL or NOT NULL"),
        ("params.a IS NOT '1'", 16, "expected NULL"),
        ("params.a = NULL", 11, "write IS NULL"),
        ("params.a < true", 11, "with = and !="),
        ("params.a = abc", 11, "text goes in quotes"),
        ("params.a = 'abc", 11, "never closed"),
        ("params.a = `abc`", 11, "text goes in quotes"),
        ("params.a LIKE 5", 14, "expected a pattern in quotes"),
        ("params.a IN ()", 13, "expected a number, or text in quotes, found )"),
        ("params.a IN 'x'", 12, "expected '('"),
        ("params.a IN ('x'", 16, "expected ',' or ')'"),
        ("params.a IN ('x', 1)", 18, "all text or all numbers"),
        ("params.a BETWEEN 1 AND '2'", 23, "both ends"),
        ("params.a BETWEEN 1, 2", 18, "expected AND"),
        ("params.a = 12abc", 11, "runs into"),
        ("params.a = 0x10", 11, "runs into"),
        ("params.a = 1e999", 11, "float64"),
        ("start_time > 2026-01-01", 13, "a date goes in quotes"),
        ("start_time > '2026-02-30'", 13, "no such date"),
        ("start_time > '1700000000000'", 13, "not a date"),
        ("start_time LIKE '2026%'", 11, "start_time is a time: LIKE does not apply"),
        ("run_id < 'a'", 7, "ids have no order"),
        ("metrics.a LIKE 'x'", 10, "a metric is a number: LIKE does not apply"),
        ("metrics.a = nan", 12, "nan"),
        ("status = 5", 9, "text goes in quotes: '5'"),
        ("run_id = 5.0", 9, "expected text"),
        ("5 < metrics.a", 0, "expected a field"),
        ("'a' = params.a", 0, "expected a field"),
        ("params.a =~ 'x('", 14, "not a regular expression: missing )"),
        ("params.a =~ '''('", 12, "not a regular expression"),
        ("params.a =~ 'x{99999999999}'", 12, "not a regular expression"),
        ("params.a = '\0'", 12, "NUL"),
        ("params.a = '\udc80'", 12, "surrogates"),
    ],
)
def test_a_mistake_points_at_its_character(text: str, position: int, problem: str) -> None:
    error = mistake(text)

    assert error.position == position
    assert problem in error.message
    error.message.encode()


def test_a_long_filter_is_quoted_around_the_mistake() -> None:
    text = " AND ".join(["params.a = '1'"] * 100).replace("'1'", "oops", 50).replace("oops", "'1'", 49)

    lines = mistake(text).message.split("\n")

    assert len(lines[1]) < 85
    assert lines[1][lines[2].index("^") :].startswith("oops")
    assert lines[1].strip().startswith("…")
    assert lines[1].endswith("…")


def test_a_filter_over_several_lines_is_quoted_on_one() -> None:
    lines = mistake("params.a = '1'\nAND\tparams.b = oops").message.split("\n")

    assert lines[1:] == ["    params.a = '1' AND params.b = oops", " " * 34 + "^"]


@pytest.mark.parametrize(("opening", "closing", "times"), [("(", ")", 100), ("NOT ", "", 100), ("NOT (", ")", 50)])
def test_nesting_ends_at_a_hundred_levels(opening: str, closing: str, times: int) -> None:
    deepest = opening * times + "params.a = '1'" + closing * times

    parse_filter(deepest, RUNS)

    assert "nested deeper than 100 levels" in mistake(f"({deepest})").message
    assert "nested deeper than 100 levels" in mistake(opening * 5000).message


def test_a_list_ends_at_ten_thousand_values() -> None:
    tree = parse_filter(f"params.a IN ({','.join(['1'] * 10_000)})", RUNS)

    assert isinstance(tree, Comparison)
    assert isinstance(tree.value, tuple)
    assert len(tree.value) == 10_000
    assert "at most 10,000" in mistake(f"params.a IN ({','.join(['1'] * 10_001)})").message


def test_a_filter_ends_at_its_longest_length() -> None:
    padded = "params.a = '1'".ljust(MAX_FILTER_LENGTH)

    assert parse_filter(padded, RUNS) == A
    assert "longer than 100,000" in mistake(padded + " ").message


def test_a_regular_expression_ends_at_five_hundred_characters() -> None:
    parse_filter(f"params.a =~ '{'x' * 500}'", RUNS)

    assert "at most 500" in mistake(f"params.a =~ '{'x' * 501}'").message


def test_a_very_nested_regular_expression_is_a_mistake_or_fine_but_no_crash() -> None:
    parse_filter(f"params.a =~ '{'(' * 90}{')' * 90}'", RUNS)

    assert mistake(f"params.a =~ '{'(' * 500}'").position is not None
