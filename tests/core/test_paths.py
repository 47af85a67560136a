from __future__ import annotations

import logging
import os
import socket
import string
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.core.errors import InvalidArgument, NotFound, RunstoneError
from runstone.core.limits import MAX_ARTIFACT_PATH_LENGTH
from runstone.core.paths import check_artifact_path, safe_join, walk_files

NASTY = st.text(st.one_of(st.sampled_from("./\\%2eE5cC0aA: \0"), st.characters()), max_size=30)
NAMES = st.text(string.ascii_letters + string.digits + " .-_%ü#?", min_size=1, max_size=10)


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "model.pkl",
        "a/b/c.txt",
        ".hidden",
        "..hidden",
        "a..b",
        "...",
        "with space",
        "Übung/日本語/🙂.png",
        "100%",
        "50%25",
        "%zz",
        "ab:c",
        "run=1,x#y?z",
        "p" * 255,
        "/".join(["p"] * 512),
    ],
)
def test_a_safe_path_is_returned_as_it_is(path: str) -> None:
    assert check_artifact_path(path) == path


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("//host/share", "absolute"),
        ("C:/x", "drive"),
        ("c:x", "drive"),
        ("..", "'..'"),
        ("../x", "'..'"),
        ("a/../../x", "'..'"),
        ("a/..", "'..'"),
        (".", "'.'"),
        ("./x", "'.'"),
        ("a/./b", "'.'"),
        ("a//b", "empty part"),
        ("a/", "empty part"),
        ("a\\b", "backslash"),
        ("..\\x", "backslash"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a\x7f", "control"),
        ("a\x85b", "control"),
        ("a\ud800", "surrogate"),
        ("%2e%2e/x", "'..'"),
        ("%2E%2e", "'..'"),
        (".%2e/x", "'..'"),
        ("..%2fx", "'..'"),
        ("%2fetc/passwd", "absolute"),
        ("a%5c..%5cb", "backslash"),
        ("a%00b", "control"),
        ("%ff/%2e%2e/x", "'..'"),
        ("C%3a/x", "drive"),
        ("x" * 256, "255 bytes"),
        ("ü" * 128, "255 bytes"),
        ("a/" * 512 + "b", "longer than 1024"),
        (None, "NoneType"),
        (b"bytes", "bytes"),
        (3, "int"),
    ],
)
def test_an_unsafe_path_is_refused_and_said_why(path: object, why: str) -> None:
    with pytest.raises(InvalidArgument, match=why) as caught:
        check_artifact_path(path)

    assert caught.value.field == "path"
    assert len(str(caught.value)) < 250
    str(caught.value).encode()  # It can be printed.


def test_empty_is_the_root_where_it_may_be() -> None:
    assert check_artifact_path("", allow_empty=True) == ""
    with pytest.raises(InvalidArgument):
        check_artifact_path(" / ".strip(), allow_empty=True)


def test_a_path_object_is_a_path() -> None:
    assert check_artifact_path(PurePosixPath("a/b")) == "a/b"


@given(NASTY)
def test_whatever_passes_stays_below_its_root(path: str) -> None:
    try:
        checked = check_artifact_path(path)
    except InvalidArgument:
        return

    for once in (checked, unquote(checked)):
        assert os.path.normpath(f"/root/{once}").startswith("/root/")
        assert os.path.normpath(once) == once
        assert not set(once) & {"\\", "\0", "\n"}
    assert len(checked) <= MAX_ARTIFACT_PATH_LENGTH
    checked.encode()


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_path_may_go_through_a_url_once(parts: list[str]) -> None:
    path = "/".join(parts)
    try:
        check_artifact_path(path)
    except InvalidArgument:
        return

    assert check_artifact_path(unquote(quote(path))) == path


def test_joined_paths_lie_below_the_root(tmp_path: Path) -> None:
    assert safe_join(tmp_path, "a/b.txt") == tmp_path / "a" / "b.txt"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "", "a/../../x", "%2e%2e/x", "a\0"])
def test_unsafe_paths_are_not_joined(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidArgument):
        safe_join(tmp_path, path)


def test_links_that_lead_out_of_the_root_are_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "file")
    (root / "deep").mkdir()
    (root / "deep" / "up").symlink_to("../..")
    (outside / "back").symlink_to(root)

    for path in ("folder/x", "folder/a/b/x", "file", "deep/up/x", "folder/back"):
        with pytest.raises(InvalidArgument, match="leads out"):
            safe_join(root, path)


def test_a_root_with_a_name_that_begins_like_it_is_outside(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root2").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root2")

    with pytest.raises(InvalidArgument):
        safe_join(tmp_path / "root", "link/x")


def test_links_that_stay_inside_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert safe_join(tmp_path, "link/x") == tmp_path / "link" / "x"


