from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Kept


def test_list_shows_the_children_of_a_folder(cli: Cli, kept: Kept) -> None:
    kept.run("a", files={"a.txt": b"12345", "plots/one.png": b"1", "plots/two.png": b"2"})

    def paths(*options: str) -> list[str]:
        return [found["path"] for found in cli("artifacts", "list", "a", *options, "--json").json()]

    assert paths() == ["a.txt", "plots"]
    assert paths("plots/") == ["plots/one.png", "plots/two.png"]
    assert paths("a.txt") == ["a.txt"]
    assert paths("-r") == ["a.txt", "plots/one.png", "plots/two.png"]
    assert cli("artifacts", "list", "a", "nothing").code == 3


def test_get_copies_files_to_their_paths(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", files={"a.txt": b"12345", "plots/one.png": b"1"})

    result = cli("artifacts", "get", "a", "-o", "out")

    assert result.code == 0
    assert (tmp_path / "out/a.txt").read_bytes() == b"12345"
    assert (tmp_path / "out/plots/one.png").read_bytes() == b"1"
    assert "2 files (6 B)" in result.out


def test_get_prints_one_file(cli: Cli, kept: Kept) -> None:
    kept.run("a", files={"a.txt": b"12345", "plots/one.png": b"1"})

    assert cli("artifacts", "get", "a", "a.txt", "-o", "-").out == "12345"
    assert cli("artifacts", "get", "a", "plots", "-o", "-").code == 2


def test_get_refuses_paths_that_leave_the_folder(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", files={"d/a.txt": b"12345"})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/d").symlink_to(tmp_path)

    assert cli("artifacts", "get", "a", "../x").code == 2
    assert cli("artifacts", "get", "a", "-o", "out").code == 2
    assert not (tmp_path / "a.txt").exists()


def test_get_leaves_damaged_bytes_out_and_says_so(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", files={"a.txt": b"12345"})
    (blob,) = (path for path in (kept.folder / "blobs/sha256").rglob("*") if path.is_file())
    blob.chmod(0o600)
    blob.write_bytes(b"1234x")
    kept.run("b", files={"a.txt": b"12345", "b.txt": b"1"})

    result = cli("artifacts", "get", "b", "-o", "out")

    assert result.code == 8
    assert "1 file could not be copied" in result.err
    assert "a.txt: " in result.err
    assert "Copied 1 file (1 B)" in result.out
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.txt"]


def test_get_to_a_place_that_is_a_file_is_an_error(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a", files={"a.txt": b"12345"})
    (tmp_path / "out").write_text("in the way")

    assert cli("artifacts", "get", "a", "-o", "out").code == 6


def test_put_adds_a_file_and_a_folder(cli: Cli, kept: Kept, tmp_path: Path) -> None:
    kept.run("a")
    (tmp_path / "report.txt").write_text("fine")
    (tmp_path / "data/sub").mkdir(parents=True)
    (tmp_path / "data/sub/x.bin").write_bytes(b"x")

    assert cli("artifacts", "put", "a", "report.txt", "docs").code == 0
    assert cli("artifacts", "put", "a", "data").code == 0

    paths = [found["path"] for found in cli("artifacts", "list", "a", "-r", "--json").json()]
    assert paths == ["data/sub/x.bin", "docs/report.txt"]
    assert cli("artifacts", "get", "a", "docs/report.txt", "-o", "-").out == "fine"
    assert cli("artifacts", "put", "a", "no-such-file").code == 2
