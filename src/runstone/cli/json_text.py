"""Results as JSON."""

from __future__ import annotations

import re
from typing import Any

import msgspec

# Valid in JSON as they are, but a terminal may take them for commands (ECMA-48, C1).
_CONTROL = re.compile("[\x7f-\x9f]")


def to_json(value: object) -> str:
    """Return a value as indented JSON; NaN and infinities become null, bytes of a path that are no text escapes."""
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_escaped(msgspec.to_builtins(value)))
    text = msgspec.json.format(data, indent=2).decode()
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escaped(plain: Any) -> Any:
    if isinstance(plain, str):
        return plain.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(plain, dict):
        return {_escaped(key): _escaped(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_escaped(value) for value in plain]
    return plain
