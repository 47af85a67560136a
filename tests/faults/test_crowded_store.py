"""Many processes at one embedded store, and another program that locks it: all of it arrives, and nobody is told."""

from __future__ import annotations

import json
import logging
import mmap
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.store.open import open_store
from runstone.store.sql.database import SCHEMA_VERSION, Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.dialect.sqlite import SqliteDialect
from runstone.tracking.session import session_at

Fork = Callable[[Callable[[], object]], int]

WRITERS = 6
RUNS = 2
POINTS = 2000

LOCKER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
while True:
    connection.execute("BEGIN EXCLUSIVE")
    print("locked", flush=True)
    time.sleep(1.5)
    connection.execute("ROLLBACK")
    time.sleep(0.5)
"""


@pytest.fixture
def locker(store_folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the store locked, and lets go of it for half a second at a time."""
    session_at().store.search_experiments()
    process = subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(store_folder / "runstone.db")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "locked\n"
    yield process
    process.kill()
    process.communicate()


def test_many_processes_write_while_another_program_locks_the_store_for_seconds(
    store_folder: Path, tmp_path: Path, forked: Fork, locker: subprocess.Popen[str]
) -> None:
    def write(writer: int) -> None:
        said: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("runstone").addHandler(handler)
        for number in range(RUNS):
            with runstone.start_run(run_name=f"{writer}-{number}", params={"writer": writer}):
                for step in range(POINTS):
                    runstone.log_metric("loss", step / 2, step=step)
                runstone.set_tag("number", number)
        session_at().close()
        (tmp_path / f"said-{writer}").write_text(json.dumps(said))

    pids = [forked(lambda writer=writer: write(writer)) for writer in range(WRITERS)]  # type: ignore[misc]
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]

    assert locker.poll() is None
    assert ends == [0] * WRITERS
    assert [json.loads((tmp_path / f"said-{writer}").read_text()) for writer in range(WRITERS)] == [[]] * WRITERS
    runs = runstone.search_runs(["0"], output_format="list")
    assert sorted(run.info.run_name for run in runs) == [
        f"{writer}-{number}" for writer in range(WRITERS) for number in range(RUNS)
    ]
    for run in runs:
        writer, number = run.info.run_name.split("-")
        steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
        assert np.array_equal(steps, np.arange(POINTS))
        assert (run.params["writer"], run.tags["number"], run.info.status) == (int(writer), number, "FINISHED")


def test_processes_that_make_the_store_at_the_same_moment_all_get_one(tmp_path: Path, forked: Fork) -> None:
    stores = [tmp_path / f"store-{number}" for number in range(60)]
    makers = 6
    arrived = mmap.mmap(-1, len(stores) * makers)

    def use(maker: int) -> None:
        try:
            for number, folder in enumerate(stores):
                arrived[number * makers + maker] = 1
                while 0 in arrived[number * makers : (number + 1) * makers]:
                    os.sched_yield()
                store = open_store(str(folder))
                store.create_experiment(f"of-{maker}")
                store.close()
        finally:
            # Nobody waits for one that failed.
            for number in range(len(stores)):
                arrived[number * makers + maker] = 1

    pids = [forked(lambda maker=maker: use(maker)) for maker in range(makers)]  # type: ignore[misc]
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]

    assert ends == [0] * makers
    for folder in stores:
        store = open_store(str(folder))
        names = {experiment.name for experiment in store.search_experiments()}
        store.close()
        assert {f"of-{maker}" for maker in range(makers)} <= names


class Watched:
    """A connection that has something happen after so many questions to it."""

    def __init__(self, connection: Connection, countdown: int, happen: Callable[[], None]) -> None:
        self._connection = connection
        self._countdown = countdown
        self._happen = happen

    def __getattr__(self, name: str) -> Any:
        self._countdown -= 1
        if self._countdown == 0:
            self._happen()
        return getattr(self._connection, name)


@pytest.mark.parametrize("question", [1, 2, 3, 4])
def test_store_that_another_process_makes_while_this_one_looks_at_it_is_not_taken_for_a_foreign_one(
    tmp_path: Path, question: int
) -> None:
    dialect = SqliteDialect(tmp_path / "runstone.db")
    connection = dialect.connect()
    another = Database(SqliteDialect(tmp_path / "runstone.db"))

    version = dialect.schema_version(Watched(connection, question, lambda: another.read(lambda _: None)))

    assert version in (0, SCHEMA_VERSION)
    connection.close()
    another.close()
