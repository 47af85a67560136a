from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from runstone.core.entities import ArtifactEntry, NewRun
from runstone.core.ids import new_run_id
from runstone.core.settings import Settings
from runstone.tracking.location import Location
from runstone.tracking.session import Session
from runstone.transfer import backup, fsck


def _session(folder: Path) -> Session:
    return Session(Location(str(folder), "a test", folder), Settings())


def _tell_nobody(what: str, done: int, total: int) -> None:
    pass


def _log_run(session: Session, number: int) -> None:
    run_id = new_run_id()
    session.store.create_run(NewRun(run_id=run_id, run_name=f"run-{number}", start_time=1, experiment_name="e"))
    stored = session.blobs.put_bytes(f"file {number}".encode())
    entry = ArtifactEntry(path="a.txt", digest=stored.digest, size_bytes=stored.size_bytes)
    session.store.put_artifacts(run_id, [entry])


def test_a_copy_of_a_store_in_use_has_every_file_its_database_knows(tmp_path: Path) -> None:
    live = _session(tmp_path / "live")
    _log_run(live, -1)
    stop = threading.Event()
    begun = threading.Barrier(2)

    def keep_logging() -> None:
        for number in range(100_000):
            if stop.is_set():
                break
            _log_run(live, number)
            if number == 3:
                begun.wait(30)

    writer = threading.Thread(target=keep_logging)
    writer.start()
    try:
        begun.wait(30)
        copied = [backup.backup(live, tmp_path / f"copy-{number}", _tell_nobody) for number in range(3)]
    finally:
        stop.set()
        writer.join()
        live.close()

    assert all(not copy.problems and copy.runs >= copy.blobs >= 4 for copy in copied)
    assert copied[0].runs < copied[-1].runs
    for number in range(3):
        session = _session(tmp_path / f"copy-{number}")
        assert fsck.check(session, progress=_tell_nobody) == []
        session.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only here is a path any bytes")
def test_a_copy_lies_in_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    live = _session(tmp_path / os.fsdecode(b"\xfd"))
    _log_run(live, 0)
    destination = tmp_path / os.fsdecode(b"\xff\xfe") / "copy"

    copied = backup.backup(live, destination, _tell_nobody)

    live.close()
    assert copied.runs == 1
    assert destination.is_dir()
