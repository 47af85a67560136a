"""``--json`` everywhere: strict JSON, and nothing else, on standard output."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept

# In an order in which each can be done once; {tmp} is a fresh folder.
COMMANDS = """
runs list --all
runs show odd
runs compare odd plain --all
runs tag odd k=v
runs delete plain --yes
runs restore plain
runs export
runs export -o {tmp}/runs.csv
experiments list --all
experiments show team/digits
experiments create a/b
experiments tag a/b k=v
experiments rename a/b a/c
experiments delete a/c --yes
experiments restore a/c
artifacts list odd
artifacts get odd -o {tmp}/files
artifacts put odd {tmp}/files/notes.txt
metrics plot odd
metrics export odd
metrics export odd -o {tmp}/points.parquet
watch --once
watch odd --once
watch plain
info
sync
fsck
gc
gc --yes
backup {tmp}/backup
restore {tmp}/backup {tmp}/restored
export {tmp}/export
import {tmp}/export
completion bash
"""


def test_every_command_prints_strict_json(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    hostile = "\x1b[31m \x9b5m \udc80".encode("utf-8", "replace").decode() + "é 🚀 \u2028"
    values = [1.0, math.nan, math.inf, -math.inf, -0.0, 1e308]
    kept.run(
        "odd",
        params={"nan": math.nan, "inf": -math.inf, "big": 10**30, "none": None, "text": hostile},
        metrics={"loss": values},
        tags={"t": hostile},
        files={"notes.txt": b"\x1b[31m"},
        status="RUNNING",
    )
    kept.run("plain", metrics={"loss": [1.0]})

    for line in COMMANDS.strip().splitlines():
        result = cli("--json", *line.format(tmp=tmp_path).split())

        assert result.code == 0, (line, result.err)
        assert result.err == "", line
        json.loads(result.out, parse_constant=_refuse)
        assert not {"\x1b", "\x9b"} & set(result.out), line


def _refuse(name: str) -> None:
    pytest.fail(f"{name} is not JSON")
