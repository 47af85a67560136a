from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept

pytest.importorskip("pyarrow")


def test_what_is_exported_is_imported_the_same(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", params={"lr": 0.1}, metrics={"loss": [2.0, 1.0]}, files={"a.txt": b"12345"})
    before = cli("runs", "show", "a", "--json").json()

    exported = cli("export", "out")
    imported = cli("import", "out", store=tmp_path / "fresh")

    assert "1 run, 2 points and 1 file (5 B)" in exported.out
    assert "1 run, 2 points and 1 file (5 B)" in imported.out
    after = cli("runs", "show", "a", "--json", store=tmp_path / "fresh").json()
    assert {part: after[part] for part in ("params", "metrics")} == {
        part: before[part] for part in ("params", "metrics")
    }
    assert cli("artifacts", "get", "a", "a.txt", "-o", "-", store=tmp_path / "fresh").out == "12345"


def test_an_export_that_lacks_something_says_so_and_ends_with_1(cli: Cli, kept: Kept) -> None:
    kept.run("a", files={"a.txt": b"12345", "b.txt": b"67890"})
    blob = next(path for path in (kept.folder / "blobs/sha256").rglob("*") if path.is_file())
    blob.unlink()

    result = cli("export", "out")

    assert result.code == 1
    assert "is lost" in result.err
    assert cli("export", "out2", "--json").code == 1


def test_a_part_is_exported_by_experiment_or_run(cli: Cli, kept: Kept) -> None:
    kept.run("a", experiment="vision/masks")
    kept.run("b", experiment="vision/boxes")
    kept.run("c", experiment="audio")

    assert cli("export", "one", "-e", "vision/*", "--json").json()["runs"] == 2
    assert cli("export", "two", "-r", "c", "--json").json()["runs"] == 1
    assert cli("export", "three", "-e", "nothing").code == 3
    assert cli("export", "one").code == 4


def test_a_part_is_exported_by_filter(cli: Cli, kept: Kept) -> None:
    kept.run("a", experiment="vision/masks")
    kept.run("b", experiment="vision/boxes")
    kept.run("a", experiment="audio")

    assert cli("export", "one", "--filter", "run_name = 'a'", "--json").json()["runs"] == 2
    assert cli("export", "two", "-e", "vision/*", "--filter", "run_name = 'a'", "--json").json()["runs"] == 1
    assert cli("export", "three", "-r", "b", "--filter", "run_name = 'a'", "--json").json()["runs"] == 3
    assert cli("export", "four", "--filter", "run_name = 'none'").code == 3
    assert cli("export", "four", "--filter", "run_name =").code == 2
