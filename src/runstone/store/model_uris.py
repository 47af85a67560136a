"""What a model version may name as its source: the URIs that people give, read and checked.

A source is data: it says where files are, and nothing here or in a store ever opens it.  Still it is read in
full and only once, so that no later reader is led outside what the URI seems to say by a hidden ``..``.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from runstone.core import limits
from runstone.core.errors import InvalidArgument
from runstone.store import rules

# One letter is a drive, not a scheme.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_SEPARATORS = re.compile(r"[/\\;?&=]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}\Z")
# No registered model is named without a version, so whatever begins like this is meant as an id.
_LIKE_MODEL_ID = re.compile(r"m-[\w\-]+\Z")
_MAX_DECODINGS = 8


class LoggedModelUri(NamedTuple):
    """``models:/m-…``: a logged model."""

    model_id: str


class VersionUri(NamedTuple):
    """``models:/<name>/<version, stage or latest>`` or ``models:/<name>@<alias>``: one of the two is set."""

    name: str
    version: str | None
    alias: str | None


class RunUri(NamedTuple):
    """``runs:/<run id>/<path>``: artifacts of a run."""

    run_id: str


class LocalUri(NamedTuple):
    """A path of a file system, plain or as ``file:``."""

    path: str


class RemoteUri(NamedTuple):
    """Anything else with a scheme."""

    scheme: str


ModelUri = LoggedModelUri | VersionUri | RunUri | LocalUri | RemoteUri


def parse_model_uri(source: object) -> ModelUri:
    """Read the source of a model version.

    Raises:
        InvalidArgument: It is empty, too long, malformed, or holds ``..``, ``#`` or control characters, plain
            or percent-encoded however often.
    """
    text = rules.check_text(source, "source", max_length=limits.MAX_ARTIFACT_LOCATION_LENGTH, allow_empty=False)
    _check_path(text)
    match = _SCHEME.match(text)
    if match is None:
        return LocalUri(text)
    scheme, rest = match[1].lower(), text[match.end() :]
    if not rest.strip("/"):
        raise _invalid(text, f"nothing follows {match[0]!r}")
    if scheme == "models":
        return _models(text, rest)
    if scheme == "runs":
        return _runs(text, rest)
    if scheme == "file":
        path = local_path(text)
        if path is None:
            raise _invalid(text, "a file: URI names an absolute path of this host")
        return LocalUri(path)
    return RemoteUri(scheme)


def check_model_id(model_id: object) -> str:
    """Return a logged model's id.

    Raises:
        InvalidArgument: It is not ``m-`` and 32 hex digits.
    """
    if isinstance(model_id, str) and _MODEL_ID.match(model_id):
        return model_id
    raise InvalidArgument(f"Invalid model ID: {rules.shown(model_id)}; expected m- and 32 hex digits", field="model_id")


def local_path(location: str) -> str | None:
    """Return the path that a location stands for: a plain one, or a ``file:`` URI of this host; else None."""
    match = _SCHEME.match(location)
    if match is None:
        return location
    if match[1].lower() != "file":
        return None
    parts = urlsplit(location)
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        return None
    return unquote(parts.path)


def is_inside(path: str, folder: str) -> bool:
    """Say whether a path, without ``..``, is at or below a folder; the file system is not asked."""
    inner, outer = _parts(path), _parts(folder)
    return path.startswith("/") == folder.startswith("/") and inner[: len(outer)] == outer


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _check_path(text: str) -> None:
    seen = text
    for _ in range(_MAX_DECODINGS):
        if "#" in seen:
            raise _invalid(text, "a fragment ('#') is not allowed")
        if _CONTROL.search(seen) or ".." in _SEPARATORS.split(seen):
            raise _invalid(
                text,
                "If supplying a source as an http, https, local file path, ftp, objectstore or artifact URI, "
                "it must be absolute, without '..' or control characters in it",
            )
        decoded = unquote(seen)
        if decoded == seen:
            return
        seen = decoded
    raise _invalid(text, "it is percent-encoded over and over")


def _models(text: str, rest: str) -> ModelUri:
    if not rest.startswith("/") or rest.startswith("//"):
        raise _invalid(text, "write models:/<name>/<version>, models:/<name>@<alias> or models:/<model id>")
    target = rest[1:]
    if _LIKE_MODEL_ID.match(target):
        return LoggedModelUri(target)
    name, at, alias = target.rpartition("@")
    if at and "/" not in alias:
        return VersionUri(rules.check_model_name(name), None, alias)
    name, slash, version = target.rpartition("/")
    if not slash or not version:
        raise _invalid(text, "write models:/<name>/<version>, models:/<name>@<alias> or models:/<model id>")
    return VersionUri(rules.check_model_name(name), version, None)


def _runs(text: str, rest: str) -> RunUri:
    if not rest.startswith("/") or rest.startswith("//"):
        raise _invalid(text, "write runs:/<run id>/<path>")
    return RunUri(rules.check_run_id(rest[1:].partition("/")[0]))


def _invalid(source: str, problem: str) -> InvalidArgument:
    return InvalidArgument(f"Invalid model version source: {rules.shown(source)}. {problem}.", field="source")
