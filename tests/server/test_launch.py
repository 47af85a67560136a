"""``runstone server`` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from runstone.core.errors import InvalidArgument
from runstone.server.launch import Address, check_address
from runstone.store.remote import open_remote

Start = Callable[..., "Process"]


class Process(NamedTuple):
    """A server that runs."""

    uri: str
    process: subprocess.Popen[str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers on a store of the test and stops them at the end."""
    begun: list[subprocess.Popen[str]] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUNSTONE_")}

    def run(*options: str) -> Process:
        command = [sys.executable, "-m", "runstone", "server", "--store", str(tmp_path / "store"), *options]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path)
        begun.append(process)
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"at (http://\S+)", line)
        assert found, line
        _wait(found[1], process)
        return Process(found[1], process)

    yield run
    for process in begun:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def _wait(uri: str, process: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{uri}/health"):
                return
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.02)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_serves_its_store_and_stops_when_told(start: Start, workers: str) -> None:
    server = start("--port", "0", "--workers", workers)
    store = open_remote(server.uri)

    made = store.create_experiment("a")
    assert store.get_experiment(made.experiment_id) == made
    store.close()
    server.process.send_signal(signal.SIGTERM)

    _, told = server.process.communicate(timeout=60)
    assert "Traceback" not in told
    assert server.process.returncode in (0, -signal.SIGTERM)


def test_a_port_that_is_taken_is_an_error_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "runstone", "server", "--store", str(tmp_path / "s"), "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 7
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "runs.example"])
def test_a_wide_address_is_refused_as_long_as_nobody_has_to_log_in(host: str) -> None:
    with pytest.raises(InvalidArgument, match="--insecure"):
        check_address(Address(host), insecure=False)
    check_address(Address(host), insecure=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_loopback_is_let_through(host: str) -> None:
    check_address(Address(host), insecure=False)
