"""Names, limits, lifecycle: what every store holds to, as pure functions.

A store calls these at its door, and tracking calls the same ones where a mistake must be raised at the call.
Limits and wording follow MLflow's service, so that its clients recognise the errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, SupportsIndex, TypeGuard, TypeVar
from urllib.parse import urlsplit

from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import NewRun, ParamValue, Status, param_text
from runstone.core.errors import InvalidArgument, InvalidState

T = TypeVar("T")

DEFAULT_EXPERIMENT = "Default"
"""Where runs go when nobody says where; every store has it from the start."""

_KEY = re.compile(r"[\w./\- :]+\Z")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]*\Z")
_EXPERIMENT_ID = re.compile(r"[0-9]{1,19}\Z")
_MAX_EXPERIMENT_ID = 2**63 - 1
_MAX_CHOSEN_EXPERIMENT_ID = 10**18 - 1
_ALIAS = re.compile(r"[\w\-]+\Z")
_VERSION_ALIAS = re.compile(r"v[0-9]+\Z", re.IGNORECASE)
_STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
_STAGES = {"none": "None", "staging": "Staging", "production": "Production", "archived": "Archived"}


def shown(value: object, length: int = 80) -> str:
    """Return a value for a message: quoted, and cut where it is long."""
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def check_text(text: object, what: str, *, max_length: int | None = None, allow_empty: bool = True) -> str:
    """Return a text that every store and wire format can hold.

    Raises:
        InvalidArgument: Not a str, too long, empty where it may not be, or with NUL or lone surrogates.
    """
    if not isinstance(text, str):
        raise InvalidArgument(f"Invalid value {shown(text)} for parameter '{what}' supplied: must be text", field=what)
    if not text and not allow_empty:
        raise InvalidArgument(f"Invalid value '' for parameter '{what}' supplied: must not be empty", field=what)
    if max_length is not None and len(text) > max_length:
        raise InvalidArgument(
            f"Invalid value {shown(text)} for parameter '{what}' supplied: length {len(text)} exceeds the maximum "
            f"length of {max_length} characters",
            field=what,
        )
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgument(
                f"Invalid value {shown(text)} for parameter '{what}' supplied: it holds a lone surrogate, "
                "which is no character",
                field=what,
                position=error.start,
            ) from error
    if "\0" in text:
        raise InvalidArgument(
            f"Invalid value {shown(text)} for parameter '{what}' supplied: it holds a NUL character",
            field=what,
            position=text.index("\0"),
        )
    return text


def check_key(key: object, what: str = "key") -> str:
    """Return the key of a param, metric or run tag if it is one.

    Raises:
        InvalidArgument: Longer than 250, other characters than word ones and ``/ . - space :``, or not a
            normalised relative path.
    """
    if key is None:
        raise InvalidArgument(f"Missing value for required parameter '{what}'", field=what)
    text = check_text(key, what, max_length=limits.MAX_KEY_LENGTH, allow_empty=False)
    if not _KEY.match(text):
        bad = next(index for index, char in enumerate(text) if not _KEY.match(char))
        raise InvalidArgument(
            f"Invalid value {shown(text)} for parameter '{what}' supplied: names may only contain alphanumerics, "
            f"underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/); "
            f"{text[bad]!r} at {bad} is none of them",
            field=what,
            position=bad,
        )
    if "//" in text or text[0] == "/" or text[-1] == "/" or any(part in (".", "..") for part in text.split("/")):
        raise InvalidArgument(
            f"Invalid value {shown(text)} for parameter '{what}' supplied: names must be normalised relative paths, "
            "without '..', '//' or a slash at either end",
            field=what,
        )
    return text


def check_metric_value(key: str, value: object) -> float:
    """Return a metric's value as a float; NumPy scalars and one-element tensors are taken by protocol.

    Raises:
        InvalidArgument: It is a bool, a text or anything else that is not a number.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise InvalidArgument(f"the value of metric {shown(key)} is too large for a float64") from error
    item = getattr(value, "item", None)
    if callable(item) and not isinstance(value, (bool, str, bytes)):
        try:
            scalar = item()
        except (TypeError, ValueError, RuntimeError) as error:
            raise InvalidArgument(
                f"Invalid value {shown(value)} for parameter 'value' supplied: metric {shown(key)} needs one number"
            ) from error
        if isinstance(scalar, (int, float)) and not isinstance(scalar, bool):
            return float(scalar)
    elif not isinstance(value, (bool, str, bytes)) and hasattr(value, "__float__"):
        return float(value)
    raise InvalidArgument(
        f"Invalid value {shown(value)} for parameter 'value' supplied: the value of metric {shown(key)} must be a "
        f"number, not {type(value).__name__}",
        field="value",
    )


