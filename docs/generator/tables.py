"""Pages that are one table: settings, errors, limits."""

from __future__ import annotations

import inspect

from generator import markdown
from runstone.core import errors as of_errors
from runstone.core import limits as of_limits
from runstone.core.settings import TABLE

# In characters, where nothing else is said.
_LIMITS = {
    "MAX_KEY_LENGTH": "key of a param, metric or tag",
    "MAX_PARAM_VALUE_LENGTH": "a param's value, as text",
    "MAX_RUN_TAG_VALUE_LENGTH": "value of a run's tag",
    "MAX_EXPERIMENT_TAG_VALUE_LENGTH": "value of an experiment's tag",
    "MAX_REGISTRY_TAG_VALUE_LENGTH": "value of a tag of a registered model, a version or a logged model",
    "MAX_EXPERIMENT_NAME_LENGTH": "name of an experiment",
    "MAX_RUN_ID_LENGTH": "id of a run",
    "MAX_RUN_NAME_LENGTH": "name of a run",
    "MAX_ARTIFACT_LOCATION_LENGTH": "artifact location of an experiment; source of a model version",
    "MAX_ARTIFACT_PATH_LENGTH": "path of an artifact",
    "MAX_ALIAS_LENGTH": "alias of a model version",
    "MAX_MODEL_NAME_LENGTH": "name of a model",
    "MAX_WEBHOOK_NAME_LENGTH": "name of a webhook",
    "MAX_DATASET_NAME_LENGTH": "name of a dataset",
    "MAX_DATASET_DIGEST_LENGTH": "digest of a dataset",
    "MAX_DATASET_SCHEMA_LENGTH": "schema of a dataset, as JSON",
    "MAX_DATASET_SOURCE_LENGTH": "source of a dataset, as JSON",
    "MAX_DATASET_PROFILE_LENGTH": "profile of a dataset, as JSON",
    "MAX_INPUT_TAG_KEY_LENGTH": "key of an input's tag",
    "MAX_INPUT_TAG_VALUE_LENGTH": "value of an input's tag",
    "MAX_DATASETS_PER_CALL": "datasets logged to a run in one call of the store",
    "MAX_METRICS_PER_BATCH": "points in one batch of the store",
    "MAX_PARAMS_PER_BATCH": "params in one batch of the store",
    "MAX_TAGS_PER_BATCH": "tags in one batch of the store",
    "MAX_ITEMS_PER_BATCH": "points, params and tags together in one batch of the store",
    "MAX_SEARCH_RESULTS": "runs, experiments or logged models on a page of a search",
    "MAX_SEARCH_IDS": "ids of runs that a search returns at once",
    "MAX_RUNS_PER_READ": "runs that are read at once as rows of a table",
    "MAX_REGISTERED_MODEL_RESULTS": "registered models on a page of a search",
    "MAX_MODEL_VERSION_RESULTS": "model versions on a page of a search",
    "MAX_WEBHOOK_RESULTS": "webhooks on a page of a listing",
    "MAX_FILTER_LENGTH": "a filter",
    "INT64_MIN": "the least step",
    "INT64_MAX": "the greatest step; the greatest timestamp, in Unix milliseconds",
}
"""What each limit is a limit of."""


def settings() -> str:
    """Return the page of the settings."""
    rows = [
        (
            markdown.code(setting.name),
            ", ".join(markdown.code(variable) for variable in setting.variables),
            "" if setting.default is None else markdown.code(str(setting.default)),
            setting.help,
        )
        for setting in TABLE
    ]
    return (
        "# Settings\n\n"
        "An argument or an option of the command line wins over the environment, the environment over the default. "
        "Where two variables are named, the first that is set counts. `runstone info` shows what is in effect, and "
        "where each value is from.\n\n" + markdown.table(("setting", "variable", "default", ""), rows)
    )


def errors() -> str:
    """Return the page of the errors."""
    tree = (inspect.getdoc(of_errors) or "").partition("::\n\n")[2]
    rows = []
    for name in of_errors.__all__:
        cls = getattr(of_errors, name)
        if inspect.isclass(cls) and issubclass(cls, of_errors.RunstoneError) and cls.__name__ == name:
            codes = of_errors.codes_of(cls.__new__(cls))
            rows.append(
                (f"`{name}`", markdown.summary(cls), codes.code, str(codes.cli), str(codes.http), f"`{codes.mlflow}`")
            )
    heads = ("class", "", "code", "exit code", "HTTP status", "MLflow's error code")
    return (
        "# Errors\n\n"
        "The classes are in `runstone.errors`; in brackets is the class of Python's that each is as well. "
        "`runstone.MlflowException` is `RunstoneError`.\n\n"
        f"```text\n{inspect.cleandoc(tree)}\n```\n\n" + markdown.table(heads, rows) + "\n"
        "`InvalidArgument` carries `field`, the argument at fault, and `position`, the offset of the character at "
        "fault in a filter. `MissingExtra` carries `extra`. Every error has `message`, `error_code` (MLflow's) and "
        "`get_http_status_code()`.\n\n"
        "In a program that logs, trouble with the disk or the store is logged once and raised by no `log_` function.\n"
    )


def limits() -> str:
    """Return the page of the limits."""
    found = {name: value for name, value in vars(of_limits).items() if name.isupper()}
    if found.keys() != _LIMITS.keys():
        raise SystemExit(f"docs/generator/tables.py: not the limits there are: {sorted(found.keys() ^ _LIMITS.keys())}")
    rows = [(f"`{name}`", f"{value:,}", _LIMITS[name]) for name, value in found.items()]
    return (
        "# Limits\n\n"
        f"{markdown.inline((inspect.getdoc(of_limits) or '').replace('  ', ' '))} Lengths are in characters. They "
        "stand in `runstone.core.limits`.\n\n" + markdown.table(("name", "limit", "of"), rows)
    )
