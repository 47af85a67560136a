"""What may be loaded on the way to the first log, in a fresh process: the standard library, msgspec and ourselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FIRST_LOG = (
    "import runstone\nrunstone.start_run()\nrunstone.log_metric('loss', 0.5, step=1)\nrunstone.log_param('lr', 1)"
)

SLOW_PARTS_OF_THE_STANDARD_LIBRARY = {
    "asyncio",
    "concurrent.futures",
    "ctypes",
    "email",
    "http",
    "importlib.metadata",
    "importlib.resources",
    "multiprocessing",
    "pdb",
    "ssl",
    "subprocess",
    "unittest",
    "urllib.request",
    "xml",
}


def modules_after(program: str, folder: Path) -> set[str]:
    """Return the modules that a program loads beyond those of a bare interpreter."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "RUNSTONE_TRACKING_URI": str(folder / "store"),
        "RUNSTONE_CAPTURE": "none",
    }
    listed = [
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"{text}\nimport os, sys\nprint('\\nloaded:', *sys.modules, flush=True)\nos._exit(0)",
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            cwd=folder,
        ).stdout
        for text in ("pass", program)
    ]
    bare, loaded = (set(text.rpartition("loaded:")[2].split()) for text in listed)
    return loaded - bare


def foreign(modules: set[str]) -> set[str]:
    """Return the packages among modules that are not the standard library's."""
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names


def test_first_log_loads_the_standard_library_msgspec_and_ourselves_only(tmp_path: Path) -> None:
    modules = modules_after(FIRST_LOG, tmp_path)

    assert foreign(modules) <= {"runstone", "msgspec", "typing_extensions"}
    assert (modules & SLOW_PARTS_OF_THE_STANDARD_LIBRARY) - modules_after("import msgspec", tmp_path) == set()


def test_import_alone_loads_nothing_but_itself(tmp_path: Path) -> None:
    modules = modules_after("import runstone", tmp_path)

    assert foreign(modules) == {"runstone"}
    assert {name for name in modules if name.startswith("runstone.")} == set()


def test_version_of_the_command_line_loads_click_besides(tmp_path: Path) -> None:
    modules = modules_after("import runstone.cli.main\nassert runstone.cli.main.run(['--version']) == 0", tmp_path)

    assert foreign(modules) <= {"runstone", "click"}


@pytest.mark.parametrize("name", ["numpy", "zstandard", "psutil", "rich"])
def test_packages_that_are_always_installed_are_not_loaded_by_a_small_program(tmp_path: Path, name: str) -> None:
    modules = modules_after(f"{FIRST_LOG}\nrunstone.end_run()", tmp_path)

    assert name not in foreign(modules)
