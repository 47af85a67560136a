"""Runs in a notebook: a real kernel, driven as Jupyter does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import runstone
from runstone.tracking.capture.cells import capture_cells

pytestmark = pytest.mark.usefixtures("store_folder")

_DRIVER = """
import sys, nbformat
from nbclient import NotebookClient

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sys.argv[1:]])
NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
for cell in notebook.cells:
    for output in cell.outputs:
        print(sorted(output.get("data", {})), output.get("ename", ""), output.get("text", "").strip())
"""


def in_notebook(*cells: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _DRIVER, *cells],
        env={**os.environ, "RUNSTONE_CAPTURE": "source,code,console"},
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    return done.stdout.splitlines()


def test_the_cells_are_the_code_and_what_they_print_is_kept() -> None:
    shown = in_notebook(
        "import runstone\nlr = 0.1  # DB_PASSWORD=hunter2hunter2",
        "run = runstone.start_run()\nrunstone.log_param('lr', lr)\nprint('training')",
        "run",
        "%time runstone.log_metric('loss', 0.5)\nrunstone.end_run()",
        "print('after the run')",
    )

    (run,) = runstone.search_runs(output_format="list")
    run_id = run.info.run_id
    assert shown[:2] == ["[]  training", "['text/html', 'text/plain']  "]
    assert runstone.Client().read_artifact(run_id, "runstone/code/cells.py").decode() == (
        "# %% [1]\nimport runstone\nlr = 0.1  # DB_PASSWORD=[redacted]\n"
        "\n# %% [2]\nrun = runstone.start_run()\nrunstone.log_param('lr', lr)\nprint('training')\n"
        "\n# %% [3]\nrun\n"
        "\n# %% [4]\n%time runstone.log_metric('loss', 0.5)\nrunstone.end_run()\n"
    )
    assert runstone.read_console(run_id, stream="stdout").startswith("training")
    assert "after the run" not in runstone.read_console(run_id)
    assert run.tags["mlflow.source.type"] == "NOTEBOOK"


def test_a_cell_that_raises_ends_the_run_of_its_block_and_no_other() -> None:
    in_notebook(
        "import runstone\nouter = runstone.start_run(run_name='outer')",
        "with runstone.start_run(nested=True, run_name='inner'):\n    raise ValueError('boom')",
        "runstone.log_metric('still', 1)",
    )

    statuses = {run.info.run_name: run.info.status for run in runstone.search_runs(output_format="list")}
    assert statuses["inner"] == "FAILED"
    (outer,) = runstone.search_runs(filter_string="run_name = 'outer'", output_format="list")
    assert outer.data.metrics == {"still": 1}


@pytest.mark.parametrize("shell", [None, SimpleNamespace(), SimpleNamespace(history_manager=None)])
def test_without_a_history_there_are_no_cells(shell: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))  # type: ignore[arg-type]

    assert capture_cells() == {}


def test_a_huge_history_keeps_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = ["", *("x" * 1_000_000 for _ in range(20)), "the_last()"]
    shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=inputs))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))  # type: ignore[arg-type]

    ((path, data),) = capture_cells().items()

    assert Path(path).name == "cells.py"
    assert data.endswith(b"# %% [21]\nthe_last()\n")
    assert len(data) == 10 * 1024 * 1024
