"""How runs begin and end: exceptions, Ctrl-C, exits, nesting, resuming, joining, heartbeats."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import runstone
from runstone.core.clock import now_ms
from runstone.core.entities import NewRun
from runstone.core.errors import ImmutableParam, InvalidArgument, InvalidState, NotFound
from runstone.core.events import Slice
from runstone.core.ids import new_run_id
from runstone.tracking.session import session_at

pytestmark = pytest.mark.usefixtures("store_folder")


def program(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own that uses this test's store."""
    return subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def only_run() -> runstone.Run:
    (run,) = runstone.search_runs(["0"], output_format="list")
    return run


def traceback_of(run: runstone.Run) -> str:
    from runstone.tracking.artifacts import get_bytes

    return get_bytes(session_at(), run.info.run_id, "runstone/traceback.txt").decode()


def test_run_that_is_left_in_order_is_finished() -> None:
    with runstone.start_run() as run:
        assert runstone.active_run() is run

    info = runstone.get_run(run.run_id).info
    assert (info.status, info.status_reason, runstone.active_run()) == ("FINISHED", None, None)
    assert info.end_time is not None
    assert info.end_time >= info.start_time


def test_exception_marks_the_run_failed_and_keeps_the_traceback() -> None:
    with pytest.raises(ZeroDivisionError), runstone.start_run() as run:
        1 / 0  # noqa: B018

    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.info.status_reason) == ("FAILED", "ZeroDivisionError: division by zero")
    assert "1 / 0" in traceback_of(found)
    assert runstone.active_run() is None


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("raise KeyboardInterrupt", "KILLED"),
        ("sys.exit()", "FINISHED"),
        ("sys.exit(0)", "FINISHED"),
        ("sys.exit(3)", "FAILED"),
        ("sys.exit('no data')", "FAILED"),
        ("raise ValueError('\\ud800\\0')", "FAILED"),
        ("asyncio.run(cancel())", "KILLED"),
    ],
)
def test_status_says_how_a_program_left_its_run(line: str, status: str) -> None:
    program(
        "import asyncio, sys, runstone\n"
        "async def cancel():\n"
        "    with runstone.start_run(nested=True):\n"
        "        asyncio.current_task().cancel()\n"
        "        await asyncio.sleep(9)\n" + (line if "cancel" in line else f"with runstone.start_run():\n    {line}\n")
    )

    assert only_run().info.status == status


@pytest.mark.parametrize(
    ("line", "status"),
    [("pass", "FINISHED"), ("1 / 0", "FAILED"), ("raise KeyboardInterrupt", "KILLED")],
)
def test_run_begun_without_with_ends_as_its_program_does(line: str, status: str) -> None:
    done = program(f"import runstone\nrunstone.start_run()\nrunstone.log_metric('loss', 0.5)\n{line}\n")

    run = only_run()
    assert (run.info.status, run.data.metrics) == (status, {"loss": 0.5})
    if status != "FINISHED":
        assert traceback_of(run).splitlines()[0] == "Traceback (most recent call last):"
        assert "Traceback" in done.stderr


@pytest.mark.parametrize(
    ("lines", "status", "reason"),
    [
        ("sys.exit()", "FINISHED", None),
        ("sys.exit(0)", "FINISHED", None),
        ("sys.exit(3)", "FAILED", "SystemExit: 3"),
        ("sys.exit('no data')", "FAILED", "SystemExit: no data"),
        ("argparse.ArgumentParser().parse_args(['--wrong'])", "FAILED", "SystemExit: 2"),
        # Only the thread ends by that.
        ("worker = threading.Thread(target=sys.exit, args=[3])\nworker.start()\nworker.join()", "FINISHED", None),
    ],
)
def test_exit_code_of_the_program_says_how_its_run_ended(lines: str, status: str, reason: str | None) -> None:
    program(f"import argparse, sys, threading, runstone\nrunstone.start_run()\n{lines}\n")

    info = only_run().info
    assert (info.status, info.status_reason) == (status, reason)


