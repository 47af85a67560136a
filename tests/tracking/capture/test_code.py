"""The code of a run comes back from commit, patch and untracked files, whatever the repository looks like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runstone.tracking.capture.captured import Captured
from runstone.tracking.capture.code import capture_code

Git = Callable[..., str]


def state_of(captured: Captured) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(captured.files["runstone/code/state.json"])
    return state


def test_a_clean_repository_gives_its_commit_and_no_patch(repository: Path, git: Git) -> None:
    git(repository, "remote", "add", "origin", "https://me:ghp_abc@example.org/team/project.git")

    captured = capture_code(str(repository))

    assert captured.tags == {
        "mlflow.source.git.commit": git(repository, "rev-parse", "HEAD"),
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.repoURL": "https://example.org/team/project.git",
        "runstone.git.dirty": "false",
    }
    assert "runstone/code/diff.patch" not in captured.files
    assert not any(b"ghp_abc" in data for data in captured.files.values())


def test_patch_and_untracked_files_bring_back_the_work_tree(repository: Path, git: Git, tmp_path: Path) -> None:
    (repository / "data.bin").write_bytes(bytes(range(256)))
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=second")
    (repository / "train.py").write_text("lr = 0.2\n")
    (repository / "data.bin").write_bytes(bytes(reversed(range(256))))
    (repository / "staged.py").write_text("x = 1\n")
    git(repository, "add", "staged.py")
    (repository / "src").mkdir()
    (repository / "src" / "nëw file.py").write_bytes(b"# \xff latin\r\n")

    captured = capture_code(str(repository / "src"))

    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(clone))
    (tmp_path / "diff.patch").write_bytes(captured.files["runstone/code/diff.patch"])
    git(clone, "apply", str(tmp_path / "diff.patch"))
    for name in ("train.py", "data.bin", "staged.py"):
        assert (clone / name).read_bytes() == (repository / name).read_bytes()
    assert captured.files["runstone/code/untracked/src/nëw file.py"] == b"# \xff latin\r\n"
    assert captured.tags["runstone.git.dirty"] == "true"
    assert state_of(captured)["changed"] == ["data.bin", "staged.py", "train.py"]


def test_only_source_files_that_git_does_not_ignore_are_kept(repository: Path) -> None:
    (repository / ".gitignore").write_text("secret.py\n")
    (repository / "secret.py").write_text("1\n")
    (repository / "new.py").write_text("2\n")
    (repository / "weights.bin").write_bytes(b"3")
    (repository / "huge.py").write_bytes(b"#" * (1024 * 1024 + 1))
    (repository / "link.py").symlink_to("/etc/hostname")

    captured = capture_code(str(repository))

    untracked = [path for path in captured.files if "/untracked/" in path]
    assert untracked == ["runstone/code/untracked/new.py"]
    assert state_of(captured)["untracked"] == {
        "kept": ["new.py"],
        "secrets_redacted_in": [],
        "left_out": {"huge.py": "1048577 bytes", "link.py": "not a regular file"},
        "others": 2,
    }


def test_untracked_files_stay_within_their_bounds(repository: Path) -> None:
    for index in range(12):
        (repository / f"settings{index:02}.json").write_bytes(b" " * (1024 * 1024))
    (repository / "z.py").write_text("program\n")

    captured = capture_code(str(repository))

    untracked = state_of(captured)["untracked"]
    assert untracked["kept"][0] == "z.py", "programs come before settings"
    assert sum(len(data) for path, data in captured.files.items() if "/untracked/" in path) <= 11 * 1024 * 1024
    assert untracked["left_out"] == {
        "settings10.json": "enough files were kept",
        "settings11.json": "enough files were kept",
    }


def test_files_that_are_no_code_do_not_make_a_repository_dirty(repository: Path) -> None:
    (repository / "results.csv").write_text("1,2\n")

    assert capture_code(str(repository)).tags["runstone.git.dirty"] == "false"


def test_secrets_leave_patch_and_files_and_the_rest_of_the_patch_applies(
    repository: Path, git: Git, tmp_path: Path
) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASC\n-----END PRIVATE KEY-----\n"
    (repository / "train.py").write_text(f'lr = 0.1\napi_key = "hush"\nkey = """{pem}"""\nend = 1\n')
    (repository / "new.py").write_text('password = "hush"\n')

    captured = capture_code(str(repository))

    patch = captured.files["runstone/code/diff.patch"]
    assert b"hush" not in b"".join(captured.files.values())
    assert b"MIIEvQ" not in patch
    assert state_of(captured)["patch"]["secrets_redacted_in"] == ["a/train.py b/train.py"]
    assert state_of(captured)["untracked"]["secrets_redacted_in"] == ["new.py"]
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(clone))
    (tmp_path / "diff.patch").write_bytes(patch)
    git(clone, "apply", str(tmp_path / "diff.patch"))
    assert (clone / "train.py").read_text().endswith('[redacted]\n"""\nend = 1\n')


def test_a_repository_without_commits_gives_everything_as_patch_and_files(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "staged.py").write_text("a = 1\n")
    git(tmp_path, "add", "staged.py")
    (tmp_path / "new.py").write_text("b = 2\n")

    captured = capture_code(str(tmp_path))

    assert captured.tags == {"mlflow.source.git.branch": "main", "runstone.git.dirty": "true"}
    assert b"+a = 1" in captured.files["runstone/code/diff.patch"]
    assert captured.files["runstone/code/untracked/new.py"] == b"b = 2\n"


def test_a_detached_head_has_no_branch(repository: Path, git: Git) -> None:
    git(repository, "checkout", "--quiet", "--detach")

    tags = capture_code(str(repository)).tags

    assert "mlflow.source.git.branch" not in tags
    assert tags["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD")


