"""The drain: what it sends when, and what it does when the store says no."""

from __future__ import annotations

from pathlib import Path

import pytest

import runstone
from runstone.core.errors import InvalidArgument
from runstone.tracking import drain
from runstone.tracking.session import session_at

pytestmark = pytest.mark.usefixtures("store_folder")


def test_what_is_logged_is_in_the_store_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_DRAIN_INTERVAL", "0.01")
    run = runstone.start_run()
    store = session_at().store
    runstone.log_metric("loss", 0.5)

    # No flush on the way: the background has to do it; pytest's timeout is the limit.
    while not store.get_run(run.run_id).data.metrics:
        pass


def test_slices_are_bounded_and_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "_MAX_SLICE", 1000)
    with runstone.start_run() as run:
        for step in range(500):
            runstone.log_metric(f"m{step % 7}", float(step), step=step)
            runstone.set_tag(f"t{step}", "x" * 100)

    found = runstone.get_run(run.run_id)
    assert sum(summary.count for summary in found.metrics.values()) == 500
    assert len([key for key in found.tags if key.startswith("t")]) == 500


def test_run_without_points_or_end_still_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runstone.start_run()
    runstone.flush()
    first = run.writer.beat_ms

    monkeypatch.setattr(drain, "now_ms", lambda: first + 10_001)
    runstone.flush()

    assert run.writer.beat_ms == first + 10_001


def test_journal_that_the_store_refuses_is_kept_and_named(
    store_folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.5)

    def refuse(slices: object) -> None:
        raise InvalidArgument("not this one")

    monkeypatch.setattr(session_at().store, "ingest", refuse)
    runstone.end_run()
    monkeypatch.undo()

    (journal,) = (store_folder / "journal").iterdir()
    (message,) = caplog.messages
    assert run.run_id in message
    assert "not this one" in message
    assert str(journal) in message


def test_error_that_nobody_foresaw_ends_neither_program_nor_drain(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runstone.start_run()
    runstone.log_metric("loss", 0.5)

    def fail(slices: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(session_at().store, "ingest", fail)
    assert runstone.flush() is False
    assert runstone.flush() is False
    monkeypatch.undo()
    monkeypatch.setenv("RUNSTONE_CAPTURE", "none")
    assert session_at(run.session.location.uri).flush() is True

    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert run.session.store.get_run(run.run_id).data.metrics == {"loss": 0.5}


def test_writers_are_started_even_where_no_thread_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(drain.threading.Thread, "start", fail)

    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.5)

    assert runstone.get_run(run.run_id).data.metrics == {"loss": 0.5}
