"""The parts run together, each can be switched off, and none can do harm."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from runstone.core.errors import InvalidArgument
from runstone.tracking.capture import runner
from runstone.tracking.capture.captured import Captured
from runstone.tracking.capture.runner import capture_fast, capture_slow, check_parts


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path whose distribution registers parts of its own; the module is the test's to write."""
    metadata = tmp_path / "others-1.dist-info"
    metadata.mkdir()
    (metadata / "entry_points.txt").write_text(
        "[console_scripts]\nx = y:z\n\n[runstone.capture]\nsound = other_parts:sound\n"
        "broken = other_parts:Parts.broken\nwrong = other_parts:wrong\nmissing = no_such_module:part\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "other_parts", raising=False)
    return tmp_path


def test_fast_tags_come_with_what_the_launcher_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"mlflow.source.type": "PROJECT", "team": "vision", "attempt": 2}')

    tags = capture_fast({"source"})

    assert tags["mlflow.source.type"] == "PROJECT"
    assert tags["team"] == "vision"
    assert tags["attempt"] == "2"
    assert tags["runstone.pid"]


@pytest.mark.parametrize("text", ["not json", "[]", '{"a": '])
def test_a_launchers_mistake_costs_one_warning_and_only_its_own_tags(
    text: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", text)

    assert capture_fast({"source"}) == capture_fast({"source"})
    assert "runstone.pid" in capture_fast({"source"})
    assert len(caplog.records) == 1
    assert "MLFLOW_RUN_CONTEXT" in caplog.text


def test_tags_that_no_store_would_take_are_left_out_or_made_fit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"../bad": "1", "long": "%s", "nul": "a\\u0000b"}' % ("x" * 9000))

    tags = capture_fast({"source"})

    assert "../bad" not in tags
    assert tags["long"] == "x" * 8000
    assert tags["nul"] == "a\ufffdb"
    assert len(caplog.records) == 1


def test_what_is_switched_off_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert capture_fast({"code"}) == {}
    assert capture_slow(frozenset()) == Captured({}, {})
    assert set(capture_slow({"hardware"}).files) == {"runstone/environment/hardware.json"}
    assert "runstone/environment/requirements.txt" in capture_slow({"environment"}).files


def test_a_part_that_raises_costs_one_warning_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(runner._SLOW, "code", ("runstone.tracking.capture.code", "no_such_function"))

    for _ in range(2):
        captured = capture_slow({"code", "hardware"})

    assert "runstone/environment/hardware.json" in captured.files
    assert [(record.levelno, record.name) for record in caplog.records] == [(logging.WARNING, "runstone")]
    assert caplog.records[0].getMessage().startswith("capture of code failed: AttributeError")


def test_others_register_parts_and_cannot_do_harm_with_them(others: Path, caplog: pytest.LogCaptureFixture) -> None:
    (others / "other_parts.py").write_text(
        "from runstone.tracking.capture.captured import Captured\n"
        "def sound():\n"
        "    return Captured({'lab.bench': '7'}, {'lab/bench.txt': b'x', '../escape': b'y', "
        "'runstone/environment/hardware.json': b'z'})\n"
        "class Parts:\n"
        "    def broken():\n"
        "        raise SystemError('bad')\n"
        "def wrong():\n"
        "    return 5\n"
    )

    captured = capture_slow({"hardware", "others"})

    assert captured.tags["lab.bench"] == "7"
    assert set(captured.files) == {"lab/bench.txt", "runstone/environment/hardware.json"}
    assert captured.files["runstone/environment/hardware.json"] != b"z"
    failed = sorted(record.getMessage().split(" failed")[0] for record in caplog.records)
    assert failed == ["capture of broken", "capture of missing", "capture of sound", "capture of wrong"]


def test_others_parts_can_be_chosen_by_name(others: Path) -> None:
    (others / "other_parts.py").write_text(
        "from runstone.tracking.capture.captured import Captured\n"
        "def sound():\n"
        "    return Captured({'lab.bench': '7'}, {})\n"
    )

    check_parts({"code", "sound"})

    assert capture_slow({"sound"}) == Captured({"lab.bench": "7"}, {})
    assert set(capture_slow({"hardware"}).files) == {"runstone/environment/hardware.json"}
    with pytest.raises(InvalidArgument, match=r"unknown parts sond; there are .*sound"):
        check_parts({"code", "sond"})


@pytest.mark.parametrize("files", ["{'lab/a': 'text', 'lab/b': b'x'}", "{'lab/a': None, 7: b'', 'lab/b': b'x'}"])
def test_a_file_that_cannot_be_kept_costs_only_itself(files: str, others: Path) -> None:
    (others / "other_parts.py").write_text(
        "from runstone.tracking.capture.captured import Captured\n"
        f"def sound():\n    return Captured({{'a': 'b'}}, {files})\n"
    )

    assert capture_slow({"sound"}) == Captured({"a": "b"}, {"lab/b": b"x"})


def test_a_part_that_returns_something_else_than_dicts_costs_only_itself(others: Path) -> None:
    (others / "other_parts.py").write_text(
        "from runstone.tracking.capture.captured import Captured\ndef sound():\n    return Captured(None, 5)\n"
    )

    assert set(capture_slow({"hardware", "sound"}).files) == {"runstone/environment/hardware.json"}


def test_the_fast_part_loads_nothing_that_a_first_log_may_not() -> None:
    program = (
        "import sys, msgspec\n"
        "before = set(sys.modules)\n"
        "from runstone.tracking.capture.runner import capture_fast\n"
        "capture_fast({'source'})\n"
        "print(*sorted({'subprocess', 'psutil', 'pynvml', 'numpy', 'importlib.metadata', 'shutil', 'json',\n"
        "    'runstone.tracking.capture.code', 'runstone.tracking.capture.git'} & set(sys.modules) - before))\n"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "\n"
