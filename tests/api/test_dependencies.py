"""What installing Runstone brings with it, reviewed in ``dependencies.txt``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

tomllib = pytest.importorskip("tomllib", reason="Python reads TOML since 3.11")


def test_dependencies_are_those_that_were_reviewed(check_snapshot: Callable[[str, str], None]) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    lines = sorted(project["dependencies"])
    for extra, packages in sorted(project["optional-dependencies"].items()):
        lines += [f"[{extra}] {package}" for package in sorted(packages)]

    check_snapshot("dependencies.txt", "".join(line + "\n" for line in lines))