def _is_integer(value: object) -> TypeGuard[SupportsIndex]:
    """Say whether a value stands for an integer; a truth value, NumPy's included, does not."""
    is_truth = isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"
    return hasattr(value, "__index__") and not is_truth


def check_step(step: object) -> int:
    """Return a step: any int64.

    Raises:
        InvalidArgument: It is not an integer, or outside int64.
    """
    if not _is_integer(step):
        raise InvalidArgument(
            f"Invalid value {shown(step)} for parameter 'step' supplied: must be an integer", field="step"
        )
    number = step.__index__()
    if not limits.INT64_MIN <= number <= limits.INT64_MAX:
        raise InvalidArgument(
            f"Invalid value {shown(step)} for parameter 'step' supplied: must fit in 64 bits", field="step"
        )
    return int(number)


def check_timestamp(timestamp: object) -> int:
    """Return a timestamp in Unix milliseconds.

    Raises:
        InvalidArgument: It is not an integer, negative, or outside int64.
    """
    if not _is_integer(timestamp):
        raise InvalidArgument(
            f"Invalid value {shown(timestamp)} for parameter 'timestamp' supplied: must be an integer of milliseconds",
            field="timestamp",
        )
    number = timestamp.__index__()
    if not 0 <= number <= limits.INT64_MAX:
        raise InvalidArgument(
            f"Invalid value {shown(timestamp)} for parameter 'timestamp' supplied: must not be negative",
            field="timestamp",
        )
    return int(number)


def check_creation_time(creation_time: int | None) -> int:
    """Return when something was made, in Unix milliseconds: now unless it was made elsewhere before.

    Raises:
        InvalidArgument: It is no time.
    """
    return now_ms() if creation_time is None else check_timestamp(creation_time)


def check_param_value(key: str, value: object) -> ParamValue:
    """Return a param's value as it is kept: scalars and lists of them typed, anything else as its text.

    Text longer than 6,000 characters is cut, as MLflow does.

    Raises:
        InvalidArgument: Its text cannot be stored.
    """
    plain = _plain(value, depth=0)
    text = param_text(plain)
    if len(text) > limits.MAX_PARAM_VALUE_LENGTH:
        plain = text = text[: limits.MAX_PARAM_VALUE_LENGTH]
    check_text(text, key)
    return plain


def _plain(value: Any, depth: int) -> ParamValue:
    kind = type(value)
    if kind is str or kind is bool or value is None or kind is float:
        return value  # type: ignore[no-any-return]  # narrowed by the exact types just compared
    if kind is int:
        return value if limits.INT64_MIN <= value <= limits.INT64_MAX else str(value)
    if kind in (list, tuple) and depth < 8:
        items = [_plain(item, depth + 1) for item in value]
        return items if kind is list else str(value)
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        scalar = item()
        if type(scalar) in (int, float, bool, str):
            return _plain(scalar, depth)
    return str(value)


def check_tag_value(key: str, value: object, max_length: int, *, truncate: bool = False) -> str:
    """Return a tag's value as text.

    Raises:
        InvalidArgument: It is too long (unless it may be cut) or cannot be stored.
    """
    text = value if isinstance(value, str) else str(value)
    if truncate and len(text) > max_length:
        text = text[:max_length]
    return check_text(text, key, max_length=max_length)


def check_run_tags(tags: Mapping[str, object] | None) -> dict[str, str]:
    """Return a run's tags with keys and values checked; long values are cut, as MLflow does."""
    return {
        check_key(key): check_tag_value(key, value, limits.MAX_RUN_TAG_VALUE_LENGTH, truncate=True)
        for key, value in (tags or {}).items()
    }


def check_experiment_tags(tags: Mapping[str, object] | None) -> dict[str, str]:
    """Return an experiment's tags with keys and values checked."""
    return {
        check_key(key): check_tag_value(key, value, limits.MAX_EXPERIMENT_TAG_VALUE_LENGTH)
        for key, value in (tags or {}).items()
    }


