from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

PROGRAM = Path(sys.executable).with_name("runstone")


@pytest.fixture(scope="module")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The store that the demo made, and what it printed."""
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    done = subprocess.run(
        [PROGRAM, "demo", "--seeds", "2", "--store", "kept"],
        cwd=folder,
        env=environment | {"COLUMNS": "120", "PATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return folder / "kept", done.stdout


def test_it_prints_a_comparison_a_chart_and_what_to_try_next(demo_store: tuple[Path, str]) -> None:
    lines = demo_store[1].splitlines()

    header = next(at for at, line in enumerate(lines) if line.startswith("model"))
    rows = [line.split() for line in lines[header + 1 : header + 4]]
    assert {row[0] for row in rows} == {"linear", "network", "forest"}
    assert all(row[2] == "±" and row[-1] == "2" for row in rows)
    assert all(float(row[1]) > 0.9 for row in rows)
    assert [float(row[1]) for row in rows] == sorted((float(row[1]) for row in rows), reverse=True)
    assert any(line.split()[:3] == ["●", "linear", "last"] for line in lines)
    assert any(" runs compare " in line for line in lines)


def test_everything_about_its_runs_is_recorded(demo_store: tuple[Path, str], cli: Cli) -> None:
    runs = cli("runs", "list", "-e", "demo/digits", "--json", store=demo_store[0]).json()

    assert sorted(run["info"]["run_name"] for run in runs) == [
        f"{model}-seed{seed}" for model in ("forest", "linear", "network") for seed in (0, 1)
    ]
    for run in runs:
        shown = cli("runs", "show", run["info"]["run_id"], "--json", store=demo_store[0]).json()
        assert shown["info"]["status"] == "FINISHED"
        assert shown["params"]["model"] == shown["tags"]["model"]
        assert {"train/loss", "train/accuracy", "val/loss", "val/accuracy"} <= set(shown["metrics"])
        assert shown["metrics"]["val/accuracy"]["count"] >= 20
        assert {"confusion.png", "model/model.pkl"} <= {artifact["path"] for artifact in shown["artifacts"]}
        (given,) = shown["inputs"]["dataset_inputs"]
        assert given["dataset"]["name"] == "digits"
        assert shown["tags"]["runstone.seed"] == str(shown["params"]["seed"])


def test_the_commands_it_proposes_work(demo_store: tuple[Path, str], cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo_store[0].parent)
    lines = demo_store[1].split("Next\n")[1].splitlines()

    for line in lines:
        command = line.strip().split("  ")[0].split()
        assert PROGRAM.samefile(command[0]), "the shell would not find it by its name"
        assert cli(*command[1:], store=None).code == 0, line


def test_without_its_extra_it_says_in_a_line_how_to_get_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)

    result = cli("demo")

    assert result.code == 9
    assert result.err.splitlines() == [
        'Error: runstone demo needs an optional dependency: pip install "runstone[demo]"'
    ]


def test_what_seeds_do_not_show_is_not_claimed() -> None:
    from runstone.cli.demo import _doubt
    from runstone.core.entities import MetricSummary, Run, RunInfo

    def run(score: float) -> Run:
        summary = MetricSummary(score, 0, 0, score, 0, 0, score, score, score, 1)
        return Run(
            info=RunInfo(run_id="0", run_name="", experiment_id="0", start_time=0), metrics={"val/accuracy": summary}
        )

    def doubt(first: list[float], second: list[float]) -> str:
        return _doubt({"a": [run(score) for score in first], "b": [run(score) for score in second]})

    assert "One seed" in doubt([0.9], [0.5])
    assert "a and b are closer" in doubt([0.90, 0.95], [0.89, 0.94])
    assert doubt([0.90, 0.91, 0.92], [0.50, 0.51, 0.52]) == ""
    assert doubt([0.9, 0.9], [0.8, 0.8]) == ""
