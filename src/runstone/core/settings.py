"""Every setting, once: its name, type, default, meaning and environment variable.

Read at the rim (``load``) and passed down as a value.  An argument or command-line flag wins over the environment,
the environment over the default.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from runstone.core.errors import InvalidArgument

CAPTURES = ("source", "code", "environment", "hardware", "console", "usage", "others")
"""The parts of what is captured without asking; ``others`` are all those that plug-ins bring."""


class Setting(NamedTuple):
    """A line of the table."""

    name: str
    variables: tuple[str, ...]
    default: object
    help: str


TABLE = (
    Setting(
        "tracking_uri",
        ("RUNSTONE_TRACKING_URI",),
        None,
        "Where the store is: a folder, sqlite: or postgresql: URI, or the http: address of a server.",
    ),
    Setting("artifacts_uri", ("RUNSTONE_ARTIFACTS",), None, "Where bytes go, if not beside the embedded store."),
    Setting(
        "experiment_name",
        ("RUNSTONE_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_NAME"),
        None,
        "Experiment of new runs when the program names none.",
    ),
    Setting(
        "experiment_id",
        ("RUNSTONE_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_ID"),
        None,
        "The same by id.",
    ),
    Setting(
        "run_id",
        ("RUNSTONE_RUN_ID", "MLFLOW_RUN_ID"),
        None,
        "Run that the program's first start_run() resumes.",
    ),
    Setting(
        "capture",
        ("RUNSTONE_CAPTURE",),
        ",".join(CAPTURES),
        f"What is recorded without asking: a list of {', '.join(CAPTURES)} (what plug-ins bring) or a plug-in's "
        "name, or none.",
    ),
    Setting(
        "usage_interval_s",
        ("RUNSTONE_USAGE_INTERVAL",),
        10.0,
        "Seconds between samples of CPU, memory and GPU use.",
    ),
    Setting(
        "drain_interval_s",
        ("RUNSTONE_DRAIN_INTERVAL",),
        1.0,
        "Seconds until what was logged is in the store.",
    ),
    Setting(
        "silence_s",
        ("RUNSTONE_SILENCE",),
        60.0,
        "Seconds without a sign of life after which a run counts as lost.",
    ),
)


class Settings(Struct, frozen=True, kw_only=True):
    """The settings as values."""

    tracking_uri: str | None = None
    artifacts_uri: str | None = None
    experiment_name: str | None = None
    experiment_id: str | None = None
    run_id: str | None = None
    capture: frozenset[str] = frozenset(CAPTURES)
    usage_interval_s: float = 10.0
    drain_interval_s: float = 1.0
    silence_s: float = 60.0


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        InvalidArgument: A variable holds something it cannot; the message names it.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in TABLE:
        for variable in setting.variables:
            text = source.get(variable)
            if text:
                values[setting.name] = _parse(setting, variable, text)
                break
    return Settings(**values)


def _parse(setting: Setting, variable: str, text: str) -> object:
    if setting.name == "capture":
        return _parse_capture(variable, text)
    if isinstance(setting.default, float):
        try:
            number = float(text)
        except ValueError:
            number = 0.0
        if not 0.01 <= number <= 86_400:
            raise InvalidArgument(f"{variable} must be a number of seconds from 0.01 to 86400, not {text!r}")
        return number
    return text


def _parse_capture(variable: str, text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if names == {"none"}:
        return frozenset()
    if "none" in names:
        raise InvalidArgument(f"{variable} is either none or a list of {', '.join(CAPTURES)}, not {text!r}")
    # Which names of plug-ins there are is not known here; the first run looks.
    return names