def check_registry_tag(key: object, value: object) -> tuple[str, str]:
    """Return a tag of a registered model, version or logged model, checked."""
    name = check_key(key)
    return name, check_tag_value(name, value, limits.MAX_REGISTRY_TAG_VALUE_LENGTH)


def check_batch_size(metrics: int, params: int, tags: int) -> None:
    """Refuse a batch over MLflow's limits.

    Raises:
        InvalidArgument: More than 1,000 metrics, 100 params, 100 tags or 1,000 in all.
    """
    for what, count, limit in (
        ("metrics", metrics, limits.MAX_METRICS_PER_BATCH),
        ("params", params, limits.MAX_PARAMS_PER_BATCH),
        ("tags", tags, limits.MAX_TAGS_PER_BATCH),
        ("metrics, params and tags", metrics + params + tags, limits.MAX_ITEMS_PER_BATCH),
    ):
        if count > limit:
            raise InvalidArgument(
                f"A batch logging request can contain at most {limit} {what}. Got {count}.", field=what
            )


def check_run_id(run_id: object) -> str:
    """Return a run id if it can be one.

    Raises:
        InvalidArgument: Empty, longer than 256, or with other characters than letters, digits, ``_`` and ``-``.
    """
    if isinstance(run_id, str) and len(run_id) <= limits.MAX_RUN_ID_LENGTH and _RUN_ID.match(run_id):
        return run_id
    raise InvalidArgument(f"Invalid run ID: {shown(run_id)}", field="run_id")


def check_new_run(new: NewRun) -> NewRun:
    """Return a run to be made with its names and tags checked.

    A tag ``mlflow.runName`` names the run, and the run's name is kept as that tag.

    Raises:
        InvalidArgument: Something breaks a rule, or name and tag disagree.
    """
    check_run_id(new.run_id)
    tags = check_run_tags(new.tags)
    named = tags.get("mlflow.runName")
    name = new.run_name or named or ""
    if named is not None and new.run_name and named != new.run_name:
        raise InvalidArgument(
            f"Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name={shown(new.run_name)}, mlflow.runName={shown(named)}).",
            field="run_name",
        )
    name = check_text(name, "run_name", max_length=limits.MAX_RUN_NAME_LENGTH, allow_empty=False)
    tags["mlflow.runName"] = name
    if new.parent_run_id is not None:
        tags["mlflow.parentRunId"] = check_run_id(new.parent_run_id)
    check_timestamp(new.start_time)
    return NewRun(
        run_id=new.run_id,
        run_name=name,
        start_time=new.start_time,
        experiment_id=None if new.experiment_id is None else str(check_experiment_id(new.experiment_id)),
        experiment_name=None if new.experiment_name is None else check_experiment_name(new.experiment_name),
        user_id=check_text(new.user_id, "user_id", max_length=256),
        parent_run_id=tags.get("mlflow.parentRunId"),
        tags=tags,
    )


def check_status(status: object) -> Status:
    """Return a status by its name.

    Raises:
        InvalidArgument: There is no such status.
    """
    for known in _STATUSES:
        if status == known:
            return known  # type: ignore[return-value]  # the tuple lists the Literal's values
    raise InvalidArgument(f"no such run status: {shown(status)}; there are {', '.join(_STATUSES)}", field="status")


def check_experiment_id(experiment_id: object) -> int:
    """Return an experiment id as the number it is.

    Raises:
        InvalidArgument: It is not a number.
    """
    text = str(experiment_id)
    if not _EXPERIMENT_ID.match(text) or int(text) > _MAX_EXPERIMENT_ID:
        raise InvalidArgument(
            f"Invalid experiment ID: {shown(experiment_id)}; experiment ids are whole numbers",
            field="experiment_id",
        )
    return int(text)


def check_chosen_experiment_id(experiment_id: object) -> int:
    """Return the id that a new experiment is to have; above the greatest of these there is room for the store's own.

    Raises:
        InvalidArgument: It is not a number of at most 18 digits, which MLflow's have.
    """
    number = check_experiment_id(experiment_id)
    if number > _MAX_CHOSEN_EXPERIMENT_ID:
        raise InvalidArgument(
            f"Invalid experiment ID: {shown(experiment_id)}; choose one of at most 18 digits", field="experiment_id"
        )
    return number


