"""What programs printed, read back by ``runs logs`` and ``read_console``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import runstone
from runstone.core.errors import NotFound

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

PROGRAM = """
import sys, runstone
with runstone.start_run(run_name="talks"):
    for number in range(3):
        print("step", number, flush=True)
    print("\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07 and\\ttabs", file=sys.stderr)
    {last}
"""


def talk(store: Path, last: str = "") -> subprocess.Popen[str]:
    program = PROGRAM.format(last=last)
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={"RUNSTONE_TRACKING_URI": str(store), "RUNSTONE_DRAIN_INTERVAL_S": "0.1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_what_a_program_printed_is_shown_and_steers_no_terminal(cli: Cli, tmp_path: Path) -> None:
    talk(tmp_path / "kept").communicate()

    assert cli("runs", "logs", "talks", store=tmp_path / "kept").out.splitlines() == [
        "step 0",
        "step 1",
        "step 2",
        "red \\x1b]0;title\\x07 and\ttabs",
    ]
    assert cli("runs", "logs", "talks", "-n", "1", "--stream", "stdout", store=tmp_path / "kept").out == "step 2\n"
    assert cli("runs", "logs", "talks", "--tail", "0", store=tmp_path / "kept").out == ""
    assert cli("runs", "logs", "talks", "--tail", "99", store=tmp_path / "kept").out.startswith("step 0\n")
    pieces = cli("runs", "logs", "talks", "--json", store=tmp_path / "kept").json()
    assert "".join(piece["text"] for piece in pieces if piece["stream"] == "stdout") == "step 0\nstep 1\nstep 2\n"
    assert "runstone runs logs" in cli("runs", "show", "talks", store=tmp_path / "kept").out


def test_a_running_program_is_followed_to_its_end(cli: Cli, tmp_path: Path) -> None:
    with talk(tmp_path / "kept", last="input(); print('last words')") as program:
        assert program.stdout is not None
        assert program.stdin is not None
        program.stdout.readline()
        follower = subprocess.Popen(
            [Path(sys.executable).with_name("runstone"), "--store", tmp_path / "kept", "runs", "logs", "talks", "-f"],
            stdout=subprocess.PIPE,
            text=True,
        )
        with follower:
            assert follower.stdout is not None
            assert follower.stdout.readline() == "step 0\n"
            program.stdin.write("\n")
            program.stdin.flush()
            rest = follower.stdout.read()

    assert rest.endswith("last words\n")
    assert rest.count("step 2") == 1
    assert follower.returncode == 0


def test_a_silent_run_says_so(cli: Cli, tmp_path: Path) -> None:
    runstone.set_tracking_uri(tmp_path / "kept")
    with runstone.start_run() as run:
        pass

    result = cli("runs", "logs", run.run_id, store=tmp_path / "kept")

    assert (result.code, result.out) == (0, "")
    assert "Nothing" in result.err
    assert runstone.read_console(run.run_id) == ""
    with pytest.raises(NotFound):
        runstone.read_console("0" * 32)
