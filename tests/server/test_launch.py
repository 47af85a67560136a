"""``runstone server`` as a process of its own."""

from __future__ import annotations

import json
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

from runstone.core.entities.team import Grant
from runstone.core.errors import InvalidArgument, Unauthenticated
from runstone.server import protocol
from runstone.server.launch import Address, check_address, listen
from runstone.store.open import open_store
from runstone.store.remote import open_remote
from runstone.testing.serving import Front, serving

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


def _place(front: Front) -> tuple[str, int]:
    host, _, port = front.uri.removeprefix("http://").partition(":")
    return host, int(port)


def test_a_port_that_is_taken_is_an_error_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "runstone", "server", "--store", str(tmp_path / "s"), "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 7
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_answers_wait_for_no_acknowledgement() -> None:
    with listen(Address(port=0)) as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "runs.example"])
def test_a_wide_address_is_refused_as_long_as_nobody_has_to_log_in(host: str) -> None:
    with pytest.raises(InvalidArgument, match="--login"):
        check_address(Address(host), has_login=False, insecure=False)
    check_address(Address(host), has_login=True, insecure=False)
    check_address(Address(host), has_login=False, insecure=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_the_loopback_is_let_through(host: str) -> None:
    check_address(Address(host), has_login=False, insecure=False)


def test_a_new_server_prints_where_the_admin_is_made(start: Start) -> None:
    server = start("--port", "0", "--login")
    assert server.process.stderr is not None
    link = re.search(r"(/setup\?token=\S+)", server.process.stderr.readline())
    assert link

    with urllib.request.urlopen(server.uri + link[1]) as page:
        assert b"Make the admin" in page.read()
    with pytest.raises(Unauthenticated):
        open_remote(server.uri).get_info()


def test_a_store_with_users_asks_who_comes_without_being_told_to(start: Start, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    store.create_user("ada", grants=[Grant("viewer")])
    secret = store.create_token("ada", "t").secret
    store.close()
    server = start("--port", "0")

    with pytest.raises(Unauthenticated):
        open_remote(server.uri).get_info()
    known = open_remote(server.uri.replace("http://", f"http://token:{secret}@"))
    assert known.get_info().runs == 0
    known.close()


def test_options_come_from_a_file_and_those_given_win(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text('port = 1\nallow-host = ["runs.example"]\naccess-log = true\n')
    server = start("--config", str(config), "--port", "0")
    request = urllib.request.Request(f"{server.uri}/health", headers={"Host": "runs.example", "X-Request-ID": "abc-1"})

    with urllib.request.urlopen(request) as answer:
        assert answer.headers["X-Request-ID"] == "abc-1"

    server.process.send_signal(signal.SIGTERM)
    _, told = server.process.communicate(timeout=60)
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert any(line["path"] == "/health" and line["request_id"] == "abc-1" and line["status"] == 200 for line in lines)


@pytest.mark.parametrize("text", ["port = ", "sort = 1", "\xff"])
def test_a_config_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.toml").write_text(text, encoding="latin-1")
    command = [sys.executable, "-m", "runstone", "server", "--config", str(tmp_path / "c.toml")]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_metrics_count_what_all_workers_answered(start: Start, workers: str) -> None:
    server = start("--port", "0", "--workers", workers)
    store = open_remote(server.uri)
    for _ in range(20):
        store.find_experiment("Default")
    store.close()

    with urllib.request.urlopen(f"{server.uri}/metrics") as answer:
        text = answer.read().decode()

    found = re.search(
        r'runstone_http_requests_total\{method="GET",route="/api/v1/experiments/find",status="200"\} (\S+)', text
    )
    assert found
    assert float(found[1]) == 20


def test_ui_serves_and_opens_nothing_when_told_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "runstone", "ui", "--store", str(tmp_path / "s"), "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        found = re.search(r"at (http://\S+)", process.stderr.readline())
        assert found
        _wait(found[1], process)
        with urllib.request.urlopen(found[1]) as page:
            assert b"<title>Runstone" in page.read()
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "_HEADERS_S", 0.1)
    with (
        serving(http=protocol.PatientProtocol) as front,
        socket.create_connection(_place(front)) as silent,
    ):
        silent.sendall(b"GET / HTTP/1.1\r\nHost: local")
        silent.settimeout(30)

        assert silent.recv(100) == b""


def test_a_server_that_is_listened_to_stops_soon(start: Start) -> None:
    server = start("--port", "0")
    with urllib.request.urlopen(f"{server.uri}/api/v1/events?experiment_id=0") as stream:
        assert stream.readline() == b"retry: 1000\n"
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(timeout=15) in (0, -signal.SIGTERM)
