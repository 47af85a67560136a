"""Secrets taken out of what leaves the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from runstone.core.secrets import redact, redact_env
from runstone.tracking.capture.redaction import redact_file, redact_patch

T = TypeVar("T", str, bytes)

CAPTURED = "runstone/"
"""Artifacts below this folder were captured, not logged by the user."""

_LARGEST = 64 << 20


class Redaction:
    """Redacts, and counts how many texts and files lost something."""

    def __init__(self) -> None:
        self.count = 0

    def text(self, text: str) -> str:
        """Return a text without the secrets that can be recognised."""
        return self._counted(text, redact(text))

    def optional(self, text: str | None) -> str | None:
        """Return a text, if there is one, without secrets."""
        return None if text is None else self.text(text)

    def tags(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Return tags without secrets; a tag whose name is a secret's loses its whole value."""
        return {key: self._counted(tags[key], value) for key, value in redact_env(tags).items()}

    def file(self, path: str, data: bytes) -> bytes:
        """Return a captured file without secrets."""
        if b"\0" in data[:8192]:
            return data
        return self._counted(data, redact_patch(data)[0] if path.endswith((".patch", ".diff")) else redact_file(data))

    def concerns(self, path: str, size_bytes: int) -> bool:
        """Say whether an artifact is a captured file, to be looked into."""
        return path.startswith(CAPTURED) and size_bytes <= _LARGEST

    def _counted(self, before: T, after: T) -> T:
        self.count += before != after
        return after