def test_run_begun_after_an_exit_that_was_caught_ends_in_order() -> None:
    program("import sys, runstone\ntry:\n    sys.exit(1)\nexcept SystemExit:\n    pass\nrunstone.start_run()\n")

    assert only_run().info.status == "FINISHED"


@pytest.mark.parametrize("with_block", [True, False])
def test_ctrl_c_marks_the_run_killed(with_block: bool) -> None:
    start = "with runstone.start_run():" if with_block else "runstone.start_run()\nif True:"
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import runstone, time\n{start}\n    runstone.log_metric('loss', 0.5)\n"
            "    print('ready', flush=True)\n    time.sleep(60)\n",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGINT)

    run = only_run()
    assert (run.info.status, run.info.status_reason, run.data.metrics) == (
        "KILLED",
        "KeyboardInterrupt",
        {"loss": 0.5},
    )


def test_run_lost_by_kill_is_found_out_by_the_next_process() -> None:
    program("import os, runstone\nrunstone.start_run(run_name='first')\nos.kill(os.getpid(), 9)")
    program("import runstone\nrunstone.start_run(run_name='second')")

    runs = {run.info.run_name: run.info for run in runstone.search_runs(["0"], output_format="list")}
    assert runs["first"].status == "FAILED"
    assert (runs["first"].status_reason or "").startswith("lost")
    assert runs["second"].status == "FINISHED"


def beat(run_id: str, beat_ms: int) -> None:
    """Give a sign of life as a process on another host does."""
    session_at().store.ingest([Slice(run_id=run_id, writer_id="elsewhere", host="other", beat_ms=beat_ms)])


def test_silence_on_another_host_counts_as_lost_and_a_late_sign_of_life_revives() -> None:
    store = session_at().store
    run_id = store.create_run(NewRun(run_id=new_run_id(), run_name="far", start_time=1, experiment_id="0")).info.run_id
    beat(run_id, now_ms() - 30_000)
    session_at().pick_up()
    before = store.get_run(run_id).info.status

    beat(run_id, now_ms() - 120_000)
    session_at().pick_up()
    silent = store.get_run(run_id).info
    beat(run_id, now_ms())
    revived = store.get_run(run_id).info

    assert before == "RUNNING"
    assert (silent.status, (silent.status_reason or "")[:4]) == ("FAILED", "lost")
    assert (revived.status, revived.status_reason, revived.end_time) == ("RUNNING", None, None)


def test_second_start_without_nested_is_refused() -> None:
    with runstone.start_run() as run, pytest.raises(InvalidState, match=f"{run.run_id} is already active"):
        runstone.start_run()


def test_nested_runs_know_their_parents_and_end_one_by_one() -> None:
    with runstone.start_run() as outer:
        with runstone.start_run(nested=True) as inner:
            with runstone.start_run(nested=True) as innermost:
                runstone.log_metric("depth", 2)
            assert runstone.active_run() is inner
            runstone.log_metric("depth", 1)
        assert runstone.active_run() is outer
        runstone.log_metric("depth", 0)

    assert [runstone.get_run(run.run_id).data.metrics["depth"] for run in (outer, inner, innermost)] == [0, 1, 2]
    parents = [runstone.get_parent_run(run.run_id) for run in (outer, inner, innermost)]
    assert [parent and parent.info.run_id for parent in parents] == [None, outer.run_id, inner.run_id]


def test_nested_run_is_in_the_experiment_of_its_parent_unless_told_otherwise() -> None:
    elsewhere = runstone.create_experiment("elsewhere")
    with runstone.start_run(experiment="outer"):
        inner = runstone.start_run(nested=True)
        innermost = runstone.start_run(nested=True, experiment_id=elsewhere)
        runstone.end_run()
        runstone.end_run()

    outer = runstone.get_experiment_by_name("outer")
    assert outer is not None
    assert runstone.get_run(inner.run_id).info.experiment_id == outer.experiment_id
    assert runstone.get_run(innermost.run_id).info.experiment_id == elsewhere


