"""What the pages show, works: every snippet runs, in its order, in an empty folder with a store of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNER = Path(__file__).with_name("run_page.py")
# The tutorial takes longest and goes first, so that parallel workers end together.
PAGES = [*(ROOT / "docs" / "tutorials").glob("*.md"), ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = list(dict.fromkeys(page for page in PAGES if page.exists()))
SHOWING = [page for page in PAGES if re.search(r"^(```python|<!-- python)", page.read_text("utf-8"), re.MULTILINE)]


@pytest.mark.parametrize("page", SHOWING, ids=[str(page.relative_to(ROOT)) for page in SHOWING])
def test_snippets_of_the_page_run(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    # What is captured is the code of the program that runs, which must not be this repository.
    runner = tmp_path / RUNNER.name
    shutil.copy(RUNNER, runner)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNSTONE_", "MLFLOW_", "GIT_"))}
    # Tables as in a terminal of this width, without colours.
    environment = {
        **kept,
        "HOME": str(tmp_path),
        "COLUMNS": "100",
        "FORCE_COLOR": "1",
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
    }

    done = subprocess.run(
        [sys.executable, str(runner), str(page)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