def check_experiment_name(name: object) -> str:
    """Return an experiment's name: any text, as with MLflow, so whoever shows it takes care of its characters.

    Raises:
        InvalidArgument: Too long, nothing but white space, or with NUL or lone surrogates.
    """
    text = check_text(name, "name", max_length=limits.MAX_EXPERIMENT_NAME_LENGTH, allow_empty=False)
    if not text.strip():
        raise InvalidArgument("Invalid experiment name: it holds nothing but white space", field="name")
    return text


def check_artifact_location(location: str | None) -> str | None:
    """Return a given artifact location if it is a path or URI without query or fragment.

    Raises:
        InvalidArgument: Too long, or with ``?``, ``#`` or ``..`` in it.
    """
    if location is None or location == "":
        return None
    check_text(location, "artifact_location", max_length=limits.MAX_ARTIFACT_LOCATION_LENGTH)
    parts = urlsplit(location)
    if parts.fragment or parts.query or ".." in parts.path.split("/"):
        raise InvalidArgument(
            f"Invalid artifact location {shown(location)}: '#', '?' and '..' are not allowed in it",
            field="artifact_location",
        )
    return location


def check_active(lifecycle_stage: str, what: str) -> None:
    """Refuse to change something deleted.

    Raises:
        InvalidState: It is not in the 'active' state.
    """
    if lifecycle_stage != "active":
        raise InvalidState(f"The {what} must be in the 'active' state. Current state is {lifecycle_stage}.")


def check_model_name(name: object) -> str:
    """Return a registered model's name.

    Raises:
        InvalidArgument: Empty, too long, or with ``/`` or ``:`` in it.
    """
    if name is None or name == "":
        raise InvalidArgument("Registered model name cannot be empty.", field="name")
    text = check_text(name, "name", max_length=limits.MAX_MODEL_NAME_LENGTH)
    if "/" in text or ":" in text or not text.strip():
        raise InvalidArgument(
            f"Invalid registered model name {shown(text)}: it must not contain '/' or ':'", field="name"
        )
    return text


def check_logged_model_name(name: object) -> str:
    """Return a logged model's name.

    Raises:
        InvalidArgument: Empty, too long, or with one of ``/ : . % " '`` in it.
    """
    text = check_text(name, "name", max_length=limits.MAX_MODEL_NAME_LENGTH, allow_empty=False)
    if any(char in text for char in "/:.%\"'"):
        raise InvalidArgument(
            f"Invalid model name {shown(text)}: it must not contain any of / : . % \" '", field="name"
        )
    return text


def check_model_version(version: object) -> int:
    """Return a version's number.

    Raises:
        InvalidArgument: It is not a positive whole number.
    """
    text = str(version)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidArgument(f"Parameter 'version' must be an integer, got {shown(version)}.", field="version")
    return int(text)


def check_alias(alias: object) -> str:
    """Return an alias.

    Raises:
        InvalidArgument: Empty, too long, with other characters than word ones and ``-``, or reserved
            (``latest``, ``v1``).
    """
    text = check_text(alias, "alias", max_length=limits.MAX_ALIAS_LENGTH, allow_empty=False)
    if not _ALIAS.match(text):
        raise InvalidArgument(
            f"Invalid alias {shown(text)}: it may only contain letters, digits, underscores and dashes",
            field="alias",
        )
    if text.lower() == "latest" or _VERSION_ALIAS.match(text):
        raise InvalidArgument(f"The alias {shown(text)} is reserved.", field="alias")
    return text


def check_stage(stage: object) -> str:
    """Return a stage in its canonical spelling.

    Raises:
        InvalidArgument: There is no such stage.
    """
    known = _STAGES.get(str(stage).lower())
    if known is None:
        raise InvalidArgument(
            f"Invalid Model Version stage: {shown(stage)}. Value must be one of {', '.join(_STAGES.values())}.",
            field="stage",
        )
    return known


def check_max_results(max_results: object, limit: int) -> int:
    """Return how many results a page may hold.

    Raises:
        InvalidArgument: Not a whole number from 1 to the limit.
    """
    if isinstance(max_results, bool) or not isinstance(max_results, int) or not 1 <= max_results <= limit:
        raise InvalidArgument(
            f"Invalid value {shown(max_results)} for parameter 'max_results' supplied: "
            f"it must be a whole number from 1 to {limit}",
            field="max_results",
        )
    return max_results