def test_nested_run_is_refused_a_parent_other_than_the_active_run() -> None:
    with runstone.start_run() as other:
        pass
    with (
        runstone.start_run() as run,
        pytest.raises(InvalidState, match=f"{run.run_id} does not match the parent_run_id {other.run_id}"),
    ):
        runstone.start_run(nested=True, parent_run_id=other.run_id)


def test_failure_of_an_inner_run_that_is_caught_leaves_the_outer_one_finished() -> None:
    with (
        runstone.start_run() as outer,
        pytest.raises(ValueError, match="inner"),
        runstone.start_run(nested=True) as inner,
    ):
        raise ValueError("inner")

    assert runstone.get_run(inner.run_id).info.status == "FAILED"
    assert runstone.get_run(outer.run_id).info.status == "FINISHED"


@pytest.mark.parametrize("run_id", ["first try", "0" * 32])
def test_name_in_the_place_of_an_id_is_told(run_id: str) -> None:
    with pytest.raises((InvalidArgument, NotFound), match="to name a new run, call start_run"):
        runstone.start_run(run_id)


def test_parent_that_is_not_there_or_deleted_is_refused() -> None:
    with runstone.start_run() as deleted:
        pass
    runstone.delete_run(deleted.run_id)

    with pytest.raises(NotFound):
        runstone.start_run(parent_run_id="0" * 32)
    with pytest.raises(InvalidState, match="parent run"):
        runstone.start_run(parent_run_id=deleted.run_id)
    assert runstone.active_run() is None


def test_experiment_by_name_and_by_id_at_once_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="not both"):
        runstone.start_run(experiment="a", experiment_id="0")


def test_ended_run_is_resumed_by_its_id() -> None:
    with runstone.start_run(params={"lr": 0.1}) as first:
        runstone.log_metric("loss", 1.0, step=0)
    with runstone.start_run(run_id=first.run_id, tags={"again": "yes"}, params={"epochs": 3}) as second:
        assert runstone.get_run(first.run_id).info.status == "RUNNING"
        runstone.log_metric("loss", 0.5, step=1)

    found = runstone.get_run(first.run_id)
    assert second.run_id == first.run_id
    assert (found.info.status, found.metrics["loss"].count, found.params) == ("FINISHED", 2, {"lr": 0.1, "epochs": 3})
    assert found.tags["again"] == "yes"


def test_param_with_another_value_is_refused_at_the_call_also_after_resuming() -> None:
    with runstone.start_run(params={"lr": 0.1}) as run, pytest.raises(ImmutableParam):
        runstone.log_param("lr", 0.2)
    with runstone.start_run(run_id=run.run_id):
        runstone.log_param("lr", 0.1)
        with pytest.raises(ImmutableParam):
            runstone.log_param("lr", 0.2)
    with pytest.raises(ImmutableParam):
        runstone.Client().log_param(run.run_id, "lr", 0.2)


def test_resuming_what_is_not_there_or_deleted_is_refused() -> None:
    with runstone.start_run() as run:
        pass
    runstone.delete_run(run.run_id)

    with pytest.raises(InvalidState):
        runstone.start_run(run_id=run.run_id)
    with pytest.raises(NotFound):
        runstone.start_run(run_id=new_run_id())
    assert runstone.active_run() is None


def test_process_that_joins_a_living_run_does_not_end_it() -> None:
    with runstone.start_run() as run:
        done = program(
            f"import runstone\nwith runstone.start_run(run_id='{run.run_id}'):\n    runstone.log_metric('other', 1.0)\n"
        )
        assert done.returncode == 0, done.stderr
        assert runstone.get_run(run.run_id).info.status == "RUNNING"
        runstone.log_metric("own", 2.0)

    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"other": 1.0, "own": 2.0})


def test_ended_run_takes_metrics_by_its_id() -> None:
    with runstone.start_run() as run:
        pass

    runstone.log_metric("late", 1.0, run_id=run.run_id)
    runstone.Client().log_metric(run.run_id, "later", 2.0)

    found = runstone.get_run(run.run_id)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"late": 1.0, "later": 2.0})
    assert runstone.active_run() is None


