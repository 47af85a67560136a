"""Commands on a real terminal: a pseudo-terminal of so many columns."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Kept

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

_STYLES = re.compile(r"\x1b\[[0-9;]*m")


class Shown(NamedTuple):
    """What a terminal got, and how the command ended."""

    code: int
    text: str

    @property
    def plain(self) -> str:
        """The text without styles."""
        return _STYLES.sub("", self.text)


def on_terminal(kept: Kept, *arguments: str, columns: int = 80, **environment: str) -> Shown:
    """Run a command whose output, all of it, is a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    script = "from runstone.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", script, "--store", str(kept.folder), *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=_environment(environment),
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 1 << 16):
                shown += data
        except OSError:  # how Linux says that the other end was closed
            pass
        os.close(ours)
    return Shown(process.returncode, shown.decode().replace("\r\n", "\n"))


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    left_out = ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES")
    return {**{key: value for key, value in os.environ.items() if key not in left_out}, "TERM": "xterm", **more}


def test_a_table_has_colours_and_fits(kept: Kept) -> None:
    kept.run("brisk" * 20, params={"p" * 50: "v" * 500}, metrics={f"m{i}" * 8: [0.1] for i in range(9)})

    for columns in (30, 60, 200):
        shown = on_terminal(kept, "runs", "list", columns=columns)
        assert shown.code == 0
        assert "\x1b[" in shown.text
        assert max(map(len, shown.plain.splitlines())) <= columns


@pytest.mark.parametrize(("arguments", "environment"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_colours_can_be_switched_off(kept: Kept, arguments: list[str], environment: dict[str, str]) -> None:
    kept.run("a", metrics={"loss": [2.0, 1.0]})

    for command in (["runs", "list"], ["runs", "show", "a"], ["metrics", "plot", "a"], ["watch", "--once"]):
        assert "\x1b" not in on_terminal(kept, *command, *arguments, **environment).text


def test_watching_without_colours_redraws_without_styles(kept: Kept) -> None:
    kept.run("a", metrics={"loss": [2.0, 1.0]}, status="FAILED")

    plain, colourful = on_terminal(kept, "watch", "a", "--no-color"), on_terminal(kept, "watch", "a")

    assert plain.code == colourful.code == 1
    assert not _STYLES.search(plain.text)
    assert _STYLES.search(colourful.text)


def test_a_text_among_the_artifacts_cannot_steer_the_terminal(kept: Kept) -> None:
    kept.run("a", files={"log.txt": b"ok\tthen\n\x1b[31mred\x1b]0;title\x07\n", "model.bin": b"\x00\xff"})

    text = on_terminal(kept, "artifacts", "get", "a", "log.txt", "-o", "-")
    binary = on_terminal(kept, "artifacts", "get", "a", "model.bin", "-o", "-")

    assert (text.code, text.text) == (0, "ok      then\n\\x1b[31mred\\x1b]0;title\\x07\n")
    assert binary.code == 2
    assert "no text for a terminal" in binary.text


def test_long_work_shows_its_progress_unless_it_is_to_be_quiet(kept: Kept) -> None:
    kept.run("a", files={"a.txt": b"1"})

    assert "blobs" in on_terminal(kept, "fsck").text
    assert "blobs" not in on_terminal(kept, "fsck", "--quiet").text


def test_a_question_is_answered_on_the_terminal(kept: Kept, tmp_path: Path) -> None:
    run_id = kept.run("a")
    ours, theirs = pty.openpty()
    os.write(ours, b"n\ny\n")

    def delete() -> int:
        script = "from runstone.cli.main import main; main()"
        command = [sys.executable, "-c", script, "--store", str(kept.folder), "runs", "delete", "a"]
        return subprocess.run(command, stdin=theirs, capture_output=True, check=False).returncode

    assert delete() == 130
    assert kept.store.get_run(run_id).info.lifecycle_stage == "active"
    assert delete() == 0
    assert kept.store.get_run(run_id).info.lifecycle_stage == "deleted"
