from __future__ import annotations

import csv
import io
import json
import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runstone.core.entities import DatasetInput, DatasetRecord

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept


def test_list_shows_the_latest_first_with_whole_ids_in_a_pipe(cli: Cli, kept: Kept) -> None:
    old = kept.run("first", params={"lr": 0.1}, metrics={"loss": [1.0, 0.5]})
    new = kept.run("second", params={"lr": 0.2}, metrics={"loss": [1.0, 0.25]}, status="FAILED")

    result = cli("runs", "list")

    assert [line.split("  ")[0] for line in result.out.splitlines()[1:]] == [new, old]
    header, *rows = [line.split() for line in result.out.splitlines()]
    assert header == ["id", "name", "experiment", "status", "started", "took", "loss", "lr"]
    assert [(row[1], row[2], row[3], row[-2], row[-1]) for row in rows] == [
        ("second", "team/digits", "FAILED", "0.25", "0.2"),
        ("first", "team/digits", "FINISHED", "0.5", "0.1"),
    ]
    assert datetime.fromisoformat(rows[0][4]).timestamp() * 1000 == kept.store.get_run(new).info.start_time


def test_one_huge_value_does_not_widen_the_other_lines_of_a_pipe(cli: Cli, kept: Kept) -> None:
    kept.run("short", params={"p": "x", "q": "y"}, metrics={"loss": [1.0]})
    kept.run("n" * 900, params={"p": "v" * 6000, "q": "y"}, metrics={"loss": [1.0]})

    header, long, short = cli("runs", "list", "--columns", "params.p,params.q").out.splitlines()

    assert len(header) < 300
    assert len(short) < 300
    assert short.split()[-2:] == ["x", "y"]
    assert "v" * 6000 in long


