"""A program that logs to a server which dies, comes back, and loses its answers on the way."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from runstone.store.open import open_store

POINTS = 20_000
PROGRAM = f"""
import sys, time
import runstone

with runstone.start_run(run_name="afar", params={{"lr": 0.1}}) as run:
    print(run.info.run_id, flush=True)
    for step in range({POINTS}):
        runstone.log_metric("loss", step * 0.5, step=step)
        if step % 500 == 0:
            runstone.set_tag("at", step)
            time.sleep(0.03)
    runstone.log_text("done", "notes.txt")
"""


class Server:
    """A server on one port, whichever of its processes is alive."""

    def __init__(self, store: Path) -> None:
        self.store = store
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "runstone", "server", "--store", str(self.store), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        give_up = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < give_up
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class Cutter:
    """A proxy that now and then closes a connection after the server has answered and before the client hears of it."""

    def __init__(self, port: int, chance: float) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._target = port
        self._chance = chance
        self._random = random.Random(7)
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        self._threads: list[threading.Thread] = []
        self._run(self._accept)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._run(self._forward, client, server, False)
                self._run(self._forward, server, client, True)

    def _forward(self, source: socket.socket, target: socket.socket, cuts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if cuts and self._random.random() < self._chance:
                    self.cuts += 1
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "store")
    yield server
    server.kill()


def _program(uri: str, tmp_path: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RUNSTONE_", "MLFLOW_"))}
    environment |= {
        "RUNSTONE_TRACKING_URI": uri,
        "RUNSTONE_CAPTURE": "none",
        "RUNSTONE_DRAIN_INTERVAL": "0.02",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=tmp_path,
    )


def _ended(program: subprocess.Popen[str]) -> tuple[str, str]:
    out, told = program.communicate(timeout=240)
    assert program.returncode == 0, told
    return out.strip(), told


def _check(store_folder: Path, run_id: str) -> None:
    """Every point is there once, and whatever else was logged."""
    with closing(open_store(str(store_folder))) as store:
        run = store.get_run(run_id)
        [columns] = store.read_series([run_id], ["loss"]).values()
        assert np.array_equal(columns.steps, np.arange(POINTS))
        assert np.array_equal(columns.values, np.arange(POINTS) * 0.5)
        assert run.metrics["loss"].count == POINTS
        assert (run.params, run.tags["at"]) == ({"lr": 0.1}, str(POINTS - 500))
        assert run.info.status == "FINISHED"
        assert [entry.path for entry in store.iter_artifacts(run_id)] == ["notes.txt"]
        assert store.check() == []


def test_a_server_killed_and_started_again_loses_and_doubles_nothing(server: Server, tmp_path: Path) -> None:
    chance = random.Random(11)
    server.start()
    program = _program(server.uri, tmp_path)
    for _ in range(4):
        time.sleep(chance.uniform(0.1, 0.4))
        server.kill()
        time.sleep(chance.uniform(0.0, 0.3))
        server.start()

    run_id, _ = _ended(program)

    _check(server.store, run_id)


def test_answers_lost_after_the_commit_double_nothing(server: Server, tmp_path: Path) -> None:
    server.start()
    cutter = Cutter(server.port, chance=0.3)

    run_id, _ = _ended(_program(cutter.uri, tmp_path))

    cutter.close()
    assert cutter.cuts > 5
    _check(server.store, run_id)


def test_without_a_server_a_program_runs_to_its_end_and_is_brought_in_later(server: Server, tmp_path: Path) -> None:
    run_id, told = _ended(_program(server.uri, tmp_path))
    assert "Traceback" not in told
    assert server.uri in told

    server.start()
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    command = [sys.executable, "-m", "runstone", "--store", server.uri, "sync"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert done.returncode == 0, done.stderr
    _check(server.store, run_id)
    assert list((tmp_path / "data").rglob("spool/sha256/*/*")) == []
