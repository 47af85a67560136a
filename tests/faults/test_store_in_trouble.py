"""A store that is locked, absent, foreign or damaged: the program goes on, and an error says where and what to do."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.cli.runs.status import duration_ms
from runstone.cli.text import duration
from runstone.core.errors import PermissionDenied, RunstoneError, StoreCorrupt, Unavailable
from runstone.journal.format import POINT_SIZE
from runstone.journal.reader import read_points
from runstone.tracking import drain, run_writer
from runstone.tracking.session import session_at

InChild = Callable[[Callable[[], Any]], Any]

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locked(store_folder: Path) -> Iterator[Callable[[], Callable[[], None]]]:
    """Has another program lock the store; what is returned unlocks it."""
    lockers: list[subprocess.Popen[str]] = []

    def lock() -> Callable[[], None]:
        locker = subprocess.Popen(
            [sys.executable, "-c", LOCKER, str(store_folder / "runstone.db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        lockers.append(locker)
        assert locker.stdout is not None
        assert locker.stdout.readline() == "locked\n"
        return lambda: locker.communicate() and None  # type: ignore[func-returns-value]

    yield lock
    for locker in lockers:
        locker.kill()
        locker.communicate()


def test_logging_does_not_wait_for_a_store_that_another_program_locks(
    store_folder: Path, locked: Callable[[], Callable[[], None]], caplog: pytest.LogCaptureFixture
) -> None:
    run = runstone.start_run()
    unlock = locked()

    # The drain is stuck at the lock by now; if one of these waited for it, it would wait until we unlock: forever.
    for step in range(20_000):
        runstone.log_metric("loss", float(step), step=step)
        if step % 1000 == 0:
            runstone.log_params({f"p{step}": step})
            runstone.set_tag("at", step)
            time.sleep(0.005)
    unlock()
    runstone.end_run()

    assert caplog.messages == []
    found = runstone.get_run(run.run_id)
    assert (found.metrics["loss"].count, len(found.params), found.tags["at"]) == (20_000, 20, "19000")
    assert found.info.status == "FINISHED"


def test_store_that_stays_locked_costs_nothing_but_time(
    store_folder: Path,
    locked: Callable[[], Callable[[], None]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runstone.store.sql.dialect.sqlite._BUSY_TIMEOUT_S", 0.2)
    run = runstone.start_run()
    runstone.log_metric("loss", 0.5)
    unlock = locked()

    runstone.end_run()
    during = list(caplog.messages)
    unlock()
    assert runstone.flush() is True

    assert [str(store_folder / "runstone.db") in message for message in during] == [True]
    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"loss": 0.5})
    assert os.listdir(store_folder / "journal") == []


def test_a_run_begins_and_ends_while_the_store_is_locked(
    store_folder: Path,
    locked: Callable[[], Callable[[], None]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runstone.store.sql.dialect.sqlite._BUSY_TIMEOUT_S", 0.5)
    runstone.search_runs(output_format="list")  # there is a store
    unlock = locked()

    run = runstone.start_run(experiment="new")
    runstone.log_metric("loss", 0.5)
    with pytest.raises(Unavailable, match="locked"):
        runstone.get_run(run.run_id)
    runstone.end_run()
    during = list(caplog.messages)
    unlock()
    assert runstone.flush() is True

    assert len(during) == 1
    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"loss": 0.5})
    assert runstone.get_experiment(found.info.experiment_id).name == "new"


def below_a_file(folder: Path) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file")
    return folder / "store"


def on_proc(folder: Path) -> Path:
    return Path("/proc/runstone-store")


def text_file(folder: Path) -> Path:
    folder.mkdir()
    (folder / "runstone.db").write_text("dear diary, " * 1000)
    return folder


def database_of_somebody_else(folder: Path) -> Path:
    folder.mkdir()
    connection = sqlite3.connect(folder / "runstone.db")
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    return folder


def folder_in_the_place_of_the_database(folder: Path) -> Path:
    (folder / "runstone.db").mkdir(parents=True)
    return folder


def truncated_database(folder: Path) -> Path:
    whole = folder.with_name("whole")
    session = session_at(whole)
    for number in range(50):
        session.store.create_experiment(f"experiment-{number}")
    session.store.close()
    session._store = None
    folder.mkdir()
    data = (whole / "runstone.db").read_bytes()
    (folder / "runstone.db").write_bytes(data[: len(data) // 3])
    return folder


PLACES = [
    (below_a_file, (StoreCorrupt, Unavailable)),
    (on_proc, (PermissionDenied, Unavailable)),
    (text_file, (StoreCorrupt,)),
    (database_of_somebody_else, (StoreCorrupt,)),
    (folder_in_the_place_of_the_database, (StoreCorrupt,)),
    (truncated_database, (StoreCorrupt,)),
]


@pytest.mark.parametrize(("make", "kinds"), PLACES, ids=[make.__name__ for make, _ in PLACES])
def test_program_goes_on_over_a_store_that_cannot_be_used(
    store_folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], Path],
    kinds: tuple[type[RunstoneError], ...],
) -> None:
    place = make(store_folder)
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(place))

    with runstone.start_run(params={"lr": 0.1}, tags={"team": "a"}):
        for step in range(1000):
            runstone.log_metric("loss", float(step), step=step)
        runstone.log_param("epochs", 3)

    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    message = errors[0].getMessage()
    assert str(store_folder if make is below_a_file else place) in message
    assert "RUNSTONE_TRACKING_URI" in message or "restore" in message
    with pytest.raises(kinds, match=str(store_folder if make is below_a_file else place)):
        runstone.Client().create_experiment("explicit")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="runstone-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def become_nobody() -> None:
    """Give up the right to write anywhere, if this process has it."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