def test_a_linked_work_tree_is_a_work_tree(repository: Path, git: Git, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    (tmp_path / "linked" / "train.py").write_text("lr = 0.3\n")

    captured = capture_code(str(tmp_path / "linked"))

    assert captured.tags["mlflow.source.git.branch"] == "other"
    assert b"+lr = 0.3" in captured.files["runstone/code/diff.patch"]


def test_a_submodule_is_seen_from_inside_and_its_changes_are_named_from_outside(
    repository: Path, git: Git, tmp_path: Path
) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    git(outer, "commit", "--quiet", "--message=outer")
    (outer / "inner" / "train.py").write_text("lr = 0.9\n")

    inside, outside = capture_code(str(outer / "inner")), capture_code(str(outer))

    assert inside.tags["mlflow.source.git.commit"] == git(repository, "rev-parse", "HEAD")
    assert b"+lr = 0.9" in inside.files["runstone/code/diff.patch"]
    assert outside.tags["mlflow.source.git.commit"] == git(outer, "rev-parse", "HEAD")
    assert outside.tags["runstone.git.dirty"] == "true"
    assert state_of(outside)["submodules_changed"] == ["inner"]


def test_renamed_and_unmerged_files_are_listed_by_their_names(repository: Path, git: Git) -> None:
    git(repository, "checkout", "--quiet", "-b", "other")
    (repository / "train.py").write_text("lr = 0.5\n")
    git(repository, "commit", "--quiet", "--all", "--message=theirs")
    git(repository, "checkout", "--quiet", "main")
    (repository / "train.py").write_text("lr = 0.6\n")
    (repository / "old.py").write_text("some lines\nthat stay\nthe same\n")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--all", "--message=ours")
    subprocess.run(["git", "merge", "--quiet", "other"], cwd=repository, capture_output=True)
    git(repository, "mv", "old.py", "new name.py")

    assert sorted(state_of(capture_code(str(repository)))["changed"]) == ["new name.py", "train.py"]


def test_a_patch_beyond_its_bound_loses_binary_contents_first(repository: Path, git: Git) -> None:
    (repository / "noise.bin").write_bytes(b"small\0")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=binary")
    (repository / "noise.bin").write_bytes(os.urandom(9 * 1024 * 1024))
    (repository / "train.py").write_text("lr = 0.7\n")

    captured = capture_code(str(repository))

    assert b"+lr = 0.7" in captured.files["runstone/code/diff.patch"]
    assert len(captured.files["runstone/code/diff.patch"]) < 2000
    assert "binary_left_out" in state_of(captured)["patch"]


def test_the_index_is_not_written(repository: Path) -> None:
    index = repository / ".git" / "index"
    # A changed time makes git want to refresh the index.
    os.utime(repository / "train.py", (1, 1))
    before = index.read_bytes()

    capture_code(str(repository))

    assert index.read_bytes() == before
    assert not (repository / ".git" / "index.lock").exists()


def test_the_users_configuration_of_diffs_does_not_reach_the_patch(repository: Path, git: Git) -> None:
    git(repository, "config", "diff.noprefix", "true")
    git(repository, "config", "color.ui", "always")
    git(repository, "config", "diff.external", "false")
    (repository / "train.py").write_text("lr = 0.8\n")

    captured = capture_code(str(repository))

    assert captured.files["runstone/code/diff.patch"].startswith(b"diff --git a/train.py b/train.py\n")


def test_without_a_repository_there_is_only_the_state(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    captured = capture_code(str(tmp_path))

    assert captured.tags == {}
    assert list(captured.files) == ["runstone/code/state.json"]
    assert caplog.records == []


def test_without_the_git_program_nothing_is_said(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert capture_code(str(repository)).tags == {}
    assert caplog.records == []


def test_a_broken_repository_costs_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".git").mkdir()

    for _ in range(2):
        assert capture_code(str(tmp_path)).tags == {}

    assert len(caplog.records) == 1
    assert "code by git" in caplog.text


def test_the_script_that_was_started_is_kept_without_secrets(tmp_path: Path) -> None:
    script = tmp_path / "experiment.py"
    script.write_text(
        "import sys\n"
        "from runstone.tracking.capture.code import capture_code\n"
        "token = 'hush-hush'\n"
        "captured = capture_code()\n"
        "sys.stdout.write(captured.files['runstone/code/entry/experiment.py'].decode())\n"
    )

    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)

    assert done.stdout == script.read_text().replace("hush-hush", "[redacted]")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
class TestARepositoryOfAnotherUser:
    def give_away(self, folder: Path) -> None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 54321, -1, follow_symlinks=False)

    def test_only_its_commit_is_read_and_none_of_its_programs_run(
        self, repository: Path, git: Git, tmp_path: Path
    ) -> None:
        commit = git(repository, "rev-parse", "HEAD")
        git(repository, "config", "filter.evil.clean", f"touch {tmp_path}/evil; cat")
        (repository / ".gitattributes").write_text("* filter=evil\n")
        (repository / "train.py").write_text("lr = 0.4\n")
        self.give_away(repository)

        captured = capture_code(str(repository))

        assert captured.tags == {"mlflow.source.git.commit": commit, "mlflow.source.git.branch": "main"}
        assert "another user" in state_of(captured)["git"]
        assert not (tmp_path / "evil").exists()

    def test_everything_is_read_if_the_program_is_that_users_too(self, repository: Path) -> None:
        script = repository / "train.py"
        script.write_text(
            "from runstone.tracking.capture.code import capture_code\n"
            "captured = capture_code()\n"
            "print(captured.tags['runstone.git.dirty'], 'runstone/code/diff.patch' in captured.files)\n"
        )
        self.give_away(repository)

        done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)

        assert done.stdout == "true True\n"
