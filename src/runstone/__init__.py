"""Every run, set in stone: record, find, compare and reproduce machine-learning experiments.

::

    import runstone

    with runstone.start_run(params={"lr": 0.01}):
        for step in range(100):
            runstone.log_metric("loss", 1 / (step + 1), step=step)

Names are loaded when they are first used, so that importing costs next to nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runstone import artifacts as artifacts
    from runstone import client as client
    from runstone import data as data
    from runstone import entities as entities
    from runstone import errors as errors
    from runstone import exceptions as exceptions
    from runstone import tracking as tracking
    from runstone.core.entities import Experiment as Experiment
    from runstone.core.entities import Metric as Metric
    from runstone.core.entities import Param as Param
    from runstone.core.entities import Run as Run
    from runstone.core.entities import RunStatus as RunStatus
    from runstone.core.entities import RunTag as RunTag
    from runstone.core.entities import ViewType as ViewType
    from runstone.core.errors import RunstoneError as MlflowException
    from runstone.core.errors import RunstoneError as RunstoneError
    from runstone.core.version import __version__ as __version__
    from runstone.tracking.active import ActiveRun as ActiveRun
    from runstone.tracking.client import Client as Client
    from runstone.tracking.client import Client as MlflowClient
    from runstone.tracking.fluent.experiments import create_experiment as create_experiment
    from runstone.tracking.fluent.experiments import delete_experiment as delete_experiment
    from runstone.tracking.fluent.experiments import delete_experiment_tag as delete_experiment_tag
    from runstone.tracking.fluent.experiments import get_experiment as get_experiment
    from runstone.tracking.fluent.experiments import get_experiment_by_name as get_experiment_by_name
    from runstone.tracking.fluent.experiments import restore_experiment as restore_experiment
    from runstone.tracking.fluent.experiments import search_experiments as search_experiments
    from runstone.tracking.fluent.experiments import set_experiment as set_experiment
    from runstone.tracking.fluent.experiments import set_experiment_tag as set_experiment_tag
    from runstone.tracking.fluent.experiments import set_experiment_tags as set_experiment_tags
    from runstone.tracking.fluent.files import load_table as load_table
    from runstone.tracking.fluent.files import log_artifact as log_artifact
    from runstone.tracking.fluent.files import log_artifacts as log_artifacts
    from runstone.tracking.fluent.files import log_audio as log_audio
    from runstone.tracking.fluent.files import log_bytes as log_bytes
    from runstone.tracking.fluent.files import log_dict as log_dict
    from runstone.tracking.fluent.files import log_figure as log_figure
    from runstone.tracking.fluent.files import log_histogram as log_histogram
    from runstone.tracking.fluent.files import log_image as log_image
    from runstone.tracking.fluent.files import log_stream as log_stream
    from runstone.tracking.fluent.files import log_table as log_table
    from runstone.tracking.fluent.files import log_text as log_text
    from runstone.tracking.fluent.inputs import log_input as log_input
    from runstone.tracking.fluent.inputs import log_inputs as log_inputs
    from runstone.tracking.fluent.inputs import log_outputs as log_outputs
    from runstone.tracking.fluent.location import flush as flush
    from runstone.tracking.fluent.location import flush_async_logging as flush_async_logging
    from runstone.tracking.fluent.location import get_artifact_uri as get_artifact_uri
    from runstone.tracking.fluent.location import get_registry_uri as get_registry_uri
    from runstone.tracking.fluent.location import get_tracking_uri as get_tracking_uri
    from runstone.tracking.fluent.location import is_tracking_uri_set as is_tracking_uri_set
    from runstone.tracking.fluent.location import set_registry_uri as set_registry_uri
    from runstone.tracking.fluent.location import set_tracking_uri as set_tracking_uri
    from runstone.tracking.fluent.runs import active_run as active_run
    from runstone.tracking.fluent.runs import delete_run as delete_run
    from runstone.tracking.fluent.runs import end_run as end_run
    from runstone.tracking.fluent.runs import get_parent_run as get_parent_run
    from runstone.tracking.fluent.runs import get_run as get_run
    from runstone.tracking.fluent.runs import last_active_run as last_active_run
    from runstone.tracking.fluent.runs import restore_run as restore_run
    from runstone.tracking.fluent.runs import seed_everything as seed_everything
    from runstone.tracking.fluent.runs import set_seed as set_seed
    from runstone.tracking.fluent.runs import start_run as start_run
    from runstone.tracking.fluent.search import read_console as read_console
    from runstone.tracking.fluent.search import read_series as read_series
    from runstone.tracking.fluent.search import search_runs as search_runs
    from runstone.tracking.fluent.system_metrics import disable_system_metrics_logging as disable_system_metrics_logging
    from runstone.tracking.fluent.system_metrics import enable_system_metrics_logging as enable_system_metrics_logging
    from runstone.tracking.fluent.system_metrics import (
        set_system_metrics_sampling_interval as set_system_metrics_sampling_interval,
    )
    from runstone.tracking.fluent.values import delete_tag as delete_tag
    from runstone.tracking.fluent.values import log as log
    from runstone.tracking.fluent.values import log_metric as log_metric
    from runstone.tracking.fluent.values import log_metrics as log_metrics
    from runstone.tracking.fluent.values import log_param as log_param
    from runstone.tracking.fluent.values import log_params as log_params
    from runstone.tracking.fluent.values import log_series as log_series
    from runstone.tracking.fluent.values import set_tag as set_tag
    from runstone.tracking.fluent.values import set_tags as set_tags
    from runstone.tracking.tracked import track as track

_NAMES: dict[str, tuple[str, ...]] = {
    "runstone.core.entities": ("Experiment", "Metric", "Param", "Run", "RunStatus", "RunTag", "ViewType"),
    "runstone.core.errors": ("RunstoneError",),
    "runstone.core.version": ("__version__",),
    "runstone.tracking.active": ("ActiveRun",),
    "runstone.tracking.client": ("Client",),
    "runstone.tracking.fluent.experiments": (
        "create_experiment",
        "delete_experiment",
        "delete_experiment_tag",
        "get_experiment",
        "get_experiment_by_name",
        "restore_experiment",
        "search_experiments",
        "set_experiment",
        "set_experiment_tag",
        "set_experiment_tags",
    ),
    "runstone.tracking.fluent.files": (
        "load_table",
        "log_artifact",
        "log_artifacts",
        "log_audio",
        "log_bytes",
        "log_dict",
        "log_figure",
        "log_histogram",
        "log_image",
        "log_stream",
        "log_table",
        "log_text",
    ),
    "runstone.tracking.fluent.inputs": (
        "log_input",
        "log_inputs",
        "log_outputs",
    ),
    "runstone.tracking.fluent.location": (
        "flush",
        "flush_async_logging",
        "get_artifact_uri",
        "get_registry_uri",
        "get_tracking_uri",
        "is_tracking_uri_set",
        "set_registry_uri",
        "set_tracking_uri",
    ),
    "runstone.tracking.fluent.runs": (
        "active_run",
        "delete_run",
        "end_run",
        "get_parent_run",
        "get_run",
        "last_active_run",
        "restore_run",
        "seed_everything",
        "set_seed",
        "start_run",
    ),
    "runstone.tracking.fluent.search": (
        "read_console",
        "read_series",
        "search_runs",
    ),
    "runstone.tracking.fluent.values": (
        "delete_tag",
        "log",
        "log_metric",
        "log_metrics",
        "log_param",
        "log_params",
        "log_series",
        "set_tag",
        "set_tags",
    ),
    "runstone.tracking.fluent.system_metrics": (
        "disable_system_metrics_logging",
        "enable_system_metrics_logging",
        "set_system_metrics_sampling_interval",
    ),
    "runstone.tracking.tracked": ("track",),
}

_RENAMED = {
    "MlflowClient": ("runstone.tracking.client", "Client"),
    "MlflowException": ("runstone.core.errors", "RunstoneError"),
    "artifacts": ("runstone.artifacts", None),
    "client": ("runstone.client", None),
    "data": ("runstone.data", None),
    "entities": ("runstone.entities", None),
    "errors": ("runstone.errors", None),
    "exceptions": ("runstone.exceptions", None),
    "tracking": ("runstone.tracking", None),
}

_WHERE: dict[str, tuple[str, str | None]] = {
    **{name: (module, name) for module, names in _NAMES.items() for name in names},
    **_RENAMED,
}

__all__ = sorted(_WHERE)  # the table above holds the names


def __getattr__(name: str) -> Any:
    try:
        module, attribute = _WHERE[name]
    except KeyError:
        # With name and object the interpreter adds what may have been meant.
        message = f"module 'runstone' has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=sys.modules[__name__]) from None
    loaded = import_module(module)
    value = loaded if attribute is None else getattr(loaded, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
