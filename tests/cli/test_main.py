from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runstone.cli.main import TABLE, root
from runstone.core.errors import _CODES
from runstone.core.version import __version__

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept

_RUNSTONE = [sys.executable, "-c", "from runstone.cli.main import main; main()"]


def _loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a command loads, in a process of its own."""
    script = (
        "import json, sys; from runstone.cli.main import run; "
        "sys.stdout = sys.stderr; run(sys.argv[1:]); sys.stdout = sys.__stdout__; print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_version_is_printed() -> None:
    done = subprocess.run([*_RUNSTONE, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"runstone {__version__}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["runs", "--help"]])
def test_starting_loads_click_and_nothing_else_that_is_slow(arguments: list[str]) -> None:
    loaded = _loaded_by(*arguments)

    slow = {
        "msgspec",
        "rich",
        "numpy",
        "sqlite3",
        "asyncio",
        "runstone.tracking",
        "runstone.store",
        "difflib",
        "click.shell_completion",
        "logging",
    }
    assert "click" in loaded
    assert not slow & loaded


def test_a_list_in_a_pipe_loads_neither_rich_nor_numpy(kept: Kept) -> None:
    kept.run("a", metrics={"loss": [1.0]})

    loaded = _loaded_by("--store", str(kept.folder), "runs", "list")

    assert "runstone.cli.runs.list" in loaded
    assert not {"rich", "numpy", "pandas", "pyarrow", "asyncio", "urllib.request", "obstore"} & loaded


def test_every_command_explains_itself_with_an_example(cli: Cli) -> None:
    for name in TABLE:
        result = cli(name, "--help", store=None)
        assert result.code == 0
        if "Commands:" not in result.out:
            assert "Example" in result.out
            continue
        command = root.get_command(None, name)  # type: ignore[arg-type]
        for part in command.table:  # type: ignore[union-attr]
            assert "Example" in cli(name, part, "--help", store=None).out


def test_an_unknown_command_proposes_the_nearest(cli: Cli) -> None:
    result = cli("rusn", store=None)

    assert result.code == 2
    assert "Did you mean 'runs'?" in result.err


def test_options_may_stand_before_and_after_the_command(cli: Cli, kept: Kept) -> None:
    kept.run("a")
    store = str(kept.folder)

    for arguments in (
        ["--store", store, "--json", "runs", "list"],
        ["runs", "--store", store, "list", "--json"],
        ["runs", "list", "--store", store, "--json"],
    ):
        assert len(cli(*arguments, store=None).json()) == 1


def test_the_environment_says_where_the_store_is(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.run("a")
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", str(kept.folder))

    assert len(cli("runs", "list", "--json", store=None).json()) == 1


@pytest.mark.parametrize("arguments", [["runs", "list"], ["experiments", "list"], ["watch"], ["gc"], ["sync"]])
def test_reading_where_there_is_no_store_makes_none_and_says_what_to_do(
    cli: Cli, tmp_path: Path, arguments: list[str]
) -> None:
    result = cli(*arguments)

    assert result.code == 0
    assert result.out == ""
    assert "no runs yet" in result.err
    assert "runstone demo" in result.err
    assert not (tmp_path / "store").exists()
    json.loads(cli(*arguments, "--json", "-q").out)
    assert not (tmp_path / "store").exists()


def test_one_run_where_there_is_no_store_is_not_found(cli: Cli, tmp_path: Path) -> None:
    result = cli("runs", "show", "a")

    assert result.code == 3
    assert not (tmp_path / "store").exists()


def test_a_store_that_is_not_there_is_not_verified(cli: Cli, tmp_path: Path) -> None:
    assert cli("fsck").code == 3
    assert not (tmp_path / "store").exists()


def test_an_empty_store_option_is_refused_and_not_taken_for_none(cli: Cli, kept: Kept) -> None:
    result = cli("--store", "", "runs", "list", store=None)

    assert result.code == 2
    assert "not the URI of a store: ''" in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "name", "position"),
    [
        (["runs", "show", "nobody"], 3, "not_found", None),
        (["runs", "list", "--filter", "metrics.loss <"], 2, "invalid_argument", 14),
        (["runs", "list", "-n", "many"], 2, "usage", None),
        (["experiments", "create", "team/digits"], 4, "already_exists", None),
        (["--store", "foo://x", "runs", "list"], 2, "invalid_argument", None),
    ],
)
def test_errors_are_json_too(
    cli: Cli, kept: Kept, arguments: list[str], code: int, name: str, position: int | None
) -> None:
    kept.run("a")

    result = cli("--json", *arguments)

    error = json.loads(result.err)["error"]
    assert (result.code, result.out) == (code, "")
    assert (error["code"], error["position"]) == (name, position)
    assert error["message"]


def test_errors_are_json_where_the_parser_stopped_before_the_option(cli: Cli) -> None:
    result = cli("runs", "list", "-n", "many", "--json")

    assert json.loads(result.err)["error"]["code"] == "usage"


def test_a_full_disk_behind_standard_output_is_an_error_in_a_line(kept: Kept) -> None:
    kept.run("a")
    command = [*_RUNSTONE, "--store", str(kept.folder), "runs", "list"]

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=_piped())

    assert (done.returncode, done.stderr) == (7, "Error: No space left on device\n")


def test_a_closed_output_is_no_trouble(kept: Kept) -> None:
    kept.run("a")
    command = shlex.join([*_RUNSTONE, "--store", str(kept.folder), "runs", "list"])

    done = subprocess.run(["sh", "-c", f"{command} >&-"], stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_output_cannot_encode_is_written_as_an_escape(kept: Kept) -> None:
    kept.run("é 🚀")
    command = [*_RUNSTONE, "--store", str(kept.folder), "runs", "list"]

    done = subprocess.run(command, capture_output=True, check=True, env={**_piped(), "PYTHONIOENCODING": "latin-1"})

    assert "é \\U0001f680".encode("latin-1") in done.stdout


def test_a_foreign_file_in_the_stores_place_is_an_error_and_stays(cli: Cli, tmp_path: Path) -> None:
    foreign = tmp_path / "store" / "runstone.db"
    foreign.parent.mkdir()
    foreign.write_text("dear diary " * 100)

    result = cli("runs", "list")

    assert result.code == 8
    assert str(foreign) in result.err
    assert "Traceback" not in result.err
    assert foreign.read_text() == "dear diary " * 100


def test_quiet_leaves_hints_out(cli: Cli, kept: Kept) -> None:
    kept.run("a")

    assert cli("runs", "delete", "a", "-y", "-q").err == ""


def test_no_error_of_ours_ends_like_success_or_ctrl_c() -> None:
    assert {codes.cli for codes in _CODES.values()}.isdisjoint({0, 130})


def test_a_reader_that_goes_away_is_no_trouble(kept: Kept) -> None:
    for number in range(200):
        kept.run(f"run-{number}", tags={"long": "x" * 5000})

    command = [*_RUNSTONE, "--store", str(kept.folder), "runs", "list", "-n", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_piped())
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()

    assert process.wait(60) == 1
    assert complaint == ""


def test_ctrl_c_ends_with_130_and_no_traceback(kept: Kept) -> None:
    kept.run("a", status="RUNNING", metrics={"loss": [1.0]})
    command = [*_RUNSTONE, "--store", str(kept.folder), "watch", "a"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_piped())
    assert process.stdout is not None
    assert "loss 1" in process.stdout.readline()

    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in complaint


def _piped() -> dict[str, str]:
    """An environment in which standard output is an ordinary pipe; unbuffered, Python overlooks writes cut short."""
    return {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "PYTHONUNBUFFERED")}
