"""The filter language: text to tree.

One grammar for every noun, with a table a noun of what can be asked (``RUNS``, ``EXPERIMENTS`` …).
``parse_filter`` gives a tree, whose meaning stands in ``tree`` and, executable, in ``evaluate``;
``runstone.store.sql`` compiles it.

Invariant: nothing here knows SQL, and every mistake points at the character where it was made.
"""

from __future__ import annotations

from runstone.store.search.evaluate import evaluate, ilike, like, run_lookup
from runstone.store.search.fields import field_named
from runstone.store.search.order import parse_order_by
from runstone.store.search.parser import parse_filter
from runstone.store.search.printing import format_field, format_tree
from runstone.store.search.tree import (
    EVERYTHING,
    And,
    Comparison,
    Entity,
    Field,
    Not,
    Op,
    Or,
    OrderTerm,
    Scalar,
    Statistic,
    Tree,
    Value,
    simplify,
)
from runstone.store.search.vocabulary import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Vocabulary,
)

__all__ = [
    "EVERYTHING",
    "EXPERIMENTS",
    "LOGGED_MODELS",
    "MODEL_VERSIONS",
    "REGISTERED_MODELS",
    "RUNS",
    "And",
    "Comparison",
    "Entity",
    "Field",
    "Not",
    "Op",
    "Or",
    "OrderTerm",
    "Scalar",
    "Statistic",
    "Tree",
    "Value",
    "Vocabulary",
    "evaluate",
    "field_named",
    "format_field",
    "format_tree",
    "ilike",
    "like",
    "parse_filter",
    "parse_order_by",
    "run_lookup",
    "simplify",
]
