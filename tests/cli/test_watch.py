from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from runstone.cli import watch
from runstone.core.entities import NewRun
from runstone.core.events import RunStarted
from runstone.core.ids import new_run_id, new_writer_id
from runstone.journal.writer import JournalWriter, journal_folder
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.testing.serving import serving
from runstone.tracking.run_writer import RunWriter

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept


def leave_journal(kept: Kept, *, name: str = "orphan") -> str:
    """Leave what a process leaves that dies before its drain has sent anything, and return the run's id."""
    run_id, writer_id = new_run_id(), new_writer_id()
    new = NewRun(run_id=run_id, run_name=name, start_time=1_700_000_000_000, experiment_name="team/digits")
    journal = JournalWriter(journal_folder(kept.folder / "journal", run_id, writer_id))
    writer = RunWriter(run_id, writer_id, journal, new_run=new)
    writer.log_metric("loss", 0.5, 3)
    journal.close(remove=False)
    return run_id


def test_once_shows_what_is_running(cli: Cli, kept: Kept) -> None:
    kept.run("busy", status="RUNNING", metrics={"train/loss": [1.0, 0.5]})
    kept.run("done")

    result = cli("watch", "--once")

    assert "1 run running" in result.out
    assert "busy" in result.out
    assert "step 1  train/loss 0.5" in result.out
    assert "done" not in result.out
    assert [run["info"]["run_name"] for run in cli("watch", "--once", "--json").json()] == ["busy"]


def test_once_shows_a_runs_metrics_with_a_chart_of_its_losses(cli: Cli, kept: Kept) -> None:
    kept.run("busy", status="RUNNING", metrics={"train/loss": [1.0, 0.5], "val/acc": [0.1, 0.2]})

    out = cli("watch", "busy", "--once").out

    assert "RUNNING" in out
    assert "train/loss  last 0.5" in out
    assert "val/acc  last" not in out
    assert "val/acc  last 0.2" in cli("watch", "busy", "--once", "-m", "val/acc").out


def test_watching_a_run_that_ended_ends_at_once_with_how_it_went(cli: Cli, kept: Kept) -> None:
    kept.run("good", metrics={"loss": [1.0]})
    kept.run("bad", status="FAILED")

    assert cli("watch", "good").code == 0
    assert cli("watch", "bad").code == 1
    assert cli("watch", "good", "--json").json()["info"]["status"] == "FINISHED"


def test_what_a_dead_process_left_is_brought_in_before_reading(cli: Cli, kept: Kept) -> None:
    leave_journal(kept)

    result = cli("runs", "list")

    assert "orphan" in result.out
    assert result.err == ""


def test_sync_says_what_it_brought_in(cli: Cli, kept: Kept) -> None:
    leave_journal(kept)

    assert cli("sync", "--json").json() == {"brought_in": 1, "lost_runs": [], "in_use": 0, "problems": []}
    assert "Nothing was left behind." in cli("sync").out


def test_sync_leaves_what_will_not_go_in_and_says_so(cli: Cli, kept: Kept) -> None:
    run_id, writer_id = new_run_id(), new_writer_id()
    journal = JournalWriter(journal_folder(kept.folder / "journal", run_id, writer_id))
    # Of another run: nothing says how to make the one that this journal belongs to.
    journal.event(RunStarted(NewRun(run_id=new_run_id(), run_name="x", start_time=1, experiment_name="e")))
    journal.close(remove=False)

    result = cli("sync")

    assert result.code == 1
    assert run_id in result.err
    assert (kept.folder / "journal" / f"{run_id}.{writer_id}").exists()


def test_a_run_whose_process_died_shows_as_lost(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("gone", status="RUNNING")
    kept.store.update_run(run_id, status="FAILED", reason="lost: its process ended without a word")

    assert "FAILED (lost)" in cli("runs", "list").out
    assert "lost: its process ended" in cli("runs", "show", "gone").out


def _soon(condition: Callable[[], bool], act: Callable[[], object]) -> threading.Thread:
    """Do something in another thread once a condition holds."""

    def wait() -> None:
        give_up = time.monotonic() + 30
        while not condition() and time.monotonic() < give_up:
            time.sleep(0.01)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_server_tells_when_the_run_that_is_watched_ends(
    cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_LOOK_ANYWAY_S", 600)
    run_id = kept.run("busy", status="RUNNING")
    with serving(create_app(open_backend(kept.store, kept.blobs))) as front:
        monkeypatch.setenv("RUNSTONE_TRACKING_URI", front.uri)
        ending = _soon(
            lambda: any(thread.name == "runstone-live" for thread in threading.enumerate()),
            lambda: kept.store.update_run(run_id, status="FINISHED", end_time=1_700_000_009_000),
        )

        result = cli("watch", "busy", "--interval", "600", store=None)

        ending.join()
        assert result.code == 0
        assert result.out.splitlines()[-1].startswith("FINISHED")


def test_a_server_that_tells_nothing_is_asked(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = kept.run("busy", status="RUNNING")
    app = create_app(open_backend(kept.store, kept.blobs))
    refused = threading.Event()

    async def older(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/api/v1/events":
            refused.set()
            scope["path"] = "/api/v1/nothing"
        await app(scope, receive, send)

    with serving(older) as front:
        monkeypatch.setenv("RUNSTONE_TRACKING_URI", front.uri)
        ending = _soon(
            refused.is_set, lambda: kept.store.update_run(run_id, status="KILLED", end_time=1_700_000_009_000)
        )

        result = cli("watch", "busy", "--interval", "0.1", store=None)

        ending.join()
        assert (result.code, refused.is_set()) == (1, True)
