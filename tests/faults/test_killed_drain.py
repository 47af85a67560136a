"""The drain killed at one line after the other: nothing that was logged is lost, nothing is there twice."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.core.clock import now_ms
from runstone.journal import reader, segments, writer
from runstone.journal.reader import iter_journals
from runstone.store.sql import database
from runstone.tracking import drain
from runstone.tracking.active import ActiveRun
from runstone.tracking.session import session_at

Fork = Callable[[Callable[[], object]], int]

POINTS = 150
BULK = 40
PARTS = 3
"""The lines are dealt out to so many tests, so that they can run beside each other."""

DATASET = runstone.data.from_numpy(np.arange(6.0))
KILLED = 7
MOST_LINES = 3000

_STEPS = {module.__file__ for module in (drain, reader, writer, segments, database)}


def die_at_line(wanted: int) -> None:
    """End this process, without a word, when it is about to run its n-th line of sending from here on."""
    seen = 0

    def at_line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal seen
        if event == "line":
            if seen == wanted:
                os._exit(KILLED)
            seen += 1
        return at_line

    def at_call(frame: FrameType, event: str, _: object) -> Any:
        return at_line if frame.f_code.co_filename in _STEPS else None

    sys.settrace(at_call)


def log_everything(name: str) -> ActiveRun:
    """Log one or more of each kind, and end the run as far as the journal is concerned."""
    run = runstone.start_run(run_name=name)
    for step in range(POINTS):
        runstone.log_metric("loss", step / 2, step=step)
    runstone.log_series("bulk", np.arange(BULK))
    runstone.log_params({"lr": 0.1, "name": name})
    runstone.set_tag("note", name)
    runstone.set_tag("gone", "soon")
    run.writer.delete_tag("gone")
    runstone.log_text(name, "notes/name.txt")
    for number in range(3):
        run.writer.write_console("stdout", f"{name} line {number}\n")
    runstone.log_input(DATASET, context="training")
    run.writer.set_status("FINISHED", end_time=now_ms())
    # Nothing of it was sent on the way.
    assert run.writer.sent == (0, 0)
    return run


def assert_whole(store_folder: Path, names: list[str]) -> None:
    """See to it that what was logged to some runs is there once, and that no journal is left."""
    assert list(iter_journals(store_folder / "journal")) == []
    runs = {run.info.run_name: run for run in runstone.search_runs(["0"], output_format="list")}
    store, blobs = session_at().store, session_at().blobs
    for name in names:
        run = runs[name]
        run_id = run.info.run_id
        series = runstone.read_series(run_id, ["loss", "bulk"])
        assert np.array_equal(series[run_id, "loss"].steps, np.arange(POINTS))
        assert np.array_equal(series[run_id, "loss"].values, np.arange(POINTS) / 2)
        assert np.array_equal(series[run_id, "bulk"].values, np.arange(BULK))
        assert (run.metrics["loss"].count, run.metrics["bulk"].count) == (POINTS, BULK)
        assert run.params == {"lr": 0.1, "name": name}
        assert (run.tags["note"], "gone" in run.tags) == (name, False)
        entry = store.find_artifact(run_id, "notes/name.txt")
        assert entry is not None
        assert blobs.get_bytes(entry.digest) == name.encode()
        printed = [piece.text for _, piece in store.read_console(run_id)]
        assert printed == [f"{name} line {number}\n" for number in range(3)]
        assert len(run.inputs.dataset_inputs) == 1
        assert run.info.status == "FINISHED"


@pytest.fixture
def small_pieces(store_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has sending take many slices and segments, and only when this process says so."""
    monkeypatch.setattr(drain, "_MAX_SLICE", 2048)
    monkeypatch.setattr(writer, "_FIRST_POINTS", 4096)
    monkeypatch.setattr(writer, "_FIRST_EVENTS", 4096)
    monkeypatch.setenv("RUNSTONE_DRAIN_INTERVAL", "3600")
    session_at().store.search_experiments()


@pytest.mark.parametrize("first", range(PARTS))
@pytest.mark.usefixtures("small_pieces")
def test_process_killed_at_any_line_of_sending_its_own_journal(store_folder: Path, forked: Fork, first: int) -> None:
    def work() -> None:
        run = log_everything(f"run-{line}")
        die_at_line(line)
        run.session.end_writer(run.run_id)

    names = []
    line = first
    while kill(forked, work):
        assert line < MOST_LINES
        names.append(f"run-{line}")
        line += PARTS
    problems = session_at().pick_up()

    assert len(names) > 30
    assert problems == []
    assert_whole(store_folder, names)


@pytest.mark.parametrize("first", range(PARTS))
@pytest.mark.usefixtures("small_pieces")
def test_process_killed_at_any_line_of_bringing_in_what_another_left(
    store_folder: Path, forked: Fork, first: int
) -> None:
    def leave() -> None:
        log_everything(f"run-{line}")
        os._exit(KILLED)

    def adopt() -> None:
        session_at()._picked_up = True
        die_at_line(line)
        session_at().pick_up()

    names = []
    line = first
    while kill(forked, leave) and kill(forked, adopt):
        assert line < MOST_LINES
        names.append(f"run-{line}")
        line += PARTS
    problems = session_at().pick_up()

    assert len(names) > 30
    assert problems == []
    assert_whole(store_folder, [*names, f"run-{line}"])


def kill(forked: Fork, work: Callable[[], object]) -> bool:
    """Run something in a child that is to be killed, and say whether it was; it came to its end otherwise."""
    status = os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1])
    assert status in (0, KILLED)
    return status == KILLED
