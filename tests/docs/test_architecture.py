"""ARCHITECTURE.md speaks of what is there, and of every floor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "ARCHITECTURE.md"
SOURCE = ROOT / "src" / "runstone"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="there is no ARCHITECTURE.md")


def mentioned() -> list[str]:
    """Return what stands in back-ticks outside of blocks of code."""
    prose = re.sub(r"^```.*?^```$", "", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)


def test_every_folder_of_the_package_is_in_the_code_map() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    text = PAGE.read_text("utf-8")

    assert sorted(name for name in folders if f"**`{name}/`**" not in text) == []


def test_every_path_that_is_mentioned_exists() -> None:
    paths = [name for name in mentioned() if re.fullmatch(r"\.?[\w.\-]+(/[\w.\-]*)+|[\w\-]+\.(py|md|toml)", name)]

    places = [ROOT, SOURCE, *(path for path in SOURCE.iterdir() if path.is_dir())]

    assert paths
    assert [path for path in paths if not any((place / path).exists() for place in places)] == []


def test_every_class_that_is_mentioned_exists() -> None:
    names = {name for name in mentioned() if re.fullmatch(r"([A-Z][a-z]+)+", name)}
    defined = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"^class (\w+)|^(\w+) = ", path.read_text("utf-8"), re.MULTILINE)
        for name in name
    }

    assert names
    assert sorted(names - defined) == []
