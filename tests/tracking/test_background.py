"""What goes on beside a run ends with it, however long it takes by itself."""

from __future__ import annotations

import os
import pickle
import threading
import time
from pathlib import Path

import pytest

import runstone
from runstone.core.errors import InvalidArgument, Unavailable
from runstone.tracking import active, background
from runstone.tracking.capture import git
from runstone.tracking.capture.captured import Captured

pytestmark = pytest.mark.usefixtures("store_folder")


def test_capture_that_does_not_end_is_left_out_and_its_run_is_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RUNSTONE_CAPTURE", "code")
    monkeypatch.setattr(background, "_CAPTURE_S", 0.05)
    go_on = threading.Event()

    def hang(parts: object) -> Captured:
        go_on.wait()
        return Captured({"late": "yes"}, {"late.txt": b"late"})

    monkeypatch.setattr(background, "capture_slow", hang)
    with runstone.start_run() as run:
        runstone.log_metric("loss", 0.5)
        assert run.background is not None
    go_on.set()
    assert run.background._thread is not None
    run.background._thread.join()

    (message,) = caplog.messages
    assert "code" in message
    assert run.run_id in message
    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.data.metrics, "late" in found.tags) == ("FINISHED", {"loss": 0.5}, False)


def test_waiting_for_a_capture_is_counted_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_CAPTURE", "code")
    monkeypatch.setattr(background, "capture_slow", lambda parts: Captured({"on-time": "yes"}, {}))
    with runstone.start_run() as run:
        assert run.background is not None
        assert run.background._deadline <= time.monotonic() + background._CAPTURE_S

    assert runstone.get_run(run.run_id).tags["on-time"] == "yes"


def test_what_cannot_be_kept_of_a_capture_costs_only_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RUNSTONE_CAPTURE", "code")
    captured = Captured({"bad\0key": "x", "good": "yes"}, {"../out.txt": b"x", "good.txt": b"good"})
    monkeypatch.setattr(background, "capture_slow", lambda parts: captured)
    with runstone.start_run() as run:
        pass

    assert runstone.get_run(run.run_id).tags["good"] == "yes"
    assert runstone.Client().read_artifact(run.run_id, "good.txt") == b"good"
    assert [message.partition(",")[0] for message in caplog.messages] == ["../out.txt", "bad\0key"]


def test_all_questions_to_a_git_that_hangs_take_no_longer_than_one_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\ncase "$*" in *rev-parse*) echo {tmp_path};; *) exec sleep 600;; esac\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(git, "_PATIENCE_S", 1.0)

    began = time.monotonic()
    repository = git.find_repository(str(tmp_path), None)
    assert repository is not None
    for _ in range(20):
        with pytest.raises(Unavailable, match="no answer"):
            repository.ask("status")

    # Twenty times the deadline if each had one of its own, and half of it did each have half.
    assert time.monotonic() - began < 8


def test_git_has_to_answer_sooner_than_a_run_waits_for_its_capture() -> None:
    assert git._PATIENCE_S < background._CAPTURE_S


def test_sampling_is_switched_for_runs_to_come_and_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active, "_usage", (None, None))

    def sampled(**options: bool) -> tuple[bool, float]:
        with runstone.start_run(**options) as run:
            assert run.background is not None
            return run.background._wants_usage, run.background._usage_interval_s

    settings_interval = sampled()[1]
    assert sampled() == (False, settings_interval)  # these tests capture nothing by themselves
    runstone.enable_system_metrics_logging()
    runstone.set_system_metrics_sampling_interval(0.5)
    assert sampled() == (True, 0.5)
    assert sampled(log_system_metrics=False) == (False, 0.5)
    runstone.disable_system_metrics_logging()
    runstone.set_system_metrics_sampling_interval(None)
    assert sampled() == (False, settings_interval)
    with pytest.raises(InvalidArgument, match="greater than 0"):
        runstone.set_system_metrics_sampling_interval(0)


def test_a_run_goes_to_another_process_as_what_it_can_read() -> None:
    with runstone.start_run(params={"lr": 0.1}) as run:
        runstone.log_metric("loss", 0.5)
        found = pickle.loads(pickle.dumps(run))

    assert (found.info.run_id, found.params, found.data.metrics) == (run.run_id, {"lr": 0.1}, {"loss": 0.5})
