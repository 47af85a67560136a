"""Trees over things in memory: the exact meaning of a filter, against which the SQL is tested."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from runstone.core.entities.params import ParamValue, param_number, param_text
from runstone.core.entities.runs import Run
from runstone.store.search.tree import Comparison, Field, Not, Op, Or, Scalar, Tree

# A tuple holds the values of several datasets.  None is "lacks it": a param that was logged as null is there,
# as its text.
Found = ParamValue | tuple[ParamValue, ...]
Lookup = Callable[[Field], Found]

_ORDERS: Mapping[Op, Callable[[Scalar, Scalar], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(tree: Tree, lookup: Lookup) -> bool:
    """Say whether a filter holds for one thing.

    Text is compared by code point and numbers as numbers. LIKE takes ``%`` for any characters and ``_`` for
    one, has no escape and matches the whole text, in its case; ILIKE in any case. A regular expression may
    match anywhere.

    Args:
        tree: What ``parse_filter`` returned.
        lookup: Gives what the thing has for a field, None where it lacks it: numbers for metrics, Unix
            milliseconds for times, text or the typed value for params, a tuple with the values of all its
            datasets.
    """
    if isinstance(tree, Comparison):
        return _holds(tree, lookup(tree.field))
    if isinstance(tree, Not):
        return not evaluate(tree.term, lookup)
    # No all() and any(): their generators would double the stack that a deep tree takes.
    stop_at = isinstance(tree, Or)
    for term in tree.terms:
        if evaluate(term, lookup) is stop_at:
            return stop_at
    return not stop_at


def run_lookup(run: Run) -> Lookup:
    """Return the lookup of a run."""

    def attribute(key: str) -> Found:
        info = run.info
        if key == "duration":
            return None if info.end_time is None else info.end_time - info.start_time
        found: Found = getattr(info, key)
        return found

    def lookup(field: Field) -> Found:
        if field.entity == "attribute":
            return attribute(field.key)
        if field.entity == "metric":
            summary = run.metrics.get(field.key)
            return None if summary is None else float(getattr(summary, field.stat or "last"))
        if field.entity == "param":
            value = run.params.get(field.key)
            return param_text(None) if value is None and field.key in run.params else value
        if field.entity == "tag":
            return run.tags.get(field.key)
        inputs = run.inputs.dataset_inputs
        if field.key == "context":
            return tuple(used.context for used in inputs if used.context is not None)
        return tuple(getattr(used.dataset, field.key) for used in inputs)

    return lookup


def like(pattern: str, text: str) -> bool:
    """Say whether a text is like a pattern, where ``%`` stands for any characters and ``_`` for one.

    Takes time in proportion to the product of both lengths at worst, which a translation into ``re`` would
    not.
    """
    at, after_percent, retry = 0, -1, 0
    position = 0
    while position < len(text):
        wanted = pattern[at] if at < len(pattern) else None
        if wanted == "%":
            at += 1
            after_percent, retry = at, position
        elif wanted is not None and wanted in ("_", text[position]):
            at += 1
            position += 1
        elif after_percent >= 0:
            # The last % takes one character more; those before it need not change.
            retry += 1
            at, position = after_percent, retry
        else:
            return False
    return all(character == "%" for character in pattern[at:])


def ilike(pattern: str, text: str) -> bool:
    """Say whether a text is like a pattern in any case."""
    return like(fold(pattern), fold(text))


def fold(text: str) -> str:
    """Return a text with the case of its characters removed, one for one, so that ``_`` still stands for
    one."""
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character


def _holds(comparison: Comparison, found: Found) -> bool:
    if comparison.op in ("IS NULL", "IS NOT NULL"):
        return (found is None or found == ()) is (comparison.op == "IS NULL")
    if isinstance(found, tuple):
        return any(_holds(comparison, value) for value in found)
    if found is None:
        return False
    if not comparison.numeric:
        return _matches(comparison, param_text(found))
    number = found if comparison.field.entity in ("attribute", "metric") else param_number(found)
    if not isinstance(number, (int, float)):
        return False
    return _matches(comparison, number)


def _matches(comparison: Comparison, left: Scalar) -> bool:
    op, right = comparison.op, comparison.value
    if isinstance(right, tuple):
        return _matches_tuple(op, left, right)
    if right is None:
        raise AssertionError(f"{op} without a value")
    if op in _ORDERS:
        return _ORDERS[op](left, right)
    return _matches_pattern(op, str(left), str(right))


def _matches_tuple(op: Op, left: Scalar, right: tuple[Scalar, ...]) -> bool:
    if op == "BETWEEN":
        return _ORDERS["<="](right[0], left) and _ORDERS["<="](left, right[1])
    return (left in right) is (op == "IN")


def _matches_pattern(op: Op, text: str, pattern: str) -> bool:
    if op in ("LIKE", "NOT LIKE"):
        return like(pattern, text) is (op == "LIKE")
    if op in ("ILIKE", "NOT ILIKE"):
        return ilike(pattern, text) is (op == "ILIKE")
    return (re.search(pattern, text) is not None) is (op == "REGEXP")
