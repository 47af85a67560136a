"""Who started what, where is known at once, however the program was started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from runstone.tracking.capture import source
from runstone.tracking.capture.source import capture_source

_PRINT = "import json; from runstone.tracking.capture.source import capture_source; print(json.dumps(capture_source()))"


def tags_of(folder: Path, *arguments: str, **variables: str) -> dict[str, str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID")
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    tags: dict[str, str] = json.loads(done.stdout)
    return tags


def test_a_script_is_named_by_its_path_and_its_command_has_no_secrets(tmp_path: Path) -> None:
    (tmp_path / "train me.py").write_text(_PRINT)

    tags = tags_of(tmp_path, "train me.py", "--lr", "0.1", "--api-key", "hush", "--note", "it's", LOGNAME="ada")

    assert tags == {
        "mlflow.user": "ada",
        "mlflow.source.name": str(tmp_path / "train me.py"),
        "mlflow.source.type": "LOCAL",
        "runstone.command": (f"{sys.executable} 'train me.py' --lr 0.1 --api-key [redacted] --note 'it'\"'\"'s'"),
        "runstone.folder": str(tmp_path),
        "runstone.host": tags["runstone.host"],
        "runstone.pid": tags["runstone.pid"],
        "runstone.python": ".".join(map(str, sys.version_info[:3])),
    }


def test_a_module_is_named_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__main__.py").write_text(_PRINT)

    tags = tags_of(tmp_path, "-m", "package", "--epochs=3")

    assert tags["mlflow.source.name"] == "package"
    assert tags["runstone.command"].endswith("-m package --epochs=3")


def test_a_command_in_quotes_is_local(tmp_path: Path) -> None:
    tags = tags_of(tmp_path, "-c", _PRINT)

    assert (tags["mlflow.source.name"], tags["mlflow.source.type"]) == ("-c", "LOCAL")


def test_a_batch_system_makes_a_job(tmp_path: Path) -> None:
    assert tags_of(tmp_path, "-c", _PRINT, SLURM_JOB_ID="7")["mlflow.source.type"] == "JOB"


def test_a_notebook_is_known_by_its_kernel_and_named_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = tmp_path / "study.ipynb"
    notebook.write_text("{}")
    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))

    tags = capture_source()

    assert (tags["mlflow.source.name"], tags["mlflow.source.type"]) == (str(notebook), "NOTEBOOK")


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987_654_321)

    assert source.user() == "987654321"


def test_a_folder_that_was_removed_is_no_failure(tmp_path: Path) -> None:
    program = f"import os; os.rmdir(os.getcwd()); {_PRINT}"
    (tmp_path / "gone").mkdir()

    assert tags_of(tmp_path / "gone", "-c", program)["runstone.folder"] == ""
