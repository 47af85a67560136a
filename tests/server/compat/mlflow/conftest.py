"""MLflow's own client, in its own environment, against our server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server.conftest import Served

MLFLOW = Path(__file__).parents[4] / ".tools" / "mlflow" / "bin" / "python"

RunClient = Callable[[str], str]


@pytest.fixture
def run_client(served: Served, tmp_path: Path) -> RunClient:
    """Runs a script with the real MLflow, which the server is the tracking server of; returns what it printed."""
    if not MLFLOW.exists():
        pytest.skip("`make test` installs MLflow beside our environment")

    def run(script: str) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
        done = subprocess.run(
            [MLFLOW, "-W", "ignore", "-c", script],
            cwd=tmp_path,
            env={**environment, "MLFLOW_TRACKING_URI": served.uri, "MLFLOW_DISABLE_TELEMETRY": "true"},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
