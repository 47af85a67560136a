"""Names of artifacts logged under a key at a step, so that a folder listing is the series in order.

``images/train/samples/0000000012_1718000000000_3fa9c1d2.png``: the folder, the key, then step, Unix
milliseconds and a few random digits that keep two files of one step and moment apart.  The step sorts as
text: from 0 to 9,999,999,999 it has ten digits, a larger one an ``x`` and 19 digits, a negative one a
``-`` and its distance from the least int64 in 19 digits.  In the key, what is not a letter, a digit, a
space or one of ``_.-`` is written ``~`` and the two hex digits of each UTF-8 byte; an empty part is
``~``.
"""

from __future__ import annotations

import re
import secrets
from typing import NamedTuple

from runstone.core.errors import InvalidArgument
from runstone.core.limits import INT64_MAX, INT64_MIN, MAX_ARTIFACT_PATH_LENGTH, MAX_KEY_LENGTH
from runstone.tracking.media.encoded import clip, type_name

_SHORT = 10**10
_MAX_NAME_BYTES = 255
_STEP = r"(?P<step>-\d{19}|x\d{19}|\d{10})"
_NAME = re.compile(_STEP + r"_(?P<timestamp>\d{13,19})_(?P<unique>[0-9a-z]+)(?P<suffix>\.[A-Za-z0-9.]+)?", re.ASCII)
_ESCAPED = re.compile(r"(?:~[0-9a-f]{2})+")


class SteppedPath(NamedTuple):
    """What the path of a stepped artifact says."""

    folder: str
    key: str
    step: int
    timestamp_ms: int
    unique: str
    suffix: str


def stepped_path(
    key: str, step: int, timestamp_ms: int, suffix: str, *, folder: str = "images", unique: str | None = None
) -> str:
    """Return the artifact path of something logged under a key at a step.

    Args:
        key: The name of the series; ``/`` makes folders.
        step: An int64, negative ones too.
        timestamp_ms: Unix milliseconds.
        suffix: The file's extension with its dot.
        folder: The kind's folder: ``images``, ``audio``, ``histograms``.
        unique: Lower-case letters and digits that tell apart two files of one moment; random if None.

    Raises:
        InvalidArgument: The key is empty, too long or no str, or the step or timestamp is out of range.
    """
    if not isinstance(key, str):
        raise InvalidArgument(f"key must be a str, not {type_name(key)}", field="key")
    if not key:
        raise InvalidArgument("key must not be empty", field="key")
    if len(key) > MAX_KEY_LENGTH:
        raise InvalidArgument(
            f"key has {len(key):,} characters, {MAX_KEY_LENGTH} are allowed: {clip(key)!r}", field="key"
        )
    step = _integer(step, "step", INT64_MIN)
    timestamp_ms = _integer(timestamp_ms, "timestamp_ms", 0)
    parts = [_escape(part) for part in key.split("/")]
    name = f"{_step_text(step)}_{timestamp_ms:013d}_{secrets.token_hex(4) if unique is None else unique}{suffix}"
    path = "/".join([folder, *parts, name])
    if len(path) > MAX_ARTIFACT_PATH_LENGTH or any(len(part.encode()) > _MAX_NAME_BYTES for part in parts):
        raise InvalidArgument(
            f"key {clip(key)!r} is too long as a path ({len(path)} characters); take a shorter one",
            field="key",
        )
    return path


def parse_stepped_path(path: str) -> SteppedPath | None:
    """Return what :func:`stepped_path` put into a path, or None if the path is not one of its."""
    folder, _, rest = path.partition("/")
    parts, _, name = rest.rpartition("/")
    match = _NAME.fullmatch(name)
    if not parts or match is None:
        return None
    try:
        key = "/".join(_unescape(part) for part in parts.split("/"))
    except UnicodeDecodeError:
        return None
    step = _step_of(match["step"])
    if step > INT64_MAX:
        return None
    return SteppedPath(folder, key, step, int(match["timestamp"]), match["unique"], match["suffix"] or "")


def _integer(value: object, field: str, least: int) -> int:
    try:
        number = value.__index__()  # type: ignore[attr-defined]  # NumPy's integers have it too
    except (AttributeError, TypeError) as error:
        raise InvalidArgument(f"{field} must be an int, not {value!r:.80}", field=field) from error
    if not least <= number <= INT64_MAX:
        raise InvalidArgument(f"{field} must lie between {least} and {INT64_MAX}, not {number}", field=field)
    return int(number)


def _step_text(step: int) -> str:
    if step < 0:
        return f"-{step - INT64_MIN:019d}"
    return f"{step:010d}" if step < _SHORT else f"x{step:019d}"


def _step_of(text: str) -> int:
    if text.startswith("-"):
        return int(text[1:]) + INT64_MIN
    return int(text.removeprefix("x"))


def _escape(part: str) -> str:
    if not part:
        return "~"
    escaped = "".join(c if c.isalnum() or c in " _.-" else _hex(c) for c in part)
    # No part may be "." or "..", nor end as Windows drops it.
    if escaped[-1] in " .":
        escaped = escaped[:-1] + _hex(escaped[-1])
    return _hex(escaped[0]) + escaped[1:] if escaped[0] in " ." else escaped


def _unescape(part: str) -> str:
    if part == "~":
        return ""
    return _ESCAPED.sub(lambda run: bytes.fromhex(run[0].replace("~", "")).decode("utf-8", "surrogatepass"), part)


def _hex(character: str) -> str:
    return "".join(f"~{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
