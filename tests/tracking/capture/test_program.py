"""Which program runs, and whether it is the user's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PRINT = (
    "from runstone.tracking.capture.program import code_folder, entry_file, own_file\n"
    "print(entry_file(), own_file(), code_folder(), sep='\\n')\n"
)


def told(folder: Path, *arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_script_is_the_users_own_and_its_folder_has_the_code(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    script = tmp_path / "project" / "train.py"
    script.write_text(_PRINT)

    assert told(tmp_path, "project/train.py") == [str(script), str(script), str(script.parent)]


def test_an_installed_program_is_not_and_the_current_folder_has_the_code(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "launcher"
    package.mkdir(parents=True)
    (package / "run.py").write_text(_PRINT)

    assert told(tmp_path, str(package / "run.py")) == [str(package / "run.py"), "None", str(tmp_path)]


def test_without_a_file_the_current_folder_has_the_code(tmp_path: Path) -> None:
    assert told(tmp_path, "-c", _PRINT) == ["None", "None", str(tmp_path)]
