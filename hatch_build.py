"""Refuses to make a package without the web interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Looks for what ``make web`` builds; an editable installation does without."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse where it is missing."""
        built = Path(self.root) / "src" / "runstone" / "server" / "web" / "index.html"
        if version != "editable" and not built.exists():
            raise FileNotFoundError("the web interface is not built; run `make web` before making a package")
