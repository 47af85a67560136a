"""A store that is locked, absent, foreign or damaged: the program goes on, and an error says where and what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.core.errors import PermissionDenied, RunstoneError, StoreCorrupt, Unavailable
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
