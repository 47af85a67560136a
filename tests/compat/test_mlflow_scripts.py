"""Scripts written for MLflow run with ``import runstone as mlflow``, and with the real MLflow as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

MLFLOW = Path(__file__).parents[2] / ".tools" / "mlflow" / "bin" / "python"
SCRIPTS = sorted((Path(__file__).parent / "mlflow_scripts").glob("*.py"))


def run(python: str | Path, script: Path, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        [python, "-W", "ignore", str(script)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def with_import_changed(text: str) -> str:
    """Return a script of MLflow's that uses Runstone."""
    text = re.sub(r"^import mlflow$", "import runstone as mlflow", text, flags=re.MULTILINE)
    return re.sub(r"^from mlflow\b", "from runstone", text, flags=re.MULTILINE)


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script_runs_with_only_its_imports_changed(script: Path, tmp_path: Path) -> None:
    ours = tmp_path / script.name
    ours.write_text(with_import_changed(script.read_text("utf-8")), encoding="utf-8")

    run(sys.executable, ours, tmp_path, RUNSTONE_TRACKING_URI=str(tmp_path / "store"), RUNSTONE_CAPTURE="source")


@pytest.mark.skipif(not MLFLOW.exists(), reason="`make test` installs MLflow beside our environment")
@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script_is_one_that_mlflow_runs(script: Path, tmp_path: Path) -> None:
    run(
        MLFLOW, script, tmp_path, MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path}/mlflow.db", MLFLOW_DISABLE_TELEMETRY="true"
    )