def test_list_as_json_has_the_entities_shape(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("only", params={"lr": 0.1, "layers": [1, 2]}, metrics={"loss": [2.0, 1.0]}, tags={"team": "a"})

    (run,) = cli("runs", "list", "--json").json()

    assert run["info"]["run_id"] == run_id
    assert run["info"]["experiment_name"] == "team/digits"
    assert run["params"] == {"lr": 0.1, "layers": [1, 2]}
    assert run["tags"]["team"] == "a"
    loss = run["metrics"]["loss"]
    assert (loss["last"], loss["min"], loss["max"], loss["mean"], loss["count"]) == (1.0, 1.0, 2.0, 1.5, 2)


def test_numbers_that_are_not_finite_are_null_in_json(cli: Cli, kept: Kept) -> None:
    kept.run("odd", metrics={"loss": [float("inf"), float("nan")]})

    (run,) = cli("runs", "list", "--json").json()

    assert run["metrics"]["loss"]["last"] is None
    assert run["metrics"]["loss"]["max"] is None


def test_list_filters_orders_and_limits(cli: Cli, kept: Kept) -> None:
    for name, loss in (("a", 3.0), ("b", 1.0), ("c", 2.0)):
        kept.run(name, metrics={"loss": [loss]})

    ordered = cli("runs", "list", "--filter", "metrics.loss < 3", "--order-by", "metrics.loss ASC", "--json").json()
    first = cli("runs", "list", "-n", "1")

    assert [run["info"]["run_name"] for run in ordered] == ["b", "c"]
    assert len(first.out.splitlines()) == 2
    assert "there are more" in first.err


def test_a_limit_of_0_shows_all(cli: Cli, kept: Kept) -> None:
    for number in range(60):
        kept.run(f"run-{number}")

    assert len(cli("runs", "list", "--json").json()) == 50
    assert len(cli("runs", "list", "-n", "0", "--json").json()) == 60


def test_list_takes_experiments_by_name_id_and_prefix(cli: Cli, kept: Kept) -> None:
    kept.run("a", experiment="vision/a")
    kept.run("b", experiment="vision/b")
    kept.run("c", experiment="visionary")
    identity = kept.store.find_experiment("vision/b")
    assert identity is not None

    def names(*wanted: str) -> set[str]:
        options = [part for text in wanted for part in ("-e", text)]
        return {run["info"]["run_name"] for run in cli("runs", "list", *options, "--json").json()}

    assert names("vision/a") == {"a"}
    assert names(identity.experiment_id) == {"b"}
    assert names("vision/*") == {"a", "b"}
    assert names("visionary", "vision/a") == {"a", "c"}
    assert names("*") == {"a", "b", "c"}


def test_an_unknown_experiment_proposes_the_nearest(cli: Cli, kept: Kept) -> None:
    kept.run("a", experiment="vision/masks")

    result = cli("runs", "list", "-e", "vision/mask")

    assert result.code == 3
    assert "did you mean 'vision/masks'" in result.err


def test_deleted_runs_are_listed_when_asked_for(cli: Cli, kept: Kept) -> None:
    gone = kept.run("gone")
    kept.run("here")
    kept.store.delete_run(gone)

    def names(*options: str) -> list[str]:
        return [run["info"]["run_name"] for run in cli("runs", "list", *options, "--json").json()]

    assert names() == ["here"]
    assert names("--deleted") == ["gone"]
    assert names("--all") == ["here", "gone"]
    assert "FINISHED (deleted)" in cli("runs", "list", "--all").out


def test_columns_take_the_place_of_the_usual_ones(cli: Cli, kept: Kept) -> None:
    kept.run("a", params={"lr": 0.1}, metrics={"loss": [3.0, 1.0, 2.0], "x.min": [7.0]}, tags={"team": "blue"})

    columns = "metrics.loss.min,metrics.x.min,tags.team,params.none,user_id"
    header, row = cli("runs", "list", "--columns", columns).out.splitlines()

    assert header.split()[-5:] == columns.split(",")
    assert row.split()[-5:] == ["1", "7", "blue", "-", "ana"]


def test_a_column_that_is_none_is_an_error_that_says_what_there_is(cli: Cli, kept: Kept) -> None:
    result = cli("runs", "list", "--columns", "loss")

    assert result.code == 2
    assert "metrics.KEY" in result.err


def test_a_mistake_in_a_filter_points_at_the_character(cli: Cli, kept: Kept) -> None:
    kept.run("a")

    result = cli("runs", "list", "--filter", "params.lr <> < 1")

    assert result.code == 2
    assert result.out == ""
    assert result.err.splitlines()[-1].endswith("^")


def test_a_terminal_gets_short_ids_and_colours(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = kept.run("first", metrics={"loss": [1.0]})
    monkeypatch.setenv("FORCE_COLOR", "1")

    colourful = cli("runs", "list").out
    plain = cli("runs", "list", "--no-color").out

    assert run_id not in colourful
    assert f"\x1b[33m{run_id[-8:]}\x1b[0m" in colourful
    assert "\x1b" not in plain
    assert run_id[-8:] in plain


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (100, ["id", "name", "status", "started", "took"]),
        (50, ["id", "name", "status", "started"]),
        (36, ["id", "name", "status"]),
    ],
)
def test_a_narrow_terminal_does_without_columns_rather_than_names(
    cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch, columns: int, shown: list[str]
) -> None:
    kept.run("brisk-heron-412")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))

    header, _, row = cli("runs", "list", "--no-color").out.splitlines()

    assert header.split() == shown
    assert "brisk-her" in row


def test_no_deleted_runs_is_said_without_a_hint_to_log(cli: Cli, kept: Kept) -> None:
    kept.run("a")

    assert cli("runs", "list", "--deleted").err == "No deleted runs.\n"