def errors_of(lines: list[tuple[str, str]]) -> list[str]:
    return [message for level, message in lines if level == "ERROR"]


def listen() -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append((record.levelname, record.getMessage()))  # type: ignore[method-assign]
    logging.getLogger("runstone").addHandler(handler)
    return lines


def test_program_goes_on_in_a_folder_that_it_may_not_write(
    open_folder: Path, store_folder: Path, in_child: InChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(open_folder))
    open_folder.chmod(0o555)

    def train() -> tuple[list[str], str]:
        become_nobody()
        lines = listen()
        with runstone.start_run(params={"lr": 0.1}):
            for step in range(1000):
                runstone.log_metric("loss", float(step), step=step)
        with pytest.raises(PermissionDenied) as caught:
            runstone.Client().create_experiment("explicit")
        session_at().close()
        return errors_of(lines), str(caught.value)

    errors, explicit = in_child(train)

    assert os.listdir(open_folder) == []
    for message in (errors[0], explicit):
        assert str(open_folder) in message
        assert "RUNSTONE_TRACKING_URI" in message
    assert "is lost" in errors[-1]
    assert len(errors) == 2


def test_folder_that_is_read_only_for_a_while_costs_nothing(
    open_folder: Path, store_folder: Path, in_child: InChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = open_folder / "store"
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(folder))

    def rights(read_only: bool) -> None:
        for path in (*folder.rglob("*"), folder):
            path.chmod((0o555 if path.is_dir() else 0o444) if read_only else (0o755 if path.is_dir() else 0o644))

    def train() -> list[str]:
        become_nobody()
        lines = listen()
        run = runstone.start_run()
        runstone.log_metric("loss", 0.0, step=0)
        runstone.flush()
        run.session.store.close()
        rights(read_only=True)
        for step in range(1, 20_000):
            runstone.log_metric("loss", float(step), step=step)
        runstone.flush()
        during = errors_of(lines)
        rights(read_only=False)
        run.session.store.close()
        runstone.end_run()
        run.session.close()
        return during

    errors = in_child(train)

    assert errors != []
    assert all(str(folder) in message for message in errors)
    (run,) = runstone.search_runs(["0"], output_format="list")
    steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
    assert np.array_equal(steps, np.arange(20_000))
    assert run.info.status == "FINISHED"


def test_database_whose_pages_are_overwritten_in_the_middle_of_a_run_is_reported_and_the_journal_kept(
    store_folder: Path, in_child: InChild
) -> None:
    def train() -> list[str]:
        lines = listen()
        run = runstone.start_run()
        runstone.flush()
        run.session.store.close()
        database = store_folder / "runstone.db"
        size = database.stat().st_size
        with database.open("r+b") as stream:
            stream.seek(100)
            stream.write(b"\xa5" * (size - 100))
        for step in range(1000):
            runstone.log_metric("loss", float(step), step=step)
        runstone.end_run()
        run.session.close()
        return errors_of(lines)

    (error,) = in_child(train)

    assert str(store_folder / "runstone.db") in error
    assert "runstone restore" in error
    (journal,) = (store_folder / "journal").iterdir()
    assert sum(len(piece.data) for piece in read_points(journal)) == 1000 * POINT_SIZE