def test_writer_that_somebody_kept_still_records_after_the_end() -> None:
    with runstone.start_run() as run:
        runstone.log_metric("loss", 1.0)

    run.writer.log_metric("late", 2.0)

    assert runstone.get_run(run.run_id).data.metrics == {"loss": 1.0, "late": 2.0}


def test_run_of_the_environment_is_resumed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with runstone.start_run() as given:
        pass

    done = program(
        "import runstone\n"
        "with runstone.start_run() as run: print(run.run_id)\n"
        "with runstone.start_run() as run: print(run.run_id)\n",
        RUNSTONE_RUN_ID=given.run_id,
    )

    first, second = done.stdout.split()
    assert first == given.run_id
    assert second != given.run_id


def test_thread_without_a_run_logs_to_that_of_its_process() -> None:
    with runstone.start_run() as run:
        thread = threading.Thread(target=lambda: runstone.log_metric("from-thread", 1.0))
        thread.start()
        thread.join()

    assert runstone.get_run(run.run_id).data.metrics == {"from-thread": 1.0}


def test_threads_with_runs_of_their_own_do_not_mix() -> None:
    gate = threading.Barrier(8)
    ids: dict[int, str] = {}

    def train(number: int) -> None:
        with runstone.start_run() as run:
            ids[number] = run.run_id
            gate.wait()
            for step in range(200):
                runstone.log_metric("thread", number, step=step)
            gate.wait()

    threads = [threading.Thread(target=train, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, run_id in ids.items():
        summary = runstone.get_run(run_id).metrics["thread"]
        assert (summary.min, summary.max, summary.count) == (number, number, 200)


def test_run_ended_by_another_thread_is_not_active_here() -> None:
    run = runstone.start_run()

    thread = threading.Thread(target=run.__exit__, args=(None, None, None))
    thread.start()
    thread.join()

    assert runstone.active_run() is None
    with runstone.start_run() as second:
        assert second.run_id != run.run_id


@pytest.mark.parametrize("status", ["FAILED", "KILLED", "FINISHED"])
def test_end_run_takes_a_status(status: str) -> None:
    run = runstone.start_run()

    runstone.end_run(status)

    assert runstone.get_run(run.run_id).info.status == status


def test_end_run_refuses_an_unknown_status_and_leaves_the_run() -> None:
    run = runstone.start_run()

    with pytest.raises(InvalidArgument):
        runstone.end_run("DONE")

    assert runstone.active_run() is run


def test_first_log_begins_a_run() -> None:
    runstone.log_metric("loss", 0.5)
    run = runstone.active_run()
    runstone.end_run()

    assert run is not None
    assert runstone.get_run(run.run_id).data.metrics == {"loss": 0.5}
    last = runstone.last_active_run()
    assert last is not None
    assert last.info.run_id == run.run_id


def test_run_of_a_deleted_experiment_is_refused_and_leaves_nothing(store_folder: Path) -> None:
    experiment_id = runstone.create_experiment("gone")
    runstone.delete_experiment(experiment_id)

    with pytest.raises(InvalidState):
        runstone.start_run(experiment_id=experiment_id)

    assert list((store_folder / "journal").iterdir()) == []
    assert runstone.active_run() is None


def test_ctrl_c_during_the_end_of_a_run_still_records_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def stop(self) -> None:
            raise KeyboardInterrupt

    run = runstone.start_run()
    run.background = Interrupted()  # type: ignore[assignment]

    with pytest.raises(KeyboardInterrupt):
        runstone.end_run()

    assert runstone.get_run(run.run_id).info.status == "FINISHED"


def test_runs_that_the_store_refuses_hold_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    with runstone.start_run() as refused, runstone.start_run(nested=True) as other:
        refused.writer.refused = "for this test"
        runstone.log_metric("loss", 0.5)

        assert runstone.flush() is False
        assert session_at().store.get_run(other.run_id).data.metrics == {"loss": 0.5}
