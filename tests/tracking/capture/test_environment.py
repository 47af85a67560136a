"""The environment is described, locked as far as there is a lock file, and free of secrets."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from runstone.tracking.capture.environment import capture_environment, variables


def facts_of(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(capture_environment(str(folder)).files["runstone/environment/environment.json"])
    return facts


def test_interpreter_platform_and_distributions_are_told(tmp_path: Path) -> None:
    captured = capture_environment(str(tmp_path))

    facts = json.loads(captured.files["runstone/environment/environment.json"])
    requirements = captured.files["runstone/environment/requirements.txt"].decode().splitlines()
    assert facts["python"]["version"].startswith("3.")
    assert facts["platform"]["machine"]
    assert facts["distributions"] == len(requirements)
    assert any(line.startswith("pytest==") for line in requirements)


def test_lock_files_are_found_upward_within_the_repository(repository: Path) -> None:
    (repository / "uv.lock").write_text("version = 1\n")
    (repository / "requirements.txt").write_text("--index-url https://u:p@example.org/simple\nnumpy\n")
    (repository / "deep" / "er").mkdir(parents=True)

    captured = capture_environment(str(repository / "deep" / "er"))

    locks = {path: data for path, data in captured.files.items() if "/locks/" in path}
    assert locks == {
        "runstone/environment/locks/uv.lock": b"version = 1\n",
        "runstone/environment/locks/requirements.txt": (b"--index-url https://[redacted]@example.org/simple\nnumpy\n"),
    }
    digest = hashlib.sha256((repository / "requirements.txt").read_bytes()).hexdigest()
    assert facts_of(repository)["lock_files"]["requirements.txt"]["digest"] == f"sha256:{digest}"


def test_nothing_above_a_folder_without_repository_is_taken(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text("somebody else's\n")
    (tmp_path / "mine").mkdir()

    assert facts_of(tmp_path / "mine")["lock_files"] == {}
    assert list(facts_of(tmp_path)["lock_files"]) == ["uv.lock"]


def test_a_huge_lock_file_is_named_but_not_kept(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").write_bytes(b"#" * (4 * 1024 * 1024 + 1))

    captured = capture_environment(str(tmp_path))

    assert not any("/locks/" in path for path in captured.files)
    assert "left_out" in facts_of(tmp_path)["lock_files"]["poetry.lock"]


def test_a_large_lock_file_loses_credentials_and_nothing_else(tmp_path: Path) -> None:
    lines = b"token = 'not looked at'\n" * 5000
    (tmp_path / "uv.lock").write_bytes(lines + b"url = 'https://u:p@example.org'\n")

    captured = capture_environment(str(tmp_path))

    assert captured.files["runstone/environment/locks/uv.lock"] == lines + b"url = 'https://[redacted]@example.org'\n"


def test_only_telling_variables_are_taken_and_never_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("SLURM_JWT_TOKEN", "hush")
    monkeypatch.setenv("MY_OWN", "private")

    taken = variables()

    assert taken["CUDA_VISIBLE_DEVICES"] == "0,1"
    assert taken["RANK"] == "3"
    assert taken["SLURM_JWT_TOKEN"] == "[redacted]"
    assert "MY_OWN" not in taken