@pytest.mark.parametrize("make", [text_file, database_of_somebody_else, folder_in_the_place_of_the_database])
def test_what_was_logged_over_a_foreign_file_arrives_once_that_is_moved_away(
    store_folder: Path, in_child: InChild, make: Callable[[Path], Path]
) -> None:
    make(store_folder)

    def train() -> str:
        with runstone.start_run() as run:
            runstone.log_metric("loss", 0.5)
            runstone.log_param("lr", 0.1)
        run.session.close()
        return run.run_id

    run_id = in_child(train)
    (store_folder / "runstone.db").rename(store_folder / "moved-away")
    assert session_at().pick_up() == []

    found = runstone.get_run(run_id)
    assert (found.info.status, found.data.metrics, found.params) == ("FINISHED", {"loss": 0.5}, {"lr": 0.1})


def test_clock_that_goes_backwards_changes_nothing_but_the_timestamps(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(2_000_000_000, 0, -3600))
    monkeypatch.setattr(run_writer, "time", lambda: next(seconds))

    with runstone.start_run() as run:
        for step in range(1000):
            runstone.log_metric("loss", float(step), step=step)

    columns = runstone.read_series(run.run_id, "loss")[run.run_id, "loss"]
    assert np.array_equal(columns.steps, np.arange(1000))
    assert np.array_equal(columns.timestamps, (2_000_000_000 - 3600 * np.arange(1000)) * 1000)


def test_run_goes_on_giving_signs_of_life_when_the_clock_is_put_back(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_years_ahead_ms = 2_000_000_000_000
    hour_ms = 3_600_000
    monkeypatch.setattr(drain, "now_ms", lambda: ten_years_ahead_ms)
    run = runstone.start_run()
    runstone.flush()

    monkeypatch.setattr(drain, "now_ms", lambda: ten_years_ahead_ms - hour_ms)
    runstone.flush()

    assert run.writer.beat_ms == ten_years_ahead_ms - hour_ms


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the wall clock ahead or, with fewer seconds than none, back."""
    real_ns = time.time_ns

    def put(seconds: float) -> None:
        monkeypatch.setattr(time, "time_ns", lambda: real_ns() + int(seconds * 1e9))
        monkeypatch.setattr(run_writer, "time", lambda: time.time_ns() / 1e9)

    return put


def test_run_during_which_the_clock_is_put_back_is_whole_and_took_no_negative_time(
    store_folder: Path, clock: Callable[[float], None]
) -> None:
    with runstone.start_run() as run:
        for hour in range(5):
            clock(-3600 * hour)
            runstone.log_metric("loss", float(hour), step=hour)
            assert runstone.flush() is True

    found = runstone.get_run(run.run_id)
    took = duration_ms(found.info)
    assert took is not None
    assert duration(took) == "0.0 s"
    assert (found.info.status, found.metrics["loss"].count) == ("FINISHED", 5)
    columns = runstone.read_series(run.run_id, "loss")[run.run_id, "loss"]
    assert np.array_equal(columns.steps, np.arange(5))
    assert list(columns.timestamps) == sorted(columns.timestamps, reverse=True)


@pytest.mark.parametrize("seconds", [-86_400, 0, 86_400])
def test_who_is_dead_is_known_whatever_the_clock_says(
    store_folder: Path, clock: Callable[[float], None], forked: Callable[[Callable[[], object]], int], seconds: float
) -> None:
    receiver, sender = os.pipe()

    def train() -> None:
        run = runstone.start_run()
        runstone.log_metric("loss", 0.5)
        runstone.flush()
        os.write(sender, run.run_id.encode())
        signal.pause()

    pid = forked(train)
    run_id = os.read(receiver, 100).decode()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)

    clock(seconds)
    assert session_at().pick_up() == []

    found = runstone.get_run(run_id)
    assert (found.info.status, (found.info.status_reason or "")[:4]) == ("FAILED", "lost")
    assert found.data.metrics == {"loss": 0.5}


@pytest.mark.parametrize("seconds", [-86_400, 86_400])
def test_living_run_is_shown_as_running_soon_after_the_clock_was_put_forward_or_back(
    store_folder: Path, clock: Callable[[float], None], seconds: float
) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.5)
    runstone.flush()

    clock(seconds)
    assert run.session.pick_up() == []
    runstone.flush()

    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.data.metrics) == ("RUNNING", {"loss": 0.5})
