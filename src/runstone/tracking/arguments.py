"""What users hand over, brought to what the rules of names and values take.

MLflow's client takes all that ``float()`` takes for a metric, bools and numbers written as text included, so that is
taken here; the rules below, which a server applies as well, know numbers only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from runstone.core.errors import InvalidArgument
from runstone.core.limits import MAX_PARAM_VALUE_LENGTH, MAX_RUN_TAG_VALUE_LENGTH
from runstone.store import rules

_log = logging.getLogger("runstone")


def metric_value(key: object, value: Any) -> float:
    """Return a metric's value as a float.

    Raises:
        InvalidArgument: It is no number.
    """
    item = getattr(value, "item", None)
    try:
        scalar = item() if callable(item) else value
        if isinstance(scalar, (bool, str)):
            return float(scalar)
        if isinstance(scalar, bytes) or not hasattr(scalar, "__float__"):
            return rules.check_metric_value(str(key), scalar)
        return float(scalar)
    except OverflowError as error:
        raise InvalidArgument(
            f"the value of metric {rules.shown(key)} is too large for a float64", field="value"
        ) from error
    except InvalidArgument:
        raise
    except (TypeError, ValueError, RuntimeError) as error:
        raise InvalidArgument(
            f"Invalid value {rules.shown(value)} for parameter 'value' supplied: metric {rules.shown(key)} needs one "
            f"number, not {type(value).__name__}",
            field="value",
        ) from error


def step_number(step: Any) -> int:
    """Return a step as an int; a whole float is one.

    Raises:
        InvalidArgument: It is no integer, or outside int64.
    """
    is_integer = getattr(step, "is_integer", None)
    if isinstance(step, float) or (callable(is_integer) and not hasattr(step, "__index__")):
        step = int(step) if step.is_integer() else step
    try:
        return rules.check_step(step)
    except TypeError as error:
        # An array has __index__ and refuses it unless it is a single integer.
        raise InvalidArgument(
            f"Invalid value {rules.shown(step)} for parameter 'step' supplied: must be an integer", field="step"
        ) from error


def timestamp_ms(timestamp: Any) -> int:
    """Return a timestamp as an int.

    Raises:
        InvalidArgument: It is no integer of milliseconds.
    """
    try:
        return rules.check_timestamp(timestamp)
    except TypeError as error:
        raise InvalidArgument(
            f"Invalid value {rules.shown(timestamp)} for parameter 'timestamp' supplied: must be an integer of "
            "milliseconds",
            field="timestamp",
        ) from error


def check_point(key: Any, value: Any, step: Any, timestamp: Any) -> None:
    """See to it that a point of a metric can be recorded.

    Raises:
        InvalidArgument: It cannot.
    """
    key_text(key)
    metric_value(key, value)
    step_number(step)
    timestamp_ms(timestamp)


def key_text(key: Any) -> str:
    """Return a key as plain text; NumPy's strings and enumerations of text are such.

    Raises:
        InvalidArgument: It breaks a rule of keys.
    """
    return exact_text(rules.check_key(key))


def param_value(key: str, value: Any) -> Any:
    """Return a param's value as it is kept; a float of fewer bits counts as the number that it is shown as.

    A text that is too long is cut, with a warning.

    Raises:
        InvalidArgument: Its text cannot be stored.
    """
    if type(value).__module__ == "numpy" and type(value).__name__ in ("float32", "float16"):
        value = float(str(value))
    elif isinstance(value, str):
        value = exact_text(value)
    kept = rules.check_param_value(key, value)
    if isinstance(kept, str) and len(kept) == MAX_PARAM_VALUE_LENGTH:
        _warn_of_cut("param", key, value, MAX_PARAM_VALUE_LENGTH)
    return kept


def tag_value(key: str, value: Any) -> str:
    """Return a tag's value as it is kept; one that is too long is cut, with a warning.

    Raises:
        InvalidArgument: Its text cannot be stored.
    """
    kept = exact_text(rules.check_tag_value(key, value, MAX_RUN_TAG_VALUE_LENGTH, truncate=True))
    if len(kept) == MAX_RUN_TAG_VALUE_LENGTH:
        _warn_of_cut("tag", key, value, MAX_RUN_TAG_VALUE_LENGTH)
    return kept


def exact_text(text: str) -> str:
    """Return a text without the subclass it may be of, which the journal could not write."""
    return text if type(text) is str else str.__str__(text)


def items_of(values: Any, function: str) -> Mapping[Any, Any]:
    """Return a dict, or something like it.

    Raises:
        InvalidArgument: It is something else.
    """
    if isinstance(values, type) or not callable(getattr(values, "items", None)):
        raise InvalidArgument(f"{function} takes a dict, not {type(values).__name__}")
    return values  # type: ignore[no-any-return]  # a mapping as far as is needed here


def _warn_of_cut(what: str, key: str, value: Any, most: int) -> None:
    length = len(str(value))
    if length > most:
        _log.warning(
            "%s %s is cut to %d of its %d characters; log_text keeps texts of any length", what, key, most, length
        )
