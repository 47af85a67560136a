"""A disk that takes no more (a small one, or a limit on file sizes): training goes on, and nothing kept is lost."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runstone
from runstone.journal import segments
from runstone.tracking import waiting
from runstone.tracking.session import session_at

InChild = Callable[[Callable[[], Any]], Any]
Line = tuple[str, str, str]

# <sched.h> and <sys/mount.h> of Linux.
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000


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


def mount_small_disk(folder: Path, size: int) -> None:
    """Put an empty disk of some bytes at a folder, for this process and its children only; skip where none may."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNS | (0 if user == 0 else CLONE_NEWUSER)) != 0:
        raise NoDisk
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    folder.mkdir(parents=True, exist_ok=True)
    private = libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None)
    if private != 0 or libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, f"size={size}".encode()) != 0:
        raise NoDisk


class NoDisk(Exception):
    """This machine lets nobody mount anything."""


def test_disk_of_the_store_that_is_full_for_a_while_costs_nothing(
    store_folder: Path, in_child: InChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train() -> dict[str, Any] | None:
        try:
            mount_small_disk(store_folder, 6 << 20)
        except NoDisk:
            return None
        lines = listen()
        with runstone.start_run() as run:
            runstone.log_metric("loss", 0.0, step=0)
            assert runstone.flush() is True
            filler = store_folder / "filler"
            with pytest.raises(OSError, match="No space"):
                filler.write_bytes(bytes(8 << 20))
            for step in range(1, 50_000):
                runstone.log_metric("loss", float(step), step=step)
                if step % 1000 == 0:
                    runstone.set_tag(f"tag-{step}", "x" * 500)
                    runstone.log_param(f"param-{step}", step)
            assert runstone.flush() is False
            during = list(lines)
            filler.unlink()
        found = runstone.get_run(run.run_id)
        steps = runstone.read_series(run.run_id, "loss")[run.run_id, "loss"].steps
        return {
            "errors": [line for line in during if line[0] == "ERROR"],
            "after": [line for line in lines if line[0] == "ERROR"],
            "is_whole": bool(np.array_equal(steps, np.arange(50_000))),
            "tags": len([key for key in found.tags if key.startswith("tag-")]),
            "params": len(found.params),
            "status": found.info.status,
            "left": os.listdir(store_folder / "journal"),
        }

    found = in_child(train)

    if found is None:
        pytest.skip("nothing can be mounted here")
    errors = found.pop("errors")
    assert found.pop("after") == errors
    assert {
        str(store_folder / "journal") in line[2] or str(store_folder / "runstone.db") in line[2] for line in errors
    } == {True}
    assert {"free some space" in line[2] for line in errors} == {True}
    assert found == {"is_whole": True, "tags": 49, "params": 49, "status": "FINISHED", "left": []}


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
        # A folder in its place before the store is opened anew, which the drain may do at any moment.
        (store_folder / "runstone.db").rename(store_folder / "away")
        (store_folder / "runstone.db").mkdir()
        run.session._store = None
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
            for step in range(22_000):
                runstone.log_metric("loss", float(step), step=step)
            lift_limit()
            runstone.log_metric("late", 1.0)
        return lines, journal.dropped

    lines, dropped = in_child(train)

    assert dropped > 0
    assert len([line for line in lines if "records are being lost" in line[2]]) == 1
    (run,) = runstone.search_runs(["0"], output_format="list")
    steps = runstone.read_series(run.info.run_id, "loss")[run.info.run_id, "loss"].steps
    assert np.array_equal(steps, np.arange(22_000 - dropped))
    assert run.data.metrics["late"] == 1.0


def read(run_id: str, path: str) -> bytes:
    session = session_at()
    entry = session.store.find_artifact(run_id, path)
    assert entry is not None
    return session.blobs.get_bytes(entry.digest)


def test_files_logged_while_the_disk_is_full_are_stored_once_there_is_space(
    store_folder: Path, tmp_path: Path, in_child: InChild
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.bin").write_bytes(b"a" * 3000)
    (tmp_path / "gone.bin").write_bytes(b"gone")

    def train() -> tuple[str, list[Line], list[Line]]:
        lines = listen()
        with runstone.start_run() as run:
            runstone.flush()
            limit_files(0)
            for epoch in range(3):
                runstone.log_text(f"epoch {epoch}", "notes.txt")
                runstone.log_table({"epoch": [epoch]}, "table.json")
                runstone.log_metric("loss", epoch / 2, step=epoch)
            runstone.log_artifact(tmp_path / "gone.bin")
            runstone.log_artifacts(tmp_path / "files", "files")
            assert runstone.flush() is False
            during = list(lines)
            (tmp_path / "gone.bin").unlink()
            with pytest.raises(LookupError):
                runstone.log_artifact(tmp_path / "absent.bin")
            lift_limit()
        return run.run_id, during, lines

    run_id, during, lines = in_child(train)

    (blobs,) = [line for line in during if line[0] == "ERROR" and str(store_folder / "blobs") in line[2]]
    assert "free some space" in blobs[2]
    assert [line[2] for line in lines if "is lost" in line[2]] == [
        f"gone.bin of run {run_id} is lost: there is no file {tmp_path / 'gone.bin'}"
    ]
    found = runstone.get_run(run_id)
    assert (found.info.status, found.metrics["loss"].count) == ("FINISHED", 3)
    assert read(run_id, "notes.txt") == b"epoch 2"
    assert read(run_id, "files/a.bin") == b"a" * 3000
    table = json.loads(read(run_id, "table.json"))
    assert table == {"columns": ["epoch"], "data": [[0], [1], [2]]}
    assert len(session_at().store.iter_artifacts(run_id, "")) == 3


def test_file_that_is_stored_is_not_replaced_by_an_older_one_that_waited(store_folder: Path, in_child: InChild) -> None:
    def train() -> str:
        with runstone.start_run() as run:
            runstone.flush()
            limit_files(0)
            runstone.log_text("old", "notes.txt")
            lift_limit()
            runstone.log_text("new", "notes.txt")
        return run.run_id

    run_id = in_child(train)

    assert read(run_id, "notes.txt") == b"new"


def test_files_that_could_not_be_stored_until_the_end_are_named(
    store_folder: Path, in_child: InChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MAX_MEMORY", 100)

    def train() -> tuple[str, list[Line]]:
        lines = listen()
        with runstone.start_run() as run:
            runstone.flush()
            limit_files(0)
            runstone.log_bytes(b"x" * 60, "kept.bin")
            runstone.log_bytes(b"x" * 60, "too-much.bin")
        run.session.close()
        return run.run_id, lines

    run_id, lines = in_child(train)

    lost = [line[2] for line in lines if "is lost" in line[2] and ".bin" in line[2]]
    assert [text.partition(":")[0] for text in lost] == [
        f"too-much.bin of run {run_id} is lost",
        f"kept.bin of run {run_id} is lost",
    ]
