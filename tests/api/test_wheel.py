"""What is in the package that people install."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The project as it is packed, without anything built."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("web", "__pycache__"))
    return folder


def test_the_wheel_holds_the_web_interface(source: Path, tmp_path: Path) -> None:
    web = source / "src" / "runstone" / "server" / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html>")
    (web / "assets" / "index-1.js").write_text("1")

    [wheel] = WheelBuilder(str(source)).build(directory=str(tmp_path / "dist"), versions=["standard"])

    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert {"runstone/server/web/index.html", "runstone/server/web/assets/index-1.js", "runstone/py.typed"} <= set(
        names
    )
    assert not [name for name in names if name.startswith(("ui/", "tests/"))]


def test_a_wheel_without_it_is_not_made(source: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make web"):
        list(WheelBuilder(str(source)).build(directory=str(tmp_path / "dist"), versions=["standard"]))
