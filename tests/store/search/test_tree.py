from __future__ import annotations

import pytest

from runstone.store.search import EVERYTHING, And, Comparison, Field, Not, Or, Tree, simplify

A = Comparison(Field("param", "a"), "=", "1")
B = Comparison(Field("param", "b"), "=", "2")
C = Comparison(Field("param", "c"), "=", "3")


@pytest.mark.parametrize(
    ("tree", "simple"),
    [
        (A, A),
        (EVERYTHING, EVERYTHING),
        (And((A, And((B, C)))), And((A, B, C))),
        (Or((Or((A, B)), C)), Or((A, B, C))),
        (And((A, Or((B, C)))), And((A, Or((B, C))))),
        (And((Or((A,)), And((And((B,)),)))), And((A, B))),
        (Not(Not(A)), A),
        (Not(Not(Not(A))), Not(A)),
        (And((A, Not(Not(And((B, C)))))), And((A, B, C))),
        (Not(And((A, And((B, C))))), Not(And((A, B, C)))),
    ],
)
def test_simplify_keeps_what_is_needed(tree: Tree, simple: Tree) -> None:
    assert simplify(tree) == simple


def test_comparisons_are_equal_wherever_they_were_written() -> None:
    first = Comparison(Field("param", "a"), "=", "1", position=3)
    second = Comparison(Field("param", "a"), "=", "1", position=30)

    assert first == second
    assert hash(first) == hash(second)
    assert first != Comparison(Field("param", "a"), "=", "2", position=3)
    assert first != Comparison(Field("param", "a"), "=", "1", numeric=True, position=3)
