from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept


def test_list_is_a_tree_with_counts_of_runs_on_a_terminal(
    cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    kept.run("a", experiment="vision/masks/small")
    kept.run("b", experiment="vision/masks/small")
    kept.run("c", experiment="vision/boxes")
    kept.run("d", experiment="vision")
    kept.run("e", experiment="audio/speech")

    rows = cli("experiments", "list", "--no-color").out.splitlines()[2:]

    widest = len("   └─ small")
    assert [(row[:widest].rstrip(), row[widest:].split()[0]) for row in rows] == [
        ("Default", "0"),
        ("audio/", "1"),
        ("└─ speech", "1"),
        ("vision", "1"),
        ("├─ boxes", "1"),
        ("└─ masks/", "2"),
        ("   └─ small", "2"),
    ]


def test_list_in_a_pipe_has_whole_names(cli: Cli, kept: Kept) -> None:
    kept.run("a", experiment="vision/masks/small")
    kept.store.delete_experiment(kept.store.create_experiment("vision/old").experiment_id)

    header, *rows = (line.split() for line in cli("experiments", "list", "--all").out.splitlines())

    assert header == ["experiment", "runs", "id", "updated", "stage"]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("Default", "0", "active"),
        ("vision/masks/small", "1", "active"),
        ("vision/old", "0", "deleted"),
    ]


def test_list_as_json_is_flat(cli: Cli, kept: Kept) -> None:
    kept.run("a", experiment="vision/masks")

    found = cli("experiments", "list", "--json").json()

    assert [(experiment["name"], experiment["runs"]) for experiment in found] == [("Default", 0), ("vision/masks", 1)]


def test_show_counts_runs_by_status(cli: Cli, kept: Kept) -> None:
    kept.run("a")
    kept.run("b", status="FAILED")
    kept.run("c", status="RUNNING")

    shown = cli("experiments", "show", "team/digits", "--json").json()

    assert shown["runs"] == 3
    assert {state: n for state, n in shown["runs_by_status"].items() if n} == {
        "RUNNING": 1,
        "FINISHED": 1,
        "FAILED": 1,
    }
    assert "1 running, 1 finished, 1 failed" in cli("experiments", "show", "team/digits").out


def test_an_experiment_lives_from_create_to_restore(cli: Cli, kept: Kept) -> None:
    made = cli("experiments", "create", "a/b", "--tag", "owner=ana", "--json").json()
    assert made["tags"] == {"owner": "ana"}
    assert cli("experiments", "create", "a/b").code == 4

    assert cli("experiments", "rename", "a/b", "a/c", "--json").json()["name"] == "a/c"
    assert cli("experiments", "tag", "a/c", "k=v", "-d", "owner", "--json").json()["tags"] == {"k": "v"}

    kept.run("r", experiment="a/c")
    deleted = cli("experiments", "delete", "a/c", "--yes")
    assert "with 1 run" in deleted.out
    assert f"restore {made['experiment_id']}" in deleted.err
    assert cli("runs", "list", "--json").json() == []
    assert cli("experiments", "delete", "a/c", "--yes").code == 5

    assert cli("experiments", "restore", made["experiment_id"]).code == 0
    assert len(cli("runs", "list", "--json").json()) == 1
