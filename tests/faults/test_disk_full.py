"""A disk that takes no more (here: a limit on file sizes): training goes on, and nothing that was kept is lost."""

from __future__ import annotations

import logging
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.journal import segments
from runstone.tracking.session import session_at

InChild = Callable[[Callable[[], Any]], Any]
Line = tuple[str, str, str]


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelname, record.name, record.getMessage()))


def listen() -> list[Line]:
    log = Log()
    logging.getLogger("runstone").addHandler(log)
    return log.lines


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def lift_limit() -> None:
    limit_files(resource.getrlimit(resource.RLIMIT_FSIZE)[1])


def test_full_disk_is_reported_once_and_what_was_logged_arrives_when_there_is_space_again(
    store_folder: Path, in_child: InChild
) -> None:
    def train() -> list[Line]:
        lines = listen()
        with runstone.start_run(run_name="full"):
            runstone.log_metric("loss", 0.0, step=0)
            runstone.flush()
            limit_files(16 * 1024)
            for step in range(1, 100_000):
                runstone.log_metric("loss", float(step), step=step)
                if step % 1000 == 0:
                    runstone.set_tag(f"tag-{step}", "x" * 500)
            assert runstone.flush() is False
            during = list(lines)
            lift_limit()
        return during

    lines = in_child(train)

    errors = [line for line in lines if line[0] == "ERROR"]
    journal, store = sorted(errors, key=lambda line: line[1] != "runstone.journal")
    assert str(store_folder / "journal") in journal[2]
    assert "free some space" in journal[2]
    assert str(store_folder / "runstone.db") in store[2]
    assert "free some space" in store[2]
    (run,) = runstone.search_runs(["0"], output_format="list")
    steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
    assert np.array_equal(steps, np.arange(100_000))
    assert len([key for key in run.tags if key.startswith("tag-")]) == 99
    assert run.info.status == "FINISHED"


def test_process_that_ends_before_there_is_space_leaves_what_fits_and_says_what_is_lost(
    store_folder: Path, in_child: InChild
) -> None:
    def train() -> list[Line]:
        lines = listen()
        run = runstone.start_run(run_name="never")
        runstone.log_metric("loss", 0.0, step=0)
        runstone.flush()
        limit_files(16 * 1024)
        for step in range(1, 10_000):
            runstone.log_metric("loss", float(step), step=step)
        runstone.end_run()
        run.session.close()
        return lines

    lines = in_child(train)

    assert [line for line in lines if "is lost" in line[2]] != []
    assert session_at().pick_up() == []
    (run,) = runstone.search_runs(["0"], output_format="list")
    # The first segment was on disk before the limit.
    steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
    assert np.array_equal(steps, np.arange(2048))
    assert run.info.status == "FINISHED"


def test_what_waited_in_memory_goes_to_disk_when_the_process_ends_without_the_store(
    store_folder: Path, in_child: InChild
) -> None:
    def train() -> list[Line]:
        lines = listen()
        run = runstone.start_run()
        runstone.log_metric("loss", 0.0, step=0)
        runstone.flush()
        limit_files(16 * 1024)
        for step in range(1, 10_000):
            runstone.log_metric("loss", float(step), step=step)
        lift_limit()
        (store_folder / "runstone.db").rename(store_folder / "away")
        run.session._store = None
        (store_folder / "runstone.db").mkdir()
        runstone.end_run()
        run.session.close()
        return lines

    in_child(train)
    (store_folder / "runstone.db").rmdir()
    (store_folder / "away").rename(store_folder / "runstone.db")
    assert session_at().pick_up() == []

    (run,) = runstone.search_runs(["0"], output_format="list")
    steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
    assert np.array_equal(steps, np.arange(10_000))
    assert run.info.status == "FINISHED"


def test_records_that_found_no_room_at_all_are_counted_and_the_rest_arrives(
    store_folder: Path, in_child: InChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MAX_MEMORY", 512 * 1024)
    monkeypatch.setenv("RUNSTONE_DRAIN_INTERVAL", "60")

    def train() -> tuple[list[Line], int]:
        lines = listen()
        with runstone.start_run() as run:
            journal = run.writer.journal
            limit_files(0)
            for step in range(50_000):
                runstone.log_metric("loss", float(step), step=step)
            lift_limit()
            runstone.log_metric("late", 1.0)
        return lines, journal.dropped

    lines, dropped = in_child(train)

    assert dropped > 0
    assert len([line for line in lines if "records are being lost" in line[2]]) == 1
    (run,) = runstone.search_runs(["0"], output_format="list")
    steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
    assert np.array_equal(steps, np.arange(50_000 - dropped))
    assert run.data.metrics["late"] == 1.0
