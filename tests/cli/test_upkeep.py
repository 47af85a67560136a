from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runstone.core.events import ArtifactLogged
from runstone.core.ids import new_run_id, new_writer_id
from runstone.journal.writer import JournalWriter, journal_folder

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept


def blob_files(kept: Kept) -> list[Path]:
    return sorted(path for path in (kept.folder / "blobs/sha256").rglob("*") if path.is_file())


def age(kept: Kept, hours: float = 2) -> None:
    """Make all bytes look old enough to be removed."""
    then = time.time() - hours * 3600
    for path in blob_files(kept):
        os.utime(path, (then, then))


def damage(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"?" + path.read_bytes()[1:])


def test_fsck_of_a_healthy_store_finds_nothing(cli: Cli, kept: Kept) -> None:
    kept.run("a", params={"lr": 1}, metrics={"loss": [1.0, 2.0]}, files={"a.txt": b"12345"})

    result = cli("fsck")

    assert result.code == 0
    assert "all is well" in result.out


def test_fsck_finds_damaged_and_missing_bytes_and_says_whose_they_are(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("a", files={"a.txt": b"12345"})
    kept.run("b", files={"b.txt": b"67890"})
    first, second = blob_files(kept)
    digests = {path: "sha256:" + path.parent.name + path.name for path in (first, second)}
    damage(first)
    second.unlink()

    result = cli("fsck", "--json")

    assert result.code == 1
    problems = {problem["where"].split()[0]: problem for problem in json.loads(result.out)["problems"]}
    assert "damaged" in problems[digests[first]]["what"]
    assert "missing" in problems[digests[second]]["what"]
    assert any(f"run {run_id}: a.txt" in problem["where"] for problem in problems.values())
    assert cli("fsck", "--no-blobs").code == 0


def test_fsck_finds_a_journal_that_nobody_brought_in_and_its_damage(cli: Cli, kept: Kept) -> None:
    kept.run("a")
    run_id, writer_id = new_run_id(), new_writer_id()
    folder = journal_folder(kept.folder / "journal", run_id, writer_id)
    journal = JournalWriter(folder)
    for number in range(3):
        journal.event(ArtifactLogged(f"{number}.txt", "sha256:" + "0" * 64, 1, 1))
    journal.close(remove=False)

    waiting = cli("fsck")
    (events,) = folder.glob("events-*")
    data = bytearray(events.read_bytes())
    data[12] ^= 0xFF
    events.write_bytes(data)
    damaged = cli("fsck")

    assert waiting.code == damaged.code == 1
    assert "runstone sync" in waiting.out
    assert "damaged or missing from byte 0" in damaged.out
    assert run_id in damaged.out


def test_fsck_finds_a_database_that_does_not_hang_together(cli: Cli, kept: Kept) -> None:
    kept.run("a", metrics={"loss": [1.0, 2.0]})
    with sqlite3.connect(kept.folder / "runstone.db") as raw:
        raw.execute("UPDATE run_metrics SET count = 7")
    raw.close()

    result = cli("fsck")

    assert result.code == 1
    assert "metric loss" in result.out


def test_gc_only_says_what_it_would_remove(cli: Cli, kept: Kept) -> None:
    gone = kept.run("gone", files={"own.bin": b"o" * 1000, "shared.bin": b"s" * 500})
    kept.run("here", files={"shared.bin": b"s" * 500})
    kept.store.delete_run(gone)
    age(kept)

    said = cli("gc")
    shape = cli("gc", "--json").json()

    assert "Would remove 1 run" in said.out
    assert "Would remove 1 blob, 1000 B." in said.out
    assert "--yes" in said.err
    assert shape["garbage"]["run_ids"] == [gone]
    assert shape["garbage"]["blob_bytes"] == 1000
    assert len(blob_files(kept)) == 2
    assert kept.store.get_run(gone).info.lifecycle_stage == "deleted"


def test_gc_names_what_it_would_remove(cli: Cli, kept: Kept) -> None:
    run_id = kept.run("brisk", experiment="old/one")
    kept.store.delete_run(run_id)
    experiment_id = kept.store.create_experiment("old/two").experiment_id
    kept.store.delete_experiment(experiment_id)

    lines = cli("gc").out.splitlines()

    assert f"    {run_id}  brisk" in lines
    assert f"    {experiment_id}  old/two" in lines


def test_gc_removes_what_it_said_and_keeps_what_others_have(cli: Cli, kept: Kept) -> None:
    gone = kept.run("gone", files={"own.bin": b"o" * 1000, "shared.bin": b"s" * 500})
    kept.run("here", files={"shared.bin": b"s" * 500})
    kept.store.delete_run(gone)
    age(kept)
    would = cli("gc", "--json").json()["garbage"]

    did = cli("gc", "--yes", "--json").json()

    assert did["garbage"] == would
    assert cli("runs", "show", gone).code == 3
    assert cli("artifacts", "get", "here", "shared.bin", "-o", "-").out == "s" * 500
    assert cli("fsck").code == 0
    assert cli("gc").out == "Nothing to free.\n"


def test_what_belongs_to_nothing_is_told_by_fsck_and_by_gc_before_it_goes(cli: Cli, kept: Kept) -> None:
    kept.run("a", files={"a.txt": b"12345"})
    kept.blobs.put_bytes(b"nobody's")
    age(kept)
    broken = kept.folder / "blobs" / "tmp" / "broken"
    broken.write_bytes(b"b" * 2048)
    os.utime(broken, (time.time() - 7200,) * 2)

    checked = cli("fsck", "--json").json()
    would = cli("gc")

    assert checked["leftovers"] == {"blobs": 1, "blob_bytes": 8, "temporary_bytes": 2048}
    assert "Would remove 1 blob, 8 B." in would.out
    assert "Would remove 2.0 KiB of broken writes." in would.out
    assert broken.exists()
    assert cli("gc", "--yes").code == 0
    assert cli("fsck", "--json").json()["leftovers"] == {"blobs": 0, "blob_bytes": 0, "temporary_bytes": 0}


def test_gc_keeps_bytes_that_are_young_or_waiting_in_a_journal(cli: Cli, kept: Kept) -> None:
    kept.run("a")
    young = kept.blobs.put_bytes(b"young")
    waiting = kept.blobs.put_bytes(b"waiting")
    age(kept)
    os.utime(kept.folder / "blobs/sha256" / young.digest[7:9] / young.digest[9:])
    journal = JournalWriter(journal_folder(kept.folder / "journal", new_run_id(), new_writer_id()))
    journal.event(ArtifactLogged("w.txt", waiting.digest, waiting.size_bytes, 1))

    assert cli("gc", "--yes").out == "Nothing to free.\n"
    assert kept.blobs.exists(young.digest)
    assert kept.blobs.exists(waiting.digest)

    journal.close(remove=True)
    assert "1 blob" in cli("gc", "--yes").out
    assert not kept.blobs.exists(waiting.digest)


def test_gc_leaves_what_was_deleted_lately(cli: Cli, kept: Kept) -> None:
    kept.store.delete_run(kept.run("gone"))

    assert cli("gc", "--older-than", "30d").out == "Nothing to free.\n"
    assert "1 run" in cli("gc", "--older-than", "0s").out
    assert cli("gc", "--older-than", "soon").code == 2


@pytest.mark.parametrize("name", ["copy", "copy.tar", "copy.tar.gz"])
def test_a_backup_restores_to_the_same_store(cli: Cli, kept: Kept, tmp_path: Path, name: str) -> None:
    kept.run("a", params={"lr": 0.1}, metrics={"loss": [2.0, 1.0]}, files={"d/a.txt": b"12345"})
    before = cli("runs", "show", "a", "--json").json()

    assert "1 run, 1 blob (5 B)" in cli("backup", name).out
    shutil.rmtree(kept.folder)
    result = cli("restore", name, "fresh", store=None)

    assert result.code == 0
    assert cli("runs", "show", "a", "--json", store=tmp_path / "fresh").json() == before
    assert cli("artifacts", "get", "a", "d/a.txt", "-o", "-", store=tmp_path / "fresh").out == "12345"
    assert cli("fsck", store=tmp_path / "fresh").code == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_backup_folder_is_a_store(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", files={"a.txt": b"12345"})

    cli("backup", "copy")

    assert cli("artifacts", "get", "a", "a.txt", "-o", "-", store=tmp_path / "copy").out == "12345"


def test_a_backup_never_replaces_anything(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a")
    (tmp_path / "copy.tar").write_text("mine")

    assert cli("backup", "copy.tar").code == 4
    assert (tmp_path / "copy.tar").read_text() == "mine"


def test_a_backup_makes_no_folder_called_like_another_kind_of_archive(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a")

    result = cli("backup", "copy.zip")

    assert result.code == 2
    assert ".tar.gz" in result.err
    assert not (tmp_path / "copy.zip").exists()


def test_a_backup_of_a_damaged_store_copies_the_rest_and_says_what_it_left_out(cli: Cli, kept: Kept) -> None:
    kept.run("a", files={"a.txt": b"12345", "b.txt": b"67890"})
    damage(blob_files(kept)[0])

    result = cli("backup", "copy.tar")

    assert result.code == 1
    assert "1 run, 1 blob" in result.out
    assert "damaged" in result.out


def test_restore_leaves_damaged_blobs_out_and_says_so(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", files={"a.txt": b"12345", "b.txt": b"67890"})
    cli("backup", "copy")
    bad = sorted(path for path in (tmp_path / "copy/blobs/sha256").rglob("*") if path.is_file())
    damage(bad[0])
    bad[1].unlink()

    result = cli("restore", "copy", "fresh", store=None)

    assert result.code == 1
    assert "damaged" in result.out
    assert "not in the backup" in result.out
    assert cli("runs", "show", "a", store=tmp_path / "fresh").code == 0


def test_restore_writes_nothing_outside_and_only_what_a_backup_has(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a")
    cli("backup", "copy")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "copy/runstone.db", arcname="runstone.db")
        for name in ("../outside.txt", "/tmp/../outside.txt", "blobs/sha256/../../../outside.txt", "journal/x"):
            tar.add(tmp_path / "copy/backup.json", arcname=name)
        link = tarfile.TarInfo("blobs")
        link.type = tarfile.SYMTYPE
        link.linkname = str(tmp_path)
        tar.addfile(link)

    assert cli("restore", "evil.tar", "fresh", store=None).code == 0

    assert not list(tmp_path.glob("**/outside.txt"))
    assert sorted(path.name for path in (tmp_path / "fresh").iterdir()) == [".gitignore", "runstone.db"]


def test_restore_refuses_what_is_no_backup_and_a_folder_that_is_not_empty(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("not a tar file")
    (tmp_path / "empty").mkdir()
    kept.run("a")
    cli("backup", "copy")

    assert cli("restore", "text.tar", "fresh", store=None).code == 8
    assert cli("restore", "empty", "fresh", store=None).code == 8
    assert not (tmp_path / "fresh").exists()
    assert cli("restore", "copy", kept.folder, store=None).code == 4
    assert cli("restore", "copy", "empty", store=None).code == 0


def test_info_says_where_why_and_how_everything_is_set(cli: Cli, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.run("a", metrics={"loss": [1.0, 2.0]}, files={"a.txt": b"12345"})
    monkeypatch.setenv("RUNSTONE_SILENCE", "5")

    told = cli("info", "--json").json()

    assert told["reason"] == "given by --store"
    assert told["folder"] == str(kept.folder)
    assert (told["store"]["runs"], told["store"]["points"]) == (1, 2)
    assert (told["blobs"]["count"], told["blobs"]["bytes"]) == (1, 5)
    settings = {setting["name"]: (setting["value"], setting["source"]) for setting in told["settings"]}
    assert settings["silence_s"] == (5.0, "RUNSTONE_SILENCE")
    assert settings["drain_interval_s"] == (1.0, "default")
    assert "given by --store" in cli("info").out


def test_info_says_the_whole_path_of_a_relative_one(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    assert cli("--store", "store", "info", "--json", store=None).json()["uri"] == str(tmp_path / "store")


def test_info_works_without_a_store_and_makes_none(cli: Cli, tmp_path: Path) -> None:
    assert "nothing yet" in cli("info").out
    assert cli("info", "--json").json()["store"] is None
    assert not (tmp_path / "store").exists()


def test_info_of_a_store_that_cannot_be_opened_still_says_where_and_why(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store/runstone.db").write_text("dear diary " * 100)

    result = cli("info")

    assert result.code == 8
    assert "given by --store" in result.out
    assert "damaged or not a database" in result.out
    assert "silence_s" in result.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(cli: Cli, shell: str) -> None:
    result = cli("completion", shell, store=None)

    assert result.code == 0
    assert "_RUNSTONE_COMPLETE" in result.out
