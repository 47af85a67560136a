"""Servers that can be killed, what stands between them and their clients, and a program that logs to them."""

from __future__ import annotations

import itertools
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

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
    """A server on one port, whichever of its processes is alive.

    Args:
        store: Path or URI of the store.
        environment: Added to that of this process.
    """

    def __init__(self, store: Path | str, environment: Mapping[str, str] | None = None) -> None:
        self.store = store
        self._environment = {**os.environ, **(environment or {})}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, max_file_bytes: int | None = None) -> None:
        """Start it, perhaps where no file may grow beyond a size."""

        def limit() -> None:
            if max_file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        command = [sys.executable, "-m", "runstone", "server", "--store", str(self.store), "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, env=self._environment, preexec_fn=limit if max_file_bytes else None
        )
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
    """A proxy before one or more servers.

    Args:
        ports: Where the servers are; each connection goes to the next that answers.
        chance: Of a piece of an answer to be swallowed, and its connection closed, before the client hears of it.
    """

    def __init__(self, ports: Sequence[int], chance: float = 0.0) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._turns = itertools.cycle(ports)
        self._servers = len(ports)
        self._chance = chance
        self._random = random.Random(7)
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0
        self._threads: list[threading.Thread] = []
        self._run(self._accept)

    def mend(self) -> None:
        """Cut nothing from now on."""
        self._chance = 0.0

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
                server = self._connect()
                if server is None:
                    client.close()
                    continue
                self._run(self._forward, client, server, False)
                self._run(self._forward, server, client, True)

    def _connect(self) -> socket.socket | None:
        for _ in range(self._servers):
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", next(self._turns)))
        return None

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


def program(uri: str, tmp_path: Path) -> subprocess.Popen[str]:
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


def ended(program: subprocess.Popen[str]) -> tuple[str, str]:
    out, told = program.communicate(timeout=240)
    assert program.returncode == 0, told
    return out.strip(), told


def check(store: Path | str, run_id: str) -> None:
    """Every point is there once, and whatever else was logged."""
    with closing(open_store(str(store))) as opened:
        run = opened.get_run(run_id)
        [columns] = opened.read_series([run_id], ["loss"]).values()
        there, counts = np.unique(columns.steps, return_counts=True)
        missing = np.setdiff1d(np.arange(POINTS), there)
        assert (missing.tolist(), there[counts > 1].tolist()) == ([], []), "points are missing, or there twice"
        assert np.array_equal(columns.values, np.arange(POINTS) * 0.5)
        assert run.metrics["loss"].count == POINTS
        assert (run.params, run.tags["at"]) == ({"lr": 0.1}, str(POINTS - 500))
        assert run.info.status == "FINISHED"
        assert [entry.path for entry in opened.iter_artifacts(run_id)] == ["notes.txt"]
        assert opened.check() == []


def sync(server: Server | Cutter, tmp_path: Path) -> None:
    """Bring in what programs could not send while they lived to the address that they knew."""
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    subprocess.run([sys.executable, "-m", "runstone", "--store", server.uri, "sync"], check=True, env=environment)
