"""Histories that the real MLflow recorded, each kind of store once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parents[3] / ".tools" / "mlflow" / "bin"
_SCRIPT = Path(__file__).with_name("history.py")

Recorded = Callable[..., Any]


def history(what: str, uri: str, folder: Path) -> Any:
    """Have the real MLflow do something with a tracking URI, and return what it said as JSON."""
    if not TOOLS.exists():
        pytest.skip("`make test` installs MLflow beside our environment")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "RUNSTONE_"))}
    environment = {
        **kept,
        "MLFLOW_TRACKING_URI": uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    done = subprocess.run(
        [TOOLS / "python", "-W", "ignore", str(_SCRIPT), what],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if what == "dump" else None


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """Run MLflow's own server on an SQLite database in a folder, its files served by itself."""
    if not TOOLS.exists():
        pytest.skip("`make test` installs MLflow beside our environment")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [TOOLS / "python", "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/served.db", "--artifacts-destination", f"{folder}/served"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    environment = {**kept, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    uri = f"http://127.0.0.1:{port}"
    try:
        give_up = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{uri}/health").close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < give_up
                time.sleep(0.1)
        yield uri
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=60)
