"""MLflow's client against a server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from benchmarks.servers import MLFLOW_PYTHON, Server


def measure(server: Server) -> dict[str, float]:
    """Return what ``client.py`` measured."""
    command = [str(MLFLOW_PYTHON), "-W", "ignore", str(Path(__file__).with_name("client.py")), server.uri]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
