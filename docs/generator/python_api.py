"""The Python API: pages of functions and classes, and the list of all public names."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from enum import Enum
from functools import cached_property
from types import ModuleType

import runstone
from generator import markdown
from runstone.core import entities
from runstone.tracking import artifact_uris

TOPICS = {
    "Runs": (
        "start_run",
        "end_run",
        "active_run",
        "last_active_run",
        "track",
        "get_run",
        "get_parent_run",
        "delete_run",
        "restore_run",
    ),
    "Params, metrics, tags": (
        "log_param",
        "log_params",
        "log_metric",
        "log_metrics",
        "log",
        "log_series",
        "set_tag",
        "set_tags",
        "delete_tag",
        "set_seed",
        "seed_everything",
    ),
    "Use of the machine": (
        "enable_system_metrics_logging",
        "disable_system_metrics_logging",
        "set_system_metrics_sampling_interval",
    ),
    "Artifacts": (
        "log_artifact",
        "log_artifacts",
        "log_text",
        "log_dict",
        "log_bytes",
        "log_stream",
        "log_figure",
        "log_image",
        "log_audio",
        "log_histogram",
        "log_table",
        "load_table",
        "get_artifact_uri",
    ),
    "Datasets and models": ("log_input", "log_inputs", "log_outputs"),
    "Searching and reading": ("search_runs", "read_series", "read_console"),
    "Experiments": (
        "set_experiment",
        "create_experiment",
        "get_experiment",
        "get_experiment_by_name",
        "search_experiments",
        "delete_experiment",
        "restore_experiment",
        "set_experiment_tag",
        "set_experiment_tags",
        "delete_experiment_tag",
    ),
    "The store": (
        "set_tracking_uri",
        "get_tracking_uri",
        "is_tracking_uri_set",
        "set_registry_uri",
        "get_registry_uri",
        "flush",
        "flush_async_logging",
    ),
}
"""The functions of the fluent API, by what they are about."""

_ELSEWHERE = {
    "ActiveRun": "active-run.md",
    "Client": "client.md",
    "MlflowClient": "client.md",
    "MlflowException": "../errors.md",
    "RunstoneError": "../errors.md",
    "artifacts": "artifacts.md",
    "client": "client.md",
    "data": "data.md",
    "entities": "entities.md",
    "errors": "../errors.md",
    "exceptions": "../errors.md",
    "tracking": "client.md",
}


_MADE_BY_CALLERS = ("Client", "DatasetSource")
"""Classes whose constructor is public; the others are what functions return."""


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    return {
        "python/README.md": _index(),
        "python/fluent.md": _fluent(),
        "python/client.md": _class_page(runstone.Client, "Client"),
        "python/active-run.md": _class_page(runstone.ActiveRun, "ActiveRun"),
        "python/data.md": _module_page(runstone.data, "runstone.data"),
        "python/artifacts.md": _module_page(artifact_uris, "runstone.artifacts"),
    }


def place(name: str) -> str:
    """Return the link to where a public name is documented."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    if name in entities.__all__:
        return f"entities.md#{markdown.anchor(name)}"
    return f"fluent.md#{markdown.anchor(name)}"


def _index() -> str:
    rows = []
    for name in runstone.__all__:
        value = getattr(runstone, name)
        if name == "__version__":
            rows.append((markdown.code(name), "The version, as text."))
        else:
            rows.append((f"[`{name}`]({place(name)})", markdown.summary(value)))
    return (
        "# The Python API\n\n"
        "All public names of `runstone`. `MlflowClient`, `MlflowException` and `exceptions` are other spellings, for "
        "programs that were written for MLflow.\n\n" + markdown.table(("name", ""), rows)
    )


def _fluent() -> str:
    named = {name for names in TOPICS.values() for name in names}
    functions = {name for name in runstone.__all__ if inspect.isfunction(getattr(runstone, name))}
    if named != functions:
        raise SystemExit(f"docs/generator/python_api.py: not the functions there are: {sorted(named ^ functions)}")
    parts = [
        "# Functions\n\nThe functions of `runstone`. They act on the active run, which is begun where there is none; "
        "[the client](client.md) has the same by id.\n"
    ]
    for topic, names in TOPICS.items():
        parts.append(f"## {topic}\n")
        parts += [function(name, getattr(runstone, name)) for name in names]
    return "\n".join(parts)


def _class_page(cls: type, name: str) -> str:
    return f"# {name}\n\n" + class_text(cls, name, level=2)


def _module_page(module: ModuleType, name: str) -> str:
    parts = [f"# {name}\n\n{markdown.summary(module)}\n"]
    for member in module.__all__:
        value = getattr(module, member)
        if inspect.isclass(value):
            parts.append(f"## {member}\n\n" + class_text(value, member, level=3))
        else:
            parts.append(function(member, value, level=2))
    return "\n".join(parts)


def class_text(cls: type, name: str, *, level: int) -> str:
    """Return a class with its public members, in the order in which they are written."""
    head = f"```text\n{signature(name, cls)}\n```\n\n" if name in _MADE_BY_CALLERS else ""
    parts = [head + markdown.of_docstring(cls)]
    for member, value in _members(cls):
        if isinstance(value, (property, cached_property)):
            parts.append(f"{'#' * level} {member}\n\n{markdown.of_docstring(value)}")
        else:
            parts.append(function(member, value, level=level))
    return "\n".join(parts)


def _members(cls: type) -> Iterable[tuple[str, object]]:
    seen = set()
    for owner in cls.__mro__:
        if owner is object or not owner.__module__.startswith("runstone."):
            continue
        for name, value in vars(owner).items():
            if name.startswith("_") or name in seen:
                continue
            seen.add(name)
            if isinstance(value, staticmethod):
                yield name, value.__func__
            elif isinstance(value, (property, cached_property)) or inspect.isfunction(value):
                yield name, value


def function(name: str, value: object, *, level: int = 3) -> str:
    """Return a function as a section: its name, its signature, its docstring."""
    return f"{'#' * level} {name}\n\n```text\n{signature(name, value)}\n```\n\n{markdown.of_docstring(value)}"


def signature(name: str, value: object) -> str:
    """Return how something is called, on several lines if one does not hold it."""
    of_value = inspect.signature(value)  # type: ignore[arg-type]  # asked of callables only
    parameters: list[str] = []
    for each in of_value.parameters.values():
        if each.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        if each.name != "self":
            parameters.append(_parameter(each))
    returned = of_value.return_annotation
    arrow = "" if returned is inspect.Signature.empty or inspect.isclass(value) else f" -> {_annotation(returned)}"
    line = f"{name}({', '.join(parameters)}){arrow}"
    if len(line) <= 100:
        return line
    inner = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"{name}(\n{inner}){arrow}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = ""
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        stars = "*"
    elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
        stars = "**"
    text = stars + parameter.name
    if parameter.annotation is not inspect.Parameter.empty:
        text += f": {_annotation(parameter.annotation)}"
    if parameter.default is not inspect.Parameter.empty:
        text += f" = {default(parameter.default)}"
    return text


def default(value: object) -> str:
    """Return a default as a person would write it."""
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)


def _annotation(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else str(inspect.formatannotation(annotation))
