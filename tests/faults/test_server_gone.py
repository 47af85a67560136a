"""A program that logs to a server which dies, comes back, and loses its answers on the way."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.server_processes import Cutter, Server, check, ended, program, sync


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "store")
    yield server
    server.kill()


def test_a_server_killed_and_started_again_loses_and_doubles_nothing(server: Server, tmp_path: Path) -> None:
    chance = random.Random(11)
    server.start()
    running = program(server.uri, tmp_path)
    for _ in range(4):
        time.sleep(chance.uniform(0.1, 0.4))
        server.kill()
        time.sleep(chance.uniform(0.0, 0.3))
        server.start()

    run_id, _ = ended(running)
    # The program may have ended while the server was away.
    sync(server, tmp_path)

    check(server.store, run_id)


def test_answers_lost_after_the_commit_double_nothing(server: Server, tmp_path: Path) -> None:
    server.start()
    cutter = Cutter([server.port], chance=0.3)

    run_id, _ = ended(program(cutter.uri, tmp_path))

    assert cutter.cuts > 5
    # Too many may have been cut one after the other at its very end.
    cutter.mend()
    sync(cutter, tmp_path)
    cutter.close()
    check(server.store, run_id)


def test_without_a_server_a_program_runs_to_its_end_and_is_brought_in_later(server: Server, tmp_path: Path) -> None:
    run_id, told = ended(program(server.uri, tmp_path))
    assert "Traceback" not in told
    assert server.uri in told

    server.start()
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    command = [sys.executable, "-m", "runstone", "--store", server.uri, "sync"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert done.returncode == 0, done.stderr
    check(server.store, run_id)
    assert list((tmp_path / "data").rglob("spool/sha256/*/*")) == []
