"""Running the parts of the capture, so that none of them can do harm."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from runstone.core.errors import InvalidArgument
from runstone.core.limits import MAX_RUN_TAG_VALUE_LENGTH
from runstone.core.paths import check_artifact_path
from runstone.core.settings import CAPTURES
from runstone.store.rules import check_key
from runstone.tracking.capture.captured import Captured, report_failure
from runstone.tracking.capture.launcher import capture_launcher
from runstone.tracking.capture.source import capture_source

ENTRY_POINTS = "runstone.capture"
"""The group in which others register parts: functions without arguments that return a ``Captured``."""

_SLOW = {
    "code": ("runstone.tracking.capture.code", "capture_code"),
    "environment": ("runstone.tracking.capture.environment", "capture_environment"),
    "hardware": ("runstone.tracking.capture.hardware", "capture_hardware"),
}

T = TypeVar("T")


def check_parts(parts: Collection[str]) -> None:
    """See to it that each part that is switched on is there.

    Raises:
        InvalidArgument: There is no such part, of ours or a plug-in's.
    """
    unknown = set(parts) - set(CAPTURES)
    if unknown:
        others = [name for name, _, _ in _registered()]
        unknown -= set(others)
        if unknown:
            raise InvalidArgument(
                f"RUNSTONE_CAPTURE names unknown parts {', '.join(sorted(unknown))}; there are "
                f"{', '.join((*CAPTURES, *others))} and none"
            )


def capture_fast(parts: Collection[str]) -> dict[str, str]:
    """Return the tags that are known at once; well under a millisecond.

    Args:
        parts: The names of the parts that are switched on.
    """
    if "source" not in parts:
        return {}
    tags = _checked_tags("source", _guarded("source", capture_source, {}))
    return tags | _checked_tags("MLFLOW_RUN_CONTEXT", _guarded("MLFLOW_RUN_CONTEXT", capture_launcher, {}))


def capture_slow(parts: Collection[str]) -> Captured:
    """Return what takes longer: code, environment, hardware, and the parts that others have registered.

    To be called from a thread of its own.  Others' parts do not overwrite what ours have found.

    Args:
        parts: The names of the parts that are switched on.
    """
    whole = Captured({}, {})
    for name, part in _slow_parts(parts):
        captured: object = _guarded(name, part, Captured({}, {}))
        if not isinstance(captured, Captured):
            report_failure(name, TypeError(f"it returned {type(captured).__name__}, not Captured"))
            continue
        checked = _guarded(name, partial(_checked, name, captured), Captured({}, {}))
        whole = Captured(checked.tags | whole.tags, checked.files | whole.files)
    return whole


def capture_end(parts: Collection[str]) -> Captured:
    """Return what is only known when a run ends: the cells of a notebook that made it."""
    if "code" not in parts or "IPython" not in sys.modules:
        return Captured({}, {})
    from runstone.tracking.capture.cells import capture_cells

    nothing: dict[str, bytes] = {}
    return Captured({}, _guarded("code in cells", capture_cells, nothing))


def _checked(part: str, captured: Captured) -> Captured:
    return Captured(_checked_tags(part, captured.tags), _checked_files(part, captured.files))


def _slow_parts(parts: Collection[str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name, (module, function) in _SLOW.items():
        if name in parts:
            yield name, _loaded(module, function)
    if not set(parts) - set(CAPTURES) and "others" not in parts:
        return
    nothing: list[tuple[str, str, str]] = []
    for name, module, function in _guarded("other parts", _registered, nothing):
        if "others" in parts or name in parts:
            yield name, _loaded(module, function)


def _loaded(module: str, function: str) -> Callable[[], Any]:
    return lambda: attrgetter(function)(importlib.import_module(module))()


def _registered() -> list[tuple[str, str, str]]:
    """Find the entry points of our group: name, module and function.

    Only distributions that register something have the file; a scan by ``importlib.metadata`` would cost more than all
    our own parts.  Format: the PyPA specification "Entry points".
    """
    found: dict[str, tuple[str, str, str]] = {}
    for folder in sys.path:
        for path in _entry_point_files(folder or "."):
            for name, target in _entries(path):
                module, _, function = target.partition(":")
                found.setdefault(name, (name, module.strip(), function.partition("[")[0].strip()))
    return list(found.values())


def _entry_point_files(folder: str) -> Iterator[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith((".dist-info", ".egg-info")):
            yield os.path.join(folder, name, "entry_points.txt")


def _entries(path: str) -> Iterator[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            content = stream.read(1 << 20)
    except OSError:
        return
    if ENTRY_POINTS not in content:
        return
    group = ""
    for line in map(str.strip, content.splitlines()):
        if line.startswith("["):
            group = line.strip("[] ")
        elif group == ENTRY_POINTS and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            yield name.strip(), target.strip()


def _guarded(name: str, part: Callable[[], T], otherwise: T) -> T:
    """The rim: whatever a part raises costs one warning, never the run."""
    try:
        return part()
    except Exception as error:  # noqa: BLE001
        report_failure(name, error)
        return otherwise


def _checked_tags(part: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags as every store takes them: those with a bad key are left out, long values cut."""
    checked: dict[str, str] = {}
    for key, value in tags.items():
        try:
            name = check_key(key)
        except InvalidArgument as error:
            report_failure(part, error)
            continue
        text = str(value)[:MAX_RUN_TAG_VALUE_LENGTH].replace("\0", "\ufffd")
        checked[name] = text.encode("utf-8", "replace").decode()
    return checked


def _checked_files(part: str, files: Mapping[str, object]) -> dict[str, bytes]:
    checked: dict[str, bytes] = {}
    for path, data in files.items():
        try:
            target = check_artifact_path(path)
        except InvalidArgument as error:
            report_failure(part, error)
            continue
        if isinstance(data, (bytes, bytearray, memoryview)):
            checked[target] = bytes(data)
        else:
            report_failure(part, TypeError(f"the file {target} is {type(data).__name__}, not bytes"))
    return checked