def test_the_root_may_be_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")

    assert safe_join(tmp_path / "root", "x") == tmp_path / "root" / "x"


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")

    with pytest.raises(InvalidArgument):
        safe_join(tmp_path, "one/x")


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def walk(root: Path) -> list[str]:
    found = list(walk_files(root))
    assert [path for path, _ in found] == [root / relative for _, relative in found]
    return [relative for _, relative in found]


def test_files_are_found_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b", "a/z", "a/b/c", "a.txt", ".hidden/x")
    (tmp_path / "empty").mkdir()

    assert walk(tmp_path) == [".hidden/x", "a/b/c", "a/z", "a.txt", "b"]


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert walk(tmp_path) == []


def test_links_to_files_and_folders_inside_are_followed(tmp_path: Path) -> None:
    make(tmp_path, "runs/5/model", "data")
    (tmp_path / "latest").symlink_to("runs/5")
    (tmp_path / "alias").symlink_to(tmp_path / "data")

    assert walk(tmp_path) == ["alias", "data", "latest/model", "runs/5/model"]


@pytest.mark.parametrize("target", ["../outside/file", "../outside", "/", "sub/../../outside/file"])
def test_a_link_out_of_the_folder_is_refused_by_name(tmp_path: Path, target: str) -> None:
    make(tmp_path, "outside/file", "root/sub/inside")
    (tmp_path / "root" / "link").symlink_to(target)

    with pytest.raises(InvalidArgument, match=r"root/link leads out of the folder"):
        walk(tmp_path / "root")


def test_a_link_by_way_of_another_link_is_refused_if_it_ends_outside(tmp_path: Path) -> None:
    make(tmp_path, "outside/file", "root/file")
    (tmp_path / "root" / "a").symlink_to("b")
    (tmp_path / "root" / "b").symlink_to("../outside/file")

    with pytest.raises(InvalidArgument, match="root/a leads out"):
        walk(tmp_path / "root")


def test_a_link_to_nowhere_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("absent")

    with pytest.raises(InvalidArgument, match="link leads nowhere"):
        walk(tmp_path)


def test_links_in_a_ring_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")

    with pytest.raises(InvalidArgument):
        walk(tmp_path)


def test_a_link_back_up_is_passed_over_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(tmp_path, "a/b/file")
    (tmp_path / "a" / "b" / "root").symlink_to(tmp_path)
    (tmp_path / "a" / "b" / "parent").symlink_to("..")

    with caplog.at_level(logging.WARNING):
        assert walk(tmp_path) == ["a/b/file"]

    assert [record.args for record in caplog.records] == [
        (tmp_path / "a" / "b" / "parent",),
        (tmp_path / "a" / "b" / "root",),
    ]


def test_two_folders_that_link_to_each_other_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(tmp_path, "a/x", "b/y")
    (tmp_path / "a" / "to_b").symlink_to("../b")
    (tmp_path / "b" / "to_a").symlink_to("../a")

    with caplog.at_level(logging.WARNING):
        assert walk(tmp_path) == ["a/to_b/y", "a/x", "b/to_a/x", "b/y"]


def test_pipes_and_sockets_are_passed_over_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "file")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)  # The path of a socket may have 107 bytes.
    with socket.socket(socket.AF_UNIX) as bound, caplog.at_level(logging.WARNING):
        bound.bind("sock")

        assert walk(tmp_path) == ["file"]

    assert [record.args for record in caplog.records] == [
        (tmp_path / "fifo", "a pipe"),
        (tmp_path / "sock", "a socket"),
    ]


def test_a_very_deep_tree_is_walked(tmp_path: Path) -> None:
    deep = [f"{tmp_path}/{'d/' * depth}" for depth in range(1, 1501)]
    for folder in deep:
        os.mkdir(folder)
    Path(deep[-1], "file").touch()
    try:
        assert walk(tmp_path) == ["d/" * 1500 + "file"]
    finally:
        # Here, for it is too deep for pytest to remove.
        Path(deep[-1], "file").unlink()
        for folder in reversed(deep):
            os.rmdir(folder)


def test_the_folder_may_be_a_link_the_user_named(tmp_path: Path) -> None:
    make(tmp_path, "real/file")
    (tmp_path / "link").symlink_to("real")

    assert walk(tmp_path / "link") == ["file"]


def test_a_folder_that_is_none_is_not_found(tmp_path: Path) -> None:
    make(tmp_path, "file")

    for path in (tmp_path / "absent", tmp_path / "file"):
        with pytest.raises(NotFound):
            walk(path)


def test_names_that_are_no_text_are_found_and_refused_by_the_gate(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff")).touch()

    [(_, relative)] = walk_files(tmp_path)

    with pytest.raises(RunstoneError, match="surrogate"):
        check_artifact_path(relative)
