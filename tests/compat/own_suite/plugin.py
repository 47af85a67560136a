"""A pytest plugin for MLflow's tests: where they start MLflow's server, they get one of ours on an empty store."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import urllib.request
from typing import Any


class OurServer:
    """Stands for ``tests.tracking.integration_test_utils.ServerThread``.

    Args:
        app: MLflow's application, which is left alone.
        port: Where to listen.
    """

    def __init__(self, app: Any, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port

    def __enter__(self) -> str:
        self._folder = tempfile.TemporaryDirectory(prefix="runstone-own-suite-")
        self._process = subprocess.Popen(
            [
                *(os.environ["RUNSTONE_PYTHON"], "-m", "runstone", "server"),
                *("--store", self._folder.name, "--port", str(self._port)),
            ],
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stderr=subprocess.DEVNULL,
        )
        give_up = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/health").close()
                return self.url
            except OSError:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def pytest_configure(config: Any) -> None:
    """Put our server in the place of theirs, before any test module takes it by name."""
    from tests.tracking import integration_test_utils

    integration_test_utils.ServerThread = OurServer
