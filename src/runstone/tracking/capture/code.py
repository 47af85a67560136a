"""The code: commit, uncommitted changes, files git does not know yet; or the script, where there is no git."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from runstone.core.secrets import redact
from runstone.tracking.capture.captured import Captured
from runstone.tracking.capture.source import entry_script

_TIMEOUT_S = 20
_MAX_PATCH = 10 * 1024 * 1024
_MAX_FILE = 1024 * 1024
_MAX_FILES_TOTAL = 10 * 1024 * 1024
_SOURCE_SUFFIXES = frozenset(
    [
        ".py",
        ".pyx",
        ".pxd",
        ".pyi",
        ".ipynb",
        ".r",
        ".R",
        ".jl",
        ".sh",
        ".sql",
        ".c",
        ".cc",
        ".cpp",
        ".cu",
        ".cuh",
        ".h",
        ".hpp",
        ".rs",
        ".go",
        ".java",
        ".scala",
        ".js",
        ".ts",
        ".toml",
        ".cfg",
        ".ini",
        ".yaml",
        ".yml",
        ".json",
        ".md",
        ".txt",
        ".rst",
        ".tex",
        ".cmake",
    ]
) | {""}
_SOURCE_NAMES = frozenset({"Makefile", "Dockerfile", "Snakefile", "MLproject", "Justfile"})


def capture_code(folder: Path | None = None) -> Captured:
    """Return tags and files that bring back the code as it ran.

    Args:
        folder: Where the code is; the entry script's folder, or the current one, if None.
    """
    script = entry_script()
    here = folder or (script.parent if script is not None else Path.cwd())
    root = _git(here, "rev-parse", "--show-toplevel")
    if root is None:
        return _without_git(script)
    return _with_git(Path(root.strip()), script)


def _with_git(root: Path, script: Path | None) -> Captured:
    commit = _line(root, "rev-parse", "--verify", "--quiet", "HEAD")
    branch = _line(root, "symbolic-ref", "--short", "--quiet", "HEAD")
    remote = _line(root, "config", "--get", "remote.origin.url")
    tags = {
        "mlflow.source.git.commit": commit,
        "mlflow.source.git.branch": branch,
        "mlflow.source.git.repoURL": None if remote is None else redact(remote).replace("[redacted]@", ""),
    }
    files: dict[str, bytes] = {}
    base = commit or _line(root, "hash-object", "-t", "tree", os.devnull)
    patch = _git_bytes(root, "diff", "--binary", "--no-color", "--no-ext-diff", base or "HEAD", "--") or b""
    untracked = [
        name for name in (_git(root, "ls-files", "--others", "--exclude-standard", "-z") or "").split("\0") if name
    ]
    state: dict[str, object] = {
        "commit": commit,
        "branch": branch,
        "dirty": bool(patch or untracked),
        "script": None if script is None else _relative(script, root),
    }
    if patch:
        state["patch"] = _keep_patch(patch, files)
    if untracked:
        kept, left_out = _keep_files(root, untracked, files)
        state["untracked"] = kept
        state["left_out"] = left_out
    files["runstone/code/state.json"] = json.dumps(state, indent=1, sort_keys=True).encode()
    tags["runstone.git.dirty"] = str(state["dirty"]).lower()
    return Captured({key: value for key, value in tags.items() if value}, files)


def _without_git(script: Path | None) -> Captured:
    files: dict[str, bytes] = {}
    if script is not None and script.stat().st_size <= _MAX_FILE:
        files[f"runstone/code/{_safe(script.name)}"] = _redacted(script.read_bytes())
    return Captured({}, files)


def _keep_patch(patch: bytes, files: dict[str, bytes]) -> dict[str, object]:
    """Keep the patch with secrets taken out, and say where that keeps it from being applied as it is."""
    if len(patch) > _MAX_PATCH:
        return {"kept": False, "size_bytes": len(patch), "why": f"larger than {_MAX_PATCH} bytes"}
    clean = _redacted(patch)
    files["runstone/code/diff.patch"] = clean
    return {"kept": True, "size_bytes": len(patch), "redacted": clean != patch}


def _keep_files(root: Path, names: list[str], files: dict[str, bytes]) -> tuple[list[str], list[dict[str, str]]]:
    kept: list[str] = []
    left_out: list[dict[str, str]] = []
    total = 0
    for name in sorted(names):
        path = root / name
        why = _why_not(path, total)
        if why is None:
            data = path.read_bytes()
            total += len(data)
            files[f"runstone/code/untracked/{_safe(name)}"] = _redacted(data)
            kept.append(name)
        elif len(left_out) < 1000:
            left_out.append({"file": name, "why": why})
    return kept, left_out


def _why_not(path: Path, total: int) -> str | None:
    if path.is_symlink() or not path.is_file():
        return "not a regular file"
    if path.suffix not in _SOURCE_SUFFIXES and path.name not in _SOURCE_NAMES:
        return "not source code by its name"
    size = path.stat().st_size
    if size > _MAX_FILE:
        return f"{size} bytes"
    if total + size > _MAX_FILES_TOTAL:
        return "enough files were kept"
    with path.open("rb") as stream:
        if path.suffix == "" and b"\0" in stream.read(8192):
            return "binary"
    return None


def _redacted(data: bytes) -> bytes:
    """Take secrets out of text; bytes that are no UTF-8 pass through unchanged."""
    text = data.decode("utf-8", "surrogateescape")
    return redact(text).encode("utf-8", "surrogateescape")


def _safe(name: str) -> str:
    """Return a file's name as an artifact path takes it."""
    text = name.encode("utf-8", "replace").decode().replace("\\", "_").replace("%", "_")
    return "".join("_" if ord(char) < 32 or char == "\x7f" else char for char in text)


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(path)


def _line(folder: Path, *arguments: str) -> str | None:
    text = _git(folder, *arguments)
    return text.strip() or None if text else None


def _git(folder: Path, *arguments: str) -> str | None:
    data = _git_bytes(folder, *arguments)
    return None if data is None else data.decode("utf-8", "replace")


def _git_bytes(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints, or None where it cannot answer: no git, no repository, somebody else's."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
