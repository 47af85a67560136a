"""``python -m benchmarks [scenario …]``: measure, and write ``RESULTS.md``."""

from __future__ import annotations

import argparse
import os
import platform
import re
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.harness import SCRIPTS, Contender, Scenario, now, run_scenario, table
from benchmarks.peers import python_of
from benchmarks.scenarios import LARGE, SCENARIOS, SERVER, WEB

_HEAD = """# Measured

{cpus} CPUs ({machine}), Python {python}, {system} {release}.  Medians [least–greatest] of programs run in alternation; \
“to ours” is the median as a multiple of Runstone's.  A floor does the bare work and nothing else.
"""


def main() -> None:
    """Run the scenarios asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="scenarios to run, such as search or 'server_*'; all if none")
    parser.add_argument("--rounds", type=int, help="at most so many rounds of each")
    parser.add_argument("--only", help="contenders, separated by commas")
    parser.add_argument("--large", action="store_true", help="also fill and search 100,000 and 1,000,000 runs")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    chosen = parser.parse_args()
    known = SCENARIOS + SERVER + WEB + LARGE
    wanted = (
        [s for s in known if any(fnmatch(s.folder, name) for name in chosen.names)]
        if chosen.names
        else [*SCENARIOS, *SERVER, *WEB, *(LARGE if chosen.large else ())]
    )
    for scenario in wanted:
        print(scenario.title, flush=True)
        contenders = _contenders(scenario, chosen.only)
        rounds = min(scenario.rounds, chosen.rounds or scenario.rounds)
        text = table(scenario, run_scenario(scenario, contenders, rounds))
        print(text, flush=True)
        _write(chosen.output, scenario.title, text, [s.title for s in known])


def _write(path: Path, title: str, text: str, order: list[str]) -> None:
    """Put a table into the results, in place of an older one; those of other scenarios stay."""
    written = path.read_text("utf-8") if path.exists() else ""
    sections = dict(re.findall(r"^### (.+)\n\n((?:.*\n)*?)(?=### |\Z)", written, re.MULTILINE))
    sections[title] = f"{now()}.\n\n{text}"
    head = _HEAD.format(
        cpus=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
        system=platform.system(),
        release=platform.release().partition("-")[0],
    )
    pieces = [f"### {known}\n\n{sections[known].strip()}\n" for known in order if known in sections]
    path.write_text("\n".join([head, *pieces]), encoding="utf-8")


def _contenders(scenario: Scenario, only: str | None) -> list[Contender]:
    found = []
    for script in sorted((SCRIPTS / scenario.folder).glob("on_*.py")):
        name = script.stem.removeprefix("on_")
        if only and name not in only.split(","):
            continue
        python = python_of(name)
        if python is not None:
            found.append(Contender(name, python, script))
    return found


if __name__ == "__main__":
    main()
