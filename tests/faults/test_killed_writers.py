"""Writers killed at any moment: what a returned call logged is there once, and nothing else is."""

from __future__ import annotations

import mmap
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import runstone
from runstone.core.errors import NotFound
from runstone.journal.reader import iter_journals
from runstone.tracking import drain
from runstone.tracking.session import session_at

Fork = Callable[[Callable[[], object]], int]

ROUNDS = 60
WRITERS = 4


class Ledger:
    """How many calls of each kind returned in each child, in memory that outlives them."""

    KINDS = 3

    def __init__(self, slots: int) -> None:
        # A number is stored at once: struct would write zeros first, and the kill might come in between.
        self._counts = memoryview(mmap.mmap(-1, slots * self.KINDS * 8)).cast("q")

    def note(self, slot: int, kind: int, count: int) -> None:
        self._counts[self.KINDS * slot + kind] = count

    def read(self, slot: int) -> list[int]:
        return self._counts[self.KINDS * slot : self.KINDS * (slot + 1)].tolist()


def log_until_killed(run_id: str, slot: int, ledger: Ledger) -> None:
    key = f"writer-{slot}"
    runstone.start_run(run_id=run_id)
    step = 0
    while True:
        runstone.log_metric(key, step / 2, step=step)
        step += 1
        ledger.note(slot, 0, step)
        if step % 50 == 0:
            runstone.set_tag(key, step // 50)
            ledger.note(slot, 1, step // 50)
            time.sleep(0.0001)
        if step % 400 == 0:
            number = step // 400
            runstone.log_param(f"{key}/{number}", number)
            runstone.log_text(f"{key} {number}", f"{key}/{number}.txt")
            ledger.note(slot, 2, number)


def test_all_that_writers_logged_until_they_were_killed_at_random_moments_is_there_once(
    store_folder: Path, forked: Fork
) -> None:
    moments = random.Random(7)
    run_id = session_at().store.create_run(_new_run()).info.run_id
    ledger = Ledger(ROUNDS * WRITERS)

    for first in range(0, ROUNDS * WRITERS, WRITERS):
        pids = [
            forked(lambda slot=slot: log_until_killed(run_id, slot, ledger))  # type: ignore[misc]
            for slot in range(first, first + WRITERS)
        ]
        for pid in pids:
            time.sleep(moments.uniform(0.0, 0.03))
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)
    problems = session_at().pick_up()

    assert problems == []
    assert list(iter_journals(store_folder / "journal")) == []
    run = runstone.get_run(run_id)
    keys = [f"writer-{slot}" for slot in range(ROUNDS * WRITERS)]
    series = runstone.read_series(run_id, keys)
    files = {entry.path: entry.digest for entry in session_at().store.iter_artifacts(run_id, "")}
    logged = 0
    for slot, key in enumerate(keys):
        points, tags, others = ledger.read(slot)
        columns = series.get((run_id, key))
        steps = np.array([], dtype=np.int64) if columns is None else columns.steps
        # The call that the kill broke off may have written its point, and may not.
        assert len(steps) in (points, points + 1)
        assert np.array_equal(steps, np.arange(len(steps)))
        if columns is not None:
            assert np.array_equal(columns.values, np.arange(len(steps)) / 2)
        assert int(run.tags.get(key, "0")) in (tags, tags + 1)
        for number in range(1, others + 1):
            assert run.params[f"{key}/{number}"] == number
            assert session_at().blobs.get_bytes(files[f"{key}/{number}.txt"]) == f"{key} {number}".encode()
        assert {f"{key}/{number}" in run.params for number in (others + 2, others + 3)} == {False}
        logged += points
    assert logged > 10_000


def test_run_of_a_killed_process_is_shown_as_lost(store_folder: Path, forked: Fork) -> None:
    receiver, sender = os.pipe()

    def start() -> None:
        run = runstone.start_run()
        runstone.log_metric("loss", 0.5)
        os.write(sender, run.run_id.encode())
        signal.pause()

    pid = forked(start)
    run_id = os.read(receiver, 100).decode()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    runstone.start_run()

    info = runstone.get_run(run_id).info
    assert (info.status, (info.status_reason or "")[:4]) == ("FAILED", "lost")
    assert info.end_time is not None
    assert runstone.get_run(run_id).data.metrics == {"loss": 0.5}


def test_process_killed_at_any_moment_of_starting_leaves_no_run_that_runs_forever(
    store_folder: Path, forked: Fork
) -> None:
    moments = random.Random(11)

    for _ in range(40):
        pid = forked(lambda: runstone.start_run() and signal.pause())
        time.sleep(moments.uniform(0.0, 0.02))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    session_at().pick_up()

    statuses = {run.info.status for run in runstone.search_runs(["0"], output_format="list")}
    assert statuses <= {"FAILED"}


@pytest.mark.parametrize("dies", ["before the commit", "after the commit"])
@pytest.mark.parametrize("call", range(5))
def test_drain_that_dies_between_its_steps_doubles_and_loses_nothing(
    store_folder: Path, forked: Fork, dies: str, call: int
) -> None:
    run_id = session_at().store.create_run(_new_run()).info.run_id
    drain_slice = 4096

    def log() -> None:
        drain._MAX_SLICE = drain_slice
        _die_in_ingest(call, dies)
        runstone.start_run(run_id=run_id)
        for step in range(1000):
            runstone.log_metric("loss", float(step), step=step)
        runstone.end_run()

    def pick_up() -> None:
        _die_in_ingest(0, dies)
        session_at().pick_up()

    for work in (log, pick_up, pick_up):
        assert os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1]) == 7
    assert session_at().pick_up() == []

    columns = runstone.read_series(run_id, "loss")[run_id, "loss"]
    assert np.array_equal(columns.steps, np.arange(len(columns.steps)))
    assert len(columns.steps) == runstone.get_run(run_id).metrics["loss"].count == 1000


