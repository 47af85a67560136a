"""What a shell is proposed, as its completion script asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from runstone.cli.main import root

if TYPE_CHECKING:
    from tests.cli.conftest import Kept


def proposed(store: Path, *words: str) -> list[str]:
    """Return what is proposed for the last word, which may be empty or only begun."""
    completion = ShellComplete(root, {}, "runstone", "_RUNSTONE_COMPLETE")
    *before, begun = words
    return [item.value for item in completion.get_completions(["--store", str(store), *before], begun)]


def test_runs_are_proposed_by_name_and_by_the_digits_of_their_ids(kept: Kept) -> None:
    run_id = kept.run("brisk-1", run_id="0190" + "a" * 20 + "12345678")
    kept.run("brisk-2")
    kept.run("with space")
    gone = kept.run("gone")
    kept.store.delete_run(gone)

    assert proposed(kept.folder, "runs", "show", "") == ["brisk-2", "brisk-1"]
    assert proposed(kept.folder, "runs", "show", "brisk-") == ["brisk-2", "brisk-1"]
    assert proposed(kept.folder, "runs", "compare", "brisk-1", "1234") == ["12345678"]
    assert proposed(kept.folder, "runs", "tag", "0190aa") == [run_id]
    assert proposed(kept.folder, "runs", "restore", "") == ["gone"]
    assert proposed(kept.folder, "runs", "show", "x' OR 1=1") == []


def test_experiments_metrics_and_artifacts_are_proposed(kept: Kept) -> None:
    kept.run("a", experiment="vision/masks", metrics={"val/loss": [1.0], "acc": [1.0]}, files={"plots/a.png": b"1"})
    kept.run("b", experiment="audio", metrics={"other": [1.0]})

    assert proposed(kept.folder, "runs", "list", "-e", "vis") == ["vision/masks"]
    assert proposed(kept.folder, "experiments", "show", "au") == ["audio"]
    assert proposed(kept.folder, "metrics", "plot", "a", "-m", "") == ["acc", "val/loss"]
    assert proposed(kept.folder, "artifacts", "get", "a", "pl") == ["plots/a.png"]


@pytest.mark.parametrize("words", [("runs", "show", ""), ("runs", "list", "-e", ""), ("artifacts", "get", "a", "")])
def test_without_a_store_nothing_is_proposed_and_none_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert proposed(tmp_path / "none", *words) == []
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_read_proposes_nothing(tmp_path: Path) -> None:
    (tmp_path / "runstone.db").write_text("dear diary " * 100)

    assert proposed(tmp_path, "runs", "show", "") == []
