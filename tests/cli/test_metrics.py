from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept


def test_plot_draws_a_chart_with_a_legend(cli: Cli, kept: Kept) -> None:
    kept.run("a", metrics={"loss": [4.0, 2.0, 1.0]})
    kept.run("b", metrics={"loss": [3.0, 2.5]})

    lines = cli("metrics", "plot", "a", "b", "-m", "loss", "--height", "5").out.splitlines()

    assert lines[0] == "loss"
    assert lines[-2].startswith("● a  last 1")
    assert lines[-1].startswith("◆ b  last 2.5")
    assert len(lines) == 1 + 5 + 2 + 2


def test_plot_as_json_gives_the_points_along_steps_or_seconds(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("a", metrics={"loss": [4.0, 2.0]})

    (by_step,) = cli("metrics", "plot", "a", "-m", "loss", "--json").json()
    (by_time,) = cli("metrics", "plot", "a", "-m", "loss", "-x", "time", "--json").json()

    assert by_step == {"run_id": run_id, "run_name": "a", "key": "loss", "step": [0.0, 1.0], "value": [4.0, 2.0]}
    assert by_time["time"] == [0.0, 0.001]


def test_without_a_metric_the_losses_are_drawn(cli: Cli, kept: Kept) -> None:
    kept.run("a", metrics={"val/loss": [1.0, 2.0], "train/loss": [2.0, 1.0], "acc": [0.1, 0.2], "system/cpu": [1.0]})
    kept.run("b", metrics={"acc": [0.1, 0.2], "bleu": [1.0]})
    kept.run("c")

    assert cli("metrics", "plot", "a").out.startswith("train/loss, val/loss\n")
    assert cli("metrics", "plot", "b").out.startswith("acc\n")
    assert cli("metrics", "plot", "c").code == 3


def test_runs_of_one_name_are_told_apart_in_the_legend(cli: Cli, kept: Kept) -> None:
    ids = [kept.run("twin", metrics={"loss": [1.0, 2.0]}) for _ in range(2)]

    out = cli("metrics", "plot", *ids, "-m", "loss").out

    assert all(f"twin ({run_id[-8:]})" in out for run_id in ids)


def test_a_metric_that_no_run_has_is_an_error_that_says_which_there_are(cli: Cli, kept: Kept) -> None:
    kept.run("a", metrics={"loss": [1.0], "acc": [1.0]})

    result = cli("metrics", "plot", "a", "-m", "los")

    assert result.code == 3
    assert "acc, loss" in result.err


def test_a_chart_is_coloured_on_a_terminal(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.run("a", metrics={"loss": [1.0, 2.0]})
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "\x1b[36m" in cli("metrics", "plot", "a", "-m", "loss").out


def test_export_writes_every_point(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("a", metrics={"loss": [4.0, float("nan")], "acc": [0.5]})

    rows = list(csv.DictReader(io.StringIO(cli("metrics", "export", "a").out)))
    one = cli("metrics", "export", "a", "-m", "acc", "--json").json()

    assert [(row["key"], row["step"], row["value"]) for row in rows] == [
        ("acc", "0", "0.5"),
        ("loss", "0", "4.0"),
        ("loss", "1", "nan"),
    ]
    assert [(point["run_id"], point["value"]) for point in one] == [(run_id, 0.5)]