def test_finished_run_whose_process_died_before_it_was_sent_is_finished(store_folder: Path, forked: Fork) -> None:
    def log() -> None:
        with runstone.start_run(run_name="finished"):
            runstone.log_metric("loss", 0.25)
            _die_in_ingest(0, "before the commit")

    assert os.waitstatus_to_exitcode(os.waitpid(forked(log), 0)[1]) == 7
    session_at().pick_up()

    (run,) = runstone.search_runs(["0"], output_format="list")
    assert (run.info.run_name, run.info.status, run.data.metrics) == ("finished", "FINISHED", {"loss": 0.25})


def test_journal_of_a_run_that_was_removed_for_good_is_kept_and_reported(store_folder: Path, forked: Fork) -> None:
    known = session_at().store.create_run(_new_run()).info.run_id
    journal = store_folder / "journal"

    def log() -> None:
        runstone.start_run(run_id=known)
        runstone.log_metric("loss", 0.5)
        (folder,) = journal.iterdir()
        folder.rename(journal / f"{'0' * 32}.{folder.name.partition('.')[2]}")
        os._exit(7)

    os.waitpid(forked(log), 0)
    (problem,) = session_at().pick_up()

    assert problem.startswith(str(journal / ("0" * 32)))
    assert "not found" in problem
    assert len(list(journal.iterdir())) == 1
    with pytest.raises(NotFound):
        runstone.get_run("0" * 32)


def _die_in_ingest(call: int, moment: str) -> None:
    """End this process in the midst of sending, at a call of ``Store.ingest``."""
    store = session_at().store
    ingest = store.ingest
    calls = iter(range(1000))

    def dying(slices):  # type: ignore[no-untyped-def]
        is_last = next(calls) == call
        if is_last and moment == "before the commit":
            os._exit(7)
        accepted = ingest(slices)
        if is_last:
            os._exit(7)
        return accepted

    store.ingest = dying  # type: ignore[method-assign]


def _new_run():  # type: ignore[no-untyped-def]
    from runstone.core.clock import now_ms
    from runstone.core.entities import NewRun
    from runstone.core.ids import new_run_id

    return NewRun(run_id=new_run_id(), run_name="shared", start_time=now_ms(), experiment_id="0")
