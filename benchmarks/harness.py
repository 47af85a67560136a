"""Running contenders in alternation and putting their figures side by side."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"


class Figure(NamedTuple):
    """What a scenario measures.

    Attributes:
        name: Key in what the programs print; ``wall_ms`` and ``peak_mib`` are measured from outside.
        title: As the table shows it.
        better: ``lower`` or ``higher``.
    """

    name: str
    title: str
    better: str = "lower"


class Scenario(NamedTuple):
    """A folder of programs and what is measured of them.

    Attributes:
        folder: Below ``scripts``; ``on_<contender>.py`` each (a bare name would hide the package of that name).
        warm: Run each program once in its folder before it is measured, so that its store exists.
        rounds: How often, at the most.
        arguments: Passed to every program.
    """

    folder: str
    title: str
    figures: tuple[Figure, ...]
    warm: bool = False
    rounds: int = 5
    arguments: tuple[str, ...] = ()


class Contender(NamedTuple):
    """A program and the interpreter that runs it."""

    name: str
    python: str
    script: Path


Measured = dict[str, dict[str, list[float]]]
"""Values by contender and figure."""


def run_scenario(scenario: Scenario, contenders: Sequence[Contender], rounds: int) -> Measured:
    """Run every contender in turn, ``rounds`` times; one that fails is named and left out."""
    measured: Measured = defaultdict(lambda: defaultdict(list))
    failed: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="runstone-bench-") as scratch:
        for number in range(rounds):
            for contender in contenders:
                if contender.name in failed:
                    continue
                folder = Path(scratch) / f"{contender.name}-{number}"
                folder.mkdir()
                os.sync()  # what one has left to be written back is not the next one's to wait for
                try:
                    if scenario.warm:
                        run_once(contender, folder, scenario.arguments)
                    for name, value in run_once(contender, folder, scenario.arguments).items():
                        measured[contender.name][name].append(value)
                except subprocess.CalledProcessError as error:
                    failed.add(contender.name)
                    print(f"  {contender.name} failed:\n{error.stderr[-2000:]}", file=sys.stderr)
                shutil.rmtree(folder, ignore_errors=True)
    return measured


def run_once(contender: Contender, folder: Path, arguments: Sequence[str]) -> dict[str, float]:
    """Run a program in a folder and return what it printed as JSON, with its wall time and peak memory."""
    environment = {
        **os.environ,
        "WANDB_MODE": "offline",
        "WANDB_SILENT": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "1",
        "AIM_ACCESS_KEY": "",
        "RUNSTONE_TRACKING_URI": "",
        "HOME": str(folder),
        "BENCH_ROOT": str(HERE.parent),
        "BENCH_PYTHON": sys.executable,
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    out = folder / "out.json"
    # A small interpreter in between: a child's peak memory begins at its parent's.
    command = [
        sys.executable,
        "-I",
        "-S",
        str(HERE / "launch.py"),
        str(out),
        contender.python,
        str(contender.script),
        *arguments,
    ]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=3600
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    outside = json.loads(out.read_text())
    printed = [line for line in done.stdout.splitlines() if line.startswith("{")]
    said = json.loads(printed[-1]) if printed else {}
    if "stored_in" in said:  # What a database keeps for the time being is on disk until its program has ended.
        stored = sum(path.stat().st_size for path in folder.glob(said.pop("stored_in")))
        said["bytes_per_point"] = stored / said["points"]
    return {**outside, **said}


def table(scenario: Scenario, measured: Mapping[str, Mapping[str, list[float]]]) -> str:
    """Return a scenario's Markdown table: medians with spread, and ratios to ours."""
    shown = [figure for figure in scenario.figures if any(figure.name in values for values in measured.values())]
    lines = ["| | " + " | ".join(f"{figure.title} | to ours" for figure in shown) + " |"]
    lines.append("|---|" + "---:|---:|" * len(shown))
    for name in sorted(measured, key=lambda name: (name != "runstone", name.startswith("floor"), name)):
        cells = [f"**{name}**" if name == "runstone" else name]
        for figure in shown:
            values = measured[name].get(figure.name, [])
            cells += [_spread(values), _ratio(values, measured.get("runstone", {}).get(figure.name, []))]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    middle = _number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} [{_number(min(values))}–{_number(max(values))}]"


def _ratio(values: Sequence[float], ours: Sequence[float]) -> str:
    if not values or not ours or not statistics.median(ours):
        return "–"
    return f"{_number(statistics.median(values) / statistics.median(ours))} ×"


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def now() -> str:
    """Return the date for the head of the results."""
    return time.strftime("%Y-%m-%d")
