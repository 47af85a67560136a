"""Where the store is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runstone.core.errors import InvalidArgument, NotFound
from runstone.tracking.location import locate, prepare_folder


def test_nearest_store_upward_is_used(tmp_path: Path) -> None:
    (tmp_path / ".runstone").mkdir()
    (tmp_path / "a" / ".runstone").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)

    location = locate(None, "", start=tmp_path / "a" / "b" / "c")

    assert location.folder == tmp_path / "a" / ".runstone"
    assert str(tmp_path / "a") in location.reason


def test_new_store_goes_to_the_root_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep" / "er").mkdir(parents=True)

    location = locate(None, "", start=tmp_path / "deep" / "er")

    assert (location.folder, location.uri) == (tmp_path / ".runstone", str(tmp_path / ".runstone"))
    assert "git repository" in location.reason


def test_new_store_outside_of_a_repository_goes_to_the_current_folder(tmp_path: Path) -> None:
    assert locate(None, "", start=tmp_path).folder == tmp_path / ".runstone"


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("{0}/store", "store"),
        ("file://{0}/store", "store"),
        ("file://{0}/with%20space", "with space"),
        ("sqlite:///{0}/store/my.db", "store"),
        ("{0}/store/my.db", "store"),
    ],
)
def test_folder_of_an_embedded_store_is_that_of_its_database(tmp_path: Path, uri: str, folder: str) -> None:
    assert locate(uri.format(tmp_path), "given").folder == tmp_path / folder


def test_stores_elsewhere_have_folders_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    first = locate("postgresql://me:secret@host/first", "given").folder
    second = locate("postgresql://me:secret@host/second", "given").folder
    server = locate("http://me:secret@host/first", "given").folder
    other_password = locate("postgresql://me:changed@host/first", "given").folder

    assert first.parent == second.parent == tmp_path / "runstone"
    assert first == other_password != second
    assert server == locate("http://host/first/", "given").folder != first


def test_uri_that_names_no_store_is_refused() -> None:
    with pytest.raises(InvalidArgument):
        locate("ftp://host/x", "given")


def test_store_is_hidden_from_git(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "store")
    (tmp_path / "mine").mkdir()
    prepare_folder(tmp_path / "mine")

    assert (tmp_path / "store" / ".gitignore").read_text() == "*\n"
    assert not (tmp_path / "mine" / ".gitignore").exists()


def test_a_current_folder_that_was_removed_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    with pytest.raises(NotFound, match="RUNSTONE_TRACKING_URI"):
        locate(None, "default")
    assert locate(str(tmp_path / "kept"), "given").folder == tmp_path / "kept"
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("uri", [None, "kept", "sqlite:///kept/a.db"])
def test_a_program_that_goes_to_another_folder_stays_with_its_store(
    uri: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    program = (
        "import os, runstone\n"
        "with runstone.start_run(run_name='first') as run:\n"
        "    os.chdir('there')\n"
        "    runstone.log_metric('loss', 0.5)\n"
        "    runstone.log_text('x', 'a.txt')\n"
        "    assert runstone.get_run(run.run_id).data.metrics == {'loss': 0.5}\n"
        "runstone.start_run(run_name='second')\n"
        "runstone.end_run()\n"
        "assert len(runstone.search_runs(output_format='list')) == 2\n"
    )
    environment = {**os.environ, "RUNSTONE_CAPTURE": "none", "RUNSTONE_TRACKING_URI": uri or ""}

    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)

    assert list(there.iterdir()) == []
