"""Child processes to be killed or robbed of their disk, and a store that outlives them."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runstone.core.settings import TABLE
from runstone.tracking import active, ending, session

Work = Callable[[], Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("faults")


@pytest.fixture
def store_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a store that this process and its children use; captures are off, the drain is quick."""
    for setting in TABLE:
        for variable in setting.variables:
            monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "store"
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(folder))
    monkeypatch.setenv("RUNSTONE_CAPTURE", "none")
    monkeypatch.setenv("RUNSTONE_DRAIN_INTERVAL", "0.01")
    _forget_runs()
    yield folder
    while active._open_runs:
        active.end(active._open_runs[-1], "KILLED")
    session._close_all()
    _forget_runs()


def _forget_runs() -> None:
    active._stack.set(())
    active._last = None
    ending.forget()
    active._environment_run_used = False
    active.choose_experiment(None, None)
    active._seed_tags = {}
    session.set_uri(None)


@pytest.fixture
def forked() -> Iterator[Callable[[Work], int]]:
    """Runs a function in a forked child that never comes back, and returns its process id."""
    children: list[int] = []

    def fork(work: Work) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                work()
            except BaseException:
                traceback.print_exc()
                os._exit(99)
            os._exit(0)
        children.append(pid)
        return pid

    yield fork
    for pid in children:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


@pytest.fixture
def in_child(forked: Callable[[Work], int]) -> Callable[[Work], Any]:
    """Runs a function in a forked child and returns what it returned, by way of JSON."""

    def call(work: Work) -> Any:
        receiver, sender = os.pipe()

        def send() -> None:
            with os.fdopen(sender, "w") as stream:
                json.dump(work(), stream)

        pid = forked(send)
        os.close(sender)
        with os.fdopen(receiver) as stream:
            text = stream.read()
        _, status = os.waitpid(pid, 0)
        assert status == 0, f"the child ended with status {status}"
        return json.loads(text)

    return call
