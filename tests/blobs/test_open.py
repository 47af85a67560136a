from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.blobs.objects import ObjectBlobs
from runstone.blobs.open import open_blobs
from runstone.core.errors import InvalidArgument


def test_a_path_is_a_folder(tmp_path: Path) -> None:
    for given in (tmp_path, str(tmp_path), f"file://{tmp_path}", f"file://localhost{tmp_path}", f"FILE:{tmp_path}"):
        opened = open_blobs(given)

        assert isinstance(opened, LocalBlobs)
        assert opened.root == tmp_path


def test_a_file_uri_is_decoded_and_a_path_is_not() -> None:
    with_uri, with_path = open_blobs("file:///a%20b"), open_blobs("/a%20b")

    assert isinstance(with_uri, LocalBlobs)
    assert isinstance(with_path, LocalBlobs)
    assert with_uri.root == Path("/a b")
    assert with_path.root == Path("/a%20b")


def test_the_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    opened = open_blobs("~/blobs")

    assert isinstance(opened, LocalBlobs)
    assert opened.root == tmp_path / "blobs"


@pytest.mark.parametrize(
    "uri", ["memory:", "s3://bucket/prefix", "S3://bucket", "gs://bucket/p", "abfs://c@a.dfs.core.windows.net/p"]
)
def test_an_object_store_is_known_by_its_scheme(uri: str) -> None:
    assert isinstance(open_blobs(uri), ObjectBlobs)


def test_azure_takes_its_account_as_an_option() -> None:
    assert isinstance(open_blobs("az://container/prefix", account_name="account"), ObjectBlobs)


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidArgument, match=r"'ftp'.*a path, file, s3, gs, az, abfs, memory"):
        open_blobs("ftp://host/folder")


@pytest.mark.parametrize("uri", ["file://host/folder", "file:", "file:///folder?x=1"])
def test_a_file_uri_that_names_no_local_folder_is_refused(uri: str) -> None:
    with pytest.raises(InvalidArgument, match="expected file:///path"):
        open_blobs(uri)


def test_options_of_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="endpoint"):
        open_blobs(tmp_path, endpoint="http://somewhere")


def install(site: Path, name: str, scheme: str) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[runstone.blobs]\n{scheme} = {name}:make\n")
    (site / f"{name}.py").write_text("def make(uri, **options):\n    return uri, options\n")


def test_a_plugin_brings_its_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "blobs_of_others", "others")
    monkeypatch.syspath_prepend(tmp_path)

    assert open_blobs("others://here", colour="red") == ("others://here", {"colour": "red"})


def test_two_plugins_of_one_scheme_are_both_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "first_plugin", "twice")
    install(tmp_path, "second_plugin", "twice")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(InvalidArgument, match=r"first_plugin, second_plugin all claim the scheme 'twice'"):
        open_blobs("twice://here")


def test_a_folder_needs_the_standard_library_only(tmp_path: Path) -> None:
    script = """
import sys
before = set(sys.modules)
from runstone.blobs.open import open_blobs
blobs = open_blobs(sys.argv[1])
blobs.get_bytes(blobs.put_bytes(b"x").digest)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(loaded - set(sys.stdlib_module_names)))
heavy = {"asyncio", "concurrent", "importlib.metadata", "tempfile", "urllib.request"}
print(sorted(heavy & (set(sys.modules) - before)))
"""
    done = subprocess.run([sys.executable, "-I", "-c", script, tmp_path], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["['runstone']", "[]"]
