"""Installed distributions are found as importlib.metadata finds them, and broken ones do no harm."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path

import pytest

from runstone.tracking.capture import distributions
from runstone.tracking.capture.distributions import Distribution, installed


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributions, "_remembered", None)


def dist_info(folder: Path, stem: str, metadata: str | None = None, **files: object) -> None:
    path = folder / f"{stem}.dist-info"
    path.mkdir(parents=True)
    if metadata is not None:
        (path / "METADATA").write_text(metadata)
    for name, content in files.items():
        (path / f"{name}.json").write_text(json.dumps(content))


def test_this_environment_is_seen_as_by_the_standard_library() -> None:
    known = {(found.metadata["Name"], found.version) for found in importlib.metadata.distributions()}

    assert {(found.name, found.version) for found in installed()} == known


def test_names_and_versions_come_from_metadata_or_else_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist_info(tmp_path / "a", "zope_interface-1.0", "Metadata-Version: 2.1\nName: zope.interface\nVersion: 1.0\n\nText")
    dist_info(tmp_path / "a", "bare-2.0")
    dist_info(tmp_path / "a", "broken", "\0\xff nothing here")
    (tmp_path / "a" / "old-3.0-py3.8.egg-info").write_text("Metadata-Version: 1.0\n")
    dist_info(tmp_path / "b", "Bare-1.5")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "missing.zip")])

    assert installed() == [
        Distribution("bare", "2.0"),
        Distribution("broken", "unknown"),
        Distribution("old", "3.0"),
        Distribution("zope.interface", "1.0"),
    ]


def test_what_came_from_elsewhere_says_from_where_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = {"url": "https://u:p@example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    dist_info(tmp_path, "a-1", direct_url=git)
    dist_info(tmp_path, "b-1", direct_url={"url": "file:///src/b", "dir_info": {"editable": True}})
    dist_info(tmp_path, "c-1", direct_url={"url": "https://example.org/c.whl", "archive_info": {}})
    dist_info(tmp_path, "d-1", direct_url=["no record"])
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    assert [found.requirement for found in installed()] == [
        "a @ git+https://[redacted]@example.org/x.git@abc",
        "b==1  # editable, file:///src/b",
        "c @ https://example.org/c.whl",
        "d==1",
    ]


def test_the_list_is_remembered_until_a_folder_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dist_info(tmp_path, "a-1")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    first = installed()
    assert installed() is first
    dist_info(tmp_path, "b-1")

    assert installed() == [Distribution("a", "1"), Distribution("b", "1")]