def test_a_table_is_never_wider_than_the_terminal(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.run("n" * 200, params={"p" * 100: "v" * 500}, metrics={f"m{i}" * 10: [0.1] for i in range(10)})
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")

    lines = cli("runs", "list", "--no-color").out.splitlines()

    assert max(map(len, lines)) <= 60
    assert "FINISHED" in lines[-1]


@pytest.mark.parametrize("terminal", [True, False])
def test_hostile_names_show_as_they_are(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    hostile = "[red]x[/] \x1b[31m \x9b5m \u202e"
    run_id = kept.run(
        hostile,
        experiment=f"e{hostile.replace('/', '')}",
        params={"p": hostile},
        metrics={"m": [1.0]},
        tags={"t": hostile},
        files={"[bold]f\u202e": b"1"},
        status="RUNNING",
    )
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")

    shown = {
        arguments[:2]: cli(*arguments, "--no-color").out
        for arguments in (
            ("runs", "list", "--columns", "tags.t,params.p"),
            ("runs", "show", run_id),
            ("runs", "compare", run_id, kept.run("other")),
            ("experiments", "list"),
            ("experiments", "show", "1"),
            ("artifacts", "list", run_id),
            ("watch", "--once"),
            ("metrics", "plot", run_id, run_id, "-m", "m"),
            ("runs", "delete", run_id, "--yes"),
        )
    }

    for arguments, text in shown.items():
        assert text, arguments
        assert not {"\x1b", "\x9b", "\u202e"} & set(text), arguments
    assert "[red]x[/] \\x1b[31m \\x9b5m \\u202e" in shown["runs", "show"]
    assert "[bold]f\\u202e" in shown["artifacts", "list"]


def test_json_holds_no_control_characters_and_reads_back_the_same(cli: Cli, kept: Kept) -> None:
    hostile = "\x1b[31m \x9b \x7f é"
    kept.run("x", tags={"t": hostile})

    result = cli("runs", "list", "--json")

    assert not {"\x1b", "\x9b", "\x7f"} & set(result.out)
    assert result.json()[0]["tags"]["t"] == hostile


def test_show_tells_everything(cli: Cli, kept: Kept) -> None:
    run_id = kept.run(
        "brisk",
        params={"lr": 0.1},
        metrics={"loss": [4.0, 2.0, 1.0], "system/cpu": [5.0]},
        tags={"team": "blue"},
        files={"model/m.pkl": b"x" * 2048, "runstone/code/a.py": b"1"},
        status="KILLED",
    )
    for name, profile in [("digits", '{"num_rows": 1797}'), ("odd", "no JSON")]:
        record = DatasetRecord(name=name, digest="12ab", profile=profile)
        kept.store.log_inputs(run_id, datasets=[DatasetInput(dataset=record)])

    lines = cli("runs", "show", "brisk").out.splitlines()

    assert lines[0] == f"brisk  KILLED  {run_id}"
    text = "\n".join(lines)
    assert "experiment  team/digits (id 1)" in text
    assert "2023-11-14" in text
    assert "took 5.0 s" in text
    assert "  lr  0.1" in lines
    assert [line.split() for line in lines if line.startswith("  loss")] == [
        ["loss", "1", "1", "4", "2.3333", "3", "█▃▁"]
    ]
    assert "  team  blue" in lines
    assert {"  dataset  digits  12ab  1,797 rows", "  dataset  odd  12ab"} <= set(lines)
    assert "  model/m.pkl                                    2.0 KiB" in lines
    assert "  runstone/ (1 file captured; --all lists them)      1 B" in lines


def test_show_tells_how_to_see_the_traceback_and_the_runs_below(cli: Cli, kept: Kept) -> None:
    parent = kept.run("outer", files={"runstone/traceback.txt": b"ValueError: no"}, status="FAILED")
    below = kept.run("inner", tags={"mlflow.parentRunId": parent})

    lines = [line.split("  ")[1:] for line in cli("runs", "show", "outer").out.splitlines()]
    told = {part[0]: part[-1].strip() for part in lines if part}

    assert told["traceback"] == f"runstone artifacts get {parent[-8:]} runstone/traceback.txt -o -"
    assert cli(*shlex.split(told["traceback"])[1:], store=kept.folder).out == "ValueError: no"
    how_many, _, command = told["children"].partition(": ")
    assert how_many == "1 run"
    assert [row["info"]["run_id"] for row in cli(*shlex.split(command)[1:], "--json").json()] == [below]


def test_a_terminal_gets_the_beginning_of_a_huge_value_and_all_of_it_when_asked(
    cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.run("a", params={"p": "v" * 6000})
    whole = cli("runs", "show", "a").out
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "v" * 6000 in whole
    assert "v" * 401 not in cli("runs", "show", "a").out
    assert "v" * 6000 in cli("runs", "show", "a", "--all").out


def test_show_as_json_has_the_artifacts_too(cli: Cli, kept: Kept) -> None:
    kept.run("brisk", files={"a.txt": b"abc"})

    (artifact,) = cli("runs", "show", "brisk", "--json").json()["artifacts"]

    assert (artifact["path"], artifact["size_bytes"]) == ("a.txt", 3)


def test_a_run_is_found_by_the_first_or_last_digits_of_its_id_and_by_name(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("brisk", run_id="0190" + "a" * 20 + "12345678")
    kept.run("calm", run_id="0290" + "b" * 20 + "87654321")

    for text in (run_id, "0190", "12345678", run_id.upper(), "brisk"):
        assert cli("runs", "show", text, "--json").json()["info"]["run_id"] == run_id


def test_digits_that_mean_several_runs_are_an_error_that_lists_them(cli: Cli, kept: Kept) -> None:
    first = kept.run("brisk", run_id="0190" + "a" * 28)
    second = kept.run("calm", run_id="0190" + "b" * 28)

    result = cli("runs", "show", "0190")

    assert result.code == 2
    assert result.out == ""
    assert "'0190' means 2 runs" in result.err
    assert first in result.err
    assert second in result.err


def test_a_name_goes_before_digits_of_other_runs(cli: Cli, kept: Kept) -> None:
    kept.run("calm", run_id="0190" + "b" * 27 + "a")
    named = kept.run("a", run_id="0190" + "c" * 28)

    assert cli("runs", "show", "a", "--json").json()["info"]["run_id"] == named


def test_latest_is_the_run_started_last_unless_one_is_named_so(cli: Cli, kept: Kept) -> None:
    assert cli("runs", "show", "latest").code == 3
    kept.run("first")
    second = kept.run("second")
    kept.store.delete_run(kept.run("gone"))
    assert cli("runs", "show", "latest", "--json").json()["info"]["run_id"] == second

    named = kept.run("latest")
    kept.run("third")

    assert cli("runs", "show", "latest", "--json").json()["info"]["run_id"] == named


def test_a_name_of_an_active_run_goes_before_that_of_a_deleted_one(cli: Cli, kept: Kept) -> None:
    kept.store.delete_run(kept.run("twin's"))
    here = kept.run("twin's")

    assert cli("runs", "show", "twin's", "--json").json()["info"]["run_id"] == here


def test_candidates_have_names_of_a_readable_length(cli: Cli, kept: Kept) -> None:
    kept.run("n" * 900, run_id="0190" + "a" * 28)
    kept.run("calm", run_id="0190" + "b" * 28)

    lines = cli("runs", "show", "0190").err.splitlines()

    assert max(map(len, lines)) < 160
    assert any("nnn…" in line for line in lines)


def test_a_run_that_is_not_there_is_not_found(cli: Cli, kept: Kept) -> None:
    for text in ("nobody", "ffffffff", "f" * 32, "x' OR run_id LIKE '%", "\0"):
        assert cli("runs", "show", text).code == 3


def test_compare_shows_what_differs_and_by_how_much(cli: Cli, kept: Kept) -> None:
    kept.run("a", params={"lr": 0.1, "same": 1}, metrics={"loss": [2.0], "only_a": [1.0]}, tags={"team": "x"})
    kept.run("b", params={"lr": 0.2, "same": 1}, metrics={"loss": [1.0]}, tags={"team": "x"})

    out = cli("runs", "compare", "a", "b").out
    words = [line.split() for line in out.splitlines()]

    assert ["loss", "2", "1", "-1", "(-50.0%)"] in words
    assert ["only_a", "1", "-"] in words
    assert ["lr", "0.1", "0.2", "+0.1", "(+100.0%)"] in words
    assert "same" not in out
    assert "team" not in out
    assert "same" in cli("runs", "compare", "a", "b", "--all").out


def test_compare_takes_more_than_two(cli: Cli, kept: Kept) -> None:
    ids = [kept.run(name, params={"lr": lr}) for name, lr in (("a", 1), ("b", 2), ("c", 2))]

    assert cli("runs", "compare", *ids, "--json").json()["params"] == {"lr": dict(zip(ids, (1, 2, 2), strict=True))}
    assert cli("runs", "compare", *ids).code == 0


def test_many_runs_are_compared_in_blocks_that_fit_the_terminal(
    cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [kept.run(f"run-{i}", params={"p" * 20: i}, metrics={"val/loss": [i / 7]}) for i in range(11)]
    assert len(cli("runs", "compare", *ids).out.splitlines()[0].split()) == 11
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    lines = cli("runs", "compare", *ids, "--no-color").out.splitlines()

    blocks = [line.split() for line in lines if "run-" in line]
    assert [name for block in blocks for name in block] == [f"run-{i}" for i in range(11)]
    assert {len(block) for block in blocks} <= {3, 4}
    assert max(map(len, lines)) <= 80
    assert all("…" not in line for line in lines if "loss" in line)


def test_compare_needs_two_different_runs(cli: Cli, kept: Kept) -> None:
    kept.run("a")

    assert cli("runs", "compare", "a", "a").code == 2


def test_tags_are_set_and_deleted(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("a", tags={"old": "1"})

    result = cli("runs", "tag", "a", "new=x=y", "--delete", "old", "--json")

    assert result.json()["tags"]["new"] == "x=y"
    assert "old" not in kept.store.get_run(run_id).tags


def test_a_tag_without_a_value_is_an_error(cli: Cli, kept: Kept) -> None:
    kept.run("a")

    assert cli("runs", "tag", "a", "new").code == 2
    assert cli("runs", "tag", "a").code == 2


def test_delete_asks_and_without_a_terminal_wants_yes(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    run_id = kept.run("a")

    refused = cli("runs", "delete", "a")

    assert refused.code == 2
    assert "--yes" in refused.err
    assert kept.store.get_run(run_id).info.lifecycle_stage == "active"


def test_delete_says_how_to_undo_and_restore_does(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("a")

    deleted = cli("runs", "delete", "a", "--yes")
    assert f"runstone runs restore {run_id}" in deleted.err
    assert kept.store.get_run(run_id).info.lifecycle_stage == "deleted"

    assert cli("runs", "restore", run_id, "--json").json() == {"restored": [run_id]}
    assert kept.store.get_run(run_id).info.lifecycle_stage == "active"


def test_export_writes_a_row_a_run(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", params={"lr": 0.1}, metrics={"loss": [1.0]})
    kept.run("b", tags={"team": "x"})

    rows = list(csv.DictReader(io.StringIO(cli("runs", "export", "a", "b").out)))
    assert [(row["run_name"], row["metrics.loss"], row["params.lr"], row["tags.team"]) for row in rows] == [
        ("a", "1.0", "0.1", ""),
        ("b", "", "", "x"),
    ]

    assert cli("runs", "export", "-e", "team/digits", "-o", "runs.json").code == 0
    assert {run["info"]["run_name"] for run in json.loads((tmp_path / "runs.json").read_text())} == {"a", "b"}


def test_export_writes_parquet(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    kept.run("a", params={"lr": 0.1}, metrics={"loss": [1.0]})

    assert cli("runs", "export", "a", "-o", "runs.parquet").code == 0

    (row,) = pq.read_table(tmp_path / "runs.parquet").to_pylist()
    assert (row["run_name"], row["metrics.loss"]) == ("a", 1.0)


def test_export_refuses_a_name_that_says_no_format(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a")

    assert cli("runs", "export", "a", "-o", "runs.xlsx").code == 2
    assert cli("runs", "export", "a", "-o", "no/such/folder/a.csv").code == 6
    assert list(tmp_path.glob("runs*")) == []


def test_many_runs_are_deleted_without_naming_them_all(cli: Cli, kept: Kept) -> None:
    ids = [kept.run(f"run-{number}") for number in range(15)]
    result = cli("runs", "delete", *ids)
    assert "run-9" in result.err
    assert "run-10" not in result.err
    assert "and 5 more" in result.err

    deleted = cli("runs", "delete", *ids, "--yes")

    assert deleted.out == "Deleted 15 runs.\n"
    assert deleted.err == "To undo: runstone runs restore ID...\n"


def test_export_as_json_prints_json_or_tells_of_the_file(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    run_id = kept.run("a", metrics={"loss": [float("nan")]})

    assert [run["info"]["run_id"] for run in cli("runs", "export", "--json").json()] == [run_id]
    told = cli("runs", "export", "-o", tmp_path / "a.csv", "--json").json()
    assert told == {"output": str(tmp_path / "a.csv"), "format": "csv", "runs": 1}
    assert run_id in (tmp_path / "a.csv").read_text()
