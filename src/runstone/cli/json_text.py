"""Results as JSON."""

from __future__ import annotations

import re

import msgspec

# Valid in JSON as they are, but a terminal may take them for commands (ECMA-48, C1).
_CONTROL = re.compile("[\x7f-\x9f]")


def to_json(value: object) -> str:
    """Return a value as indented JSON; NaN and infinities become null."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
