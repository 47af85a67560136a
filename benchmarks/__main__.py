"""``python -m benchmarks [scenario …]``: measure, and write ``RESULTS.md``."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from benchmarks.harness import SCRIPTS, Contender, Scenario, now, run_scenario, table
from benchmarks.peers import python_of
from benchmarks.scenarios import LARGE, SCENARIOS


def main() -> None:
    """Run the scenarios asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="scenarios to run; all if none")
    parser.add_argument("--rounds", type=int, help="at most so many rounds of each")
    parser.add_argument("--only", help="contenders, separated by commas")
    parser.add_argument("--large", action="store_true", help="also fill and search 100,000 and 1,000,000 runs")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    chosen = parser.parse_args()
    pieces = [
        "# Measured\n",
        f"{now()}, {os.cpu_count()} CPUs ({platform.machine()}), Python {platform.python_version()}, "
        f"{platform.system()} {platform.release().partition('-')[0]}.  Medians [least–greatest] of programs run in "
        "alternation; “to ours” is the median as a multiple of Runstone's.  A floor does the bare work and nothing else.\n",
    ]
    known = SCENARIOS + LARGE
    wanted = (
        [s for s in known if s.folder in chosen.names]
        if chosen.names
        else [*SCENARIOS, *(LARGE if chosen.large else ())]
    )
    for scenario in wanted:
        print(scenario.title, flush=True)
        contenders = _contenders(scenario, chosen.only)
        rounds = min(scenario.rounds, chosen.rounds or scenario.rounds)
        text = table(scenario, run_scenario(scenario, contenders, rounds))
        print(text, flush=True)
        pieces.append(text)
        chosen.output.write_text("\n".join(pieces), encoding="utf-8")


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
