"""Paths of artifacts, from whatever side they come: refused with a reason, and nothing is written outside."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runstone
from runstone.core.entities import ArtifactEntry
from runstone.core.errors import InvalidArgument
from runstone.tracking.active import ActiveRun

pytestmark = pytest.mark.usefixtures("store_folder")

quick = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

BAD_PATHS = [
    "../up.txt",
    "a/../../up.txt",
    "..",
    "/etc/runstone-was-here",
    "//etc/runstone-was-here",
    "a\0b",
    "a/\0",
    "C:\\up.txt",
    "..\\up.txt",
    "%2e%2e/up.txt",
    "a//b",
    "./a",
    "a\nb",
    "\ud800",
    "x" * 256,
    "a/" * 600 + "b",
]
hostile_paths = st.one_of(
    st.sampled_from(BAD_PATHS),
    st.text(st.one_of(st.sampled_from("./\\%2eEfF5cC~: \0\n"), st.characters()), max_size=20),
    st.lists(st.sampled_from(["..", ".", "", "a", "%2e%2e", "..%2f", "\0", "ü"]), max_size=5).map("/".join),
)


@pytest.fixture
def run(store_folder: Path) -> ActiveRun:
    return runstone.start_run()


@pytest.fixture
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, deep enough for a few ``..`` to stay where the test looks."""
    folder = tmp_path / "1" / "2" / "3" / "work"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def files_outside(tmp_path: Path, store_folder: Path) -> set[str]:
    """Return every file and folder that the test can reach and that is not the store's."""
    return {
        os.path.join(where, name)
        for where, folders, files in os.walk(tmp_path)
        for name in (*folders, *files)
        if not Path(where, name).is_relative_to(store_folder)
    }


def log_text(path: str, source: Path) -> None:
    runstone.log_text("text", path)


def log_bytes(path: str, source: Path) -> None:
    runstone.log_bytes(b"bytes", path)


def log_dict(path: str, source: Path) -> None:
    runstone.log_dict({"a": 1}, path)


def log_table(path: str, source: Path) -> None:
    runstone.log_table({"a": [1]}, path)


def log_file_below(path: str, source: Path) -> None:
    runstone.log_artifact(source, path)


def log_folder_below(path: str, source: Path) -> None:
    runstone.log_artifacts(source.parent, path)


WAYS_IN = [log_text, log_bytes, log_dict, log_table, log_file_below, log_folder_below]


@pytest.mark.parametrize("log", WAYS_IN)
def test_path_that_leads_out_is_refused_at_the_call(
    tmp_path: Path,
    store_folder: Path,
    work_folder: Path,
    run: ActiveRun,
    log: Callable[[str, Path], None],
) -> None:
    source = work_folder / "files" / "file.txt"
    source.parent.mkdir()
    source.write_text("content")
    before = files_outside(tmp_path, store_folder)

    for path in BAD_PATHS:
        with pytest.raises(InvalidArgument):
            log(path, source)

    assert runstone.flush() is True
    assert runstone.Client().list_artifacts(run.run_id) == []
    assert files_outside(tmp_path, store_folder) == before
    assert not Path("/etc/runstone-was-here").exists()


@quick
@given(path=hostile_paths)
def test_whatever_the_path_it_is_recorded_and_comes_back_below_the_destination_or_is_refused(
    tmp_path: Path, store_folder: Path, work_folder: Path, path: str
) -> None:
    downloads = work_folder / "destination"
    with runstone.start_run(nested=True) as run:
        destination = downloads / run.run_id
        before = {name for name in files_outside(tmp_path, store_folder) if not name.startswith(str(downloads))}
        try:
            runstone.log_text("text", path)
        except InvalidArgument as error:
            str(error).encode()
            recorded = False
        else:
            recorded = True
        runstone.flush()

        found = {entry.path for entry in run.session.store.iter_artifacts(run.run_id, "")}
        assert found == ({path} if recorded else set())
        if recorded:
            local = runstone.Client().download_artifacts(run.run_id, path, destination)
            assert Path(local).resolve().is_relative_to(destination)
            assert Path(local).read_text() == "text"
        after = {name for name in files_outside(tmp_path, store_folder) if not name.startswith(str(downloads))}
    assert after == before


def test_path_that_leads_out_is_refused_when_reading_too(
    tmp_path: Path, store_folder: Path, work_folder: Path, run: ActiveRun
) -> None:
    runstone.log_text("text", "good.txt")
    before = files_outside(tmp_path, store_folder)

    for path in BAD_PATHS:
        with pytest.raises(InvalidArgument):
            runstone.Client().download_artifacts(run.run_id, path, work_folder / "destination")
        with pytest.raises(InvalidArgument):
            runstone.Client().list_artifacts(run.run_id, path)

    assert files_outside(tmp_path, store_folder) == before


@pytest.mark.parametrize("target", ["/etc", "/etc/passwd", "../outside", "../outside/secret.txt", "nowhere"])
def test_folder_with_a_link_that_leads_out_is_refused_as_a_whole(
    work_folder: Path, run: ActiveRun, target: str
) -> None:
    (work_folder / "outside").mkdir()
    (work_folder / "outside" / "secret.txt").write_text("secret")
    inside = work_folder / "inside"
    inside.mkdir()
    (inside / "a.txt").write_text("a")
    (inside / "link").symlink_to(target)

    for log in (runstone.log_artifacts, runstone.log_artifact):
        with pytest.raises(InvalidArgument, match="link"):
            log(inside)

    runstone.flush()
    assert runstone.Client().list_artifacts(run.run_id) == []


def test_download_does_not_write_through_a_link_in_the_destination(work_folder: Path, run: ActiveRun) -> None:
    runstone.log_text("new", "folder/file.txt")
    outside = work_folder / "outside"
    outside.mkdir()
    (outside / "file.txt").write_text("old")
    destination = work_folder / "destination"
    destination.mkdir()
    (destination / "folder").symlink_to(outside)

    with pytest.raises(InvalidArgument, match="leads out"):
        runstone.Client().download_artifacts(run.run_id, "", destination)

    assert (outside / "file.txt").read_text() == "old"
    assert os.listdir(outside) == ["file.txt"]


def test_manifest_of_a_store_that_lies_is_not_followed_out(
    tmp_path: Path, store_folder: Path, work_folder: Path, run: ActiveRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    runstone.log_text("text", "good.txt")
    runstone.flush()
    store = run.session.store
    (good,) = store.iter_artifacts(run.run_id, "")
    destination = work_folder / "destination"
    destination.mkdir()
    before = files_outside(tmp_path, store_folder)

    for path in BAD_PATHS:
        lie = ArtifactEntry(path=path, digest=good.digest, size_bytes=good.size_bytes, created_ms=good.created_ms)
        monkeypatch.setattr(store, "iter_artifacts", lambda *_, lie=lie: [lie])
        with pytest.raises(InvalidArgument):
            runstone.Client().download_artifacts(run.run_id, "", destination)

    assert files_outside(tmp_path, store_folder) == before
