"""What a filter means: a tree of comparisons.

**Semantics.** The logic has two values. A comparison on something that lacks the key is false for every
operator but ``IS NULL``; so ``params.lr != 1`` leaves out runs without ``lr``, as in MLflow. ``NOT (…)`` is
plain negation of that, so ``NOT params.lr = 1`` keeps them. A metric that is NaN is not missing; it satisfies
``!=``, ``NOT IN`` (which is several ``!=``) and ``IS NOT NULL``, nothing else. Where ``numeric`` is set on a
param or tag, values that are not numbers count as missing. A run has many datasets: a comparison on datasets
holds if it does for any one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Entity = Literal["attribute", "metric", "param", "tag", "dataset"]
Statistic = Literal["last", "min", "max", "mean", "first", "count"]
Op = Literal[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "LIKE",
    "NOT LIKE",
    "ILIKE",
    "NOT ILIKE",
    "REGEXP",
    "NOT REGEXP",
    "IN",
    "NOT IN",
    "BETWEEN",
    "IS NULL",
    "IS NOT NULL",
]
Scalar = str | float | int
Value = Scalar | tuple[Scalar, ...] | None


class Field(Struct, frozen=True):
    """One thing that can be compared or ordered by.

    Attributes:
        key: An attribute's canonical name, or the key of a metric, param or tag as it was logged.
        stat: Which number of a series is meant; set on metrics, and only there.
    """

    entity: Entity
    key: str
    stat: Statistic | None = None


class Comparison(Struct, frozen=True):
    """A field, an operator and what is on its right.

    Two comparisons are equal if they mean the same, wherever they were written.

    Attributes:
        value: A tuple for IN and NOT IN (never empty) and BETWEEN (low and high); None for IS (NOT) NULL.
            Times are Unix milliseconds; ints fit into 64 bits; no float is NaN.
        numeric: The right side is numbers, so values are compared as numbers and not as text.
        position: Offset of the field in the filter.
    """

    field: Field
    op: Op
    value: Value = None
    numeric: bool = False
    position: int = 0

    def _meaning(self) -> tuple[Field, Op, Value, bool]:
        return self.field, self.op, self.value, self.numeric

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparison) and self._meaning() == other._meaning()

    def __hash__(self) -> int:
        return hash(self._meaning())


class And(Struct, frozen=True):
    """All terms hold.  Without terms, as the root only, it is the empty filter and holds for everything."""

    terms: tuple[Tree, ...]


class Or(Struct, frozen=True):
    """At least one of the two or more terms holds."""

    terms: tuple[Tree, ...]


class Not(Struct, frozen=True):
    """The term does not hold."""

    term: Tree


Tree = And | Or | Not | Comparison

EVERYTHING = And(())


class OrderTerm(Struct, frozen=True):
    """One order of a search.

    Whatever the direction, what lacks the key comes last, and just before that what is NaN.
    """

    field: Field
    descending: bool = False


def fields_of(tree: Tree) -> Iterator[Field]:
    """Yield every field that is compared, in the order of the filter."""
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from fields_of(term)
        case Not(term):
            yield from fields_of(term)
        case Comparison():
            yield tree.field


def simplify(tree: Tree) -> Tree:
    """Return a tree of the same meaning without And in And, Or in Or, Not in Not, And or Or of one term."""
    if isinstance(tree, Comparison):
        return tree
    if isinstance(tree, Not):
        term = simplify(tree.term)
        return term.term if isinstance(term, Not) else Not(term)
    kind = type(tree)
    terms: list[Tree] = []
    for child in tree.terms:
        term = simplify(child)
        if isinstance(term, kind):
            terms.extend(term.terms)
        else:
            terms.append(term)
    return terms[0] if len(terms) == 1 else kind(tuple(terms))
