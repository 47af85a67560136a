"""Which files are source code, and keeping them: by name and size, with secrets taken out."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from runstone.tracking.capture.redaction import redact_file

_MOST_BYTES = 1024 * 1024
_MOST_BYTES_TOGETHER = 10 * 1024 * 1024
_MOST_FILES = 500
# fmt: off
_PROGRAMS = frozenset((
    ".bash", ".c", ".cc", ".cpp", ".cu", ".cuh", ".cxx", ".f90", ".go", ".h", ".hpp", ".ipynb", ".java", ".jl", ".js",
    ".kt", ".lua", ".m", ".mojo", ".pxd", ".py", ".pyi", ".pyx", ".r", ".rmd", ".rs", ".scala", ".sh", ".slurm", ".sql",
    ".swift", ".ts", ".tsx",
))
_SETTINGS = frozenset((
    ".cfg", ".cmake", ".gin", ".ini", ".j2", ".json", ".json5", ".jsonnet", ".proto", ".toml", ".yaml", ".yml",
))
_NAMES = frozenset((
    "Dockerfile", "Justfile", "MLproject", "MLmodel", "Makefile", "Pipfile", "Snakefile", "dvc.lock",
))
# fmt: on


class Kept(NamedTuple):
    """What became of the files.

    Attributes:
        kept: Those that were kept.
        secrets_redacted_in: Those of them that lost a secret.
        left_out: Source files that were not kept, with the reason.
        others: How many were no source files by their names.
    """

    kept: list[str]
    secrets_redacted_in: list[str]
    left_out: dict[str, str]
    others: int


def is_source(name: str) -> bool:
    """Say whether a file is source code or a program's settings, by its name."""
    base = os.path.basename(name)
    ending = os.path.splitext(base)[1].lower()
    return (
        ending in _PROGRAMS
        or ending in _SETTINGS
        or base in _NAMES
        or (ending == ".txt" and base.startswith("requirements"))
    )


def keep_files(root: str, names: list[str], folder: str, files: dict[str, bytes]) -> Kept:
    """Keep source files, programs before settings, as far as the bounds allow.

    Args:
        root: Where the names start.
        folder: Where they go among the run's artifacts.
        files: Takes them.
    """
    sources = [name for name in names if is_source(name)]
    sources.sort(key=lambda name: (os.path.splitext(name)[1].lower() not in _PROGRAMS, name))
    kept = Kept([], [], {}, len(names) - len(sources))
    total = 0
    for name in sources:
        shown = _shown(name)
        if len(kept.kept) >= _MOST_FILES or total >= _MOST_BYTES_TOGETHER:
            if len(kept.left_out) < _MOST_FILES:
                kept.left_out[shown] = "enough files were kept"
            continue
        try:
            data = _read(os.path.join(root, name))
        except (OSError, ValueError) as error:
            kept.left_out[shown] = str(error)
            continue
        total += len(data)
        cleaned = redact_file(data)
        files[f"{folder}/{shown}"] = cleaned
        kept.kept.append(shown)
        if cleaned != data:
            kept.secrets_redacted_in.append(shown)
    return kept


def keep_script(path: str | None, folder: str, files: dict[str, bytes]) -> str | None:
    """Keep the script that was started, if there is one that is not too large; return its path."""
    if path is None:
        return None
    try:
        files[f"{folder}/{_shown(os.path.basename(path))}"] = redact_file(_read(os.path.realpath(path)))
    except (OSError, ValueError):
        return _shown(path)
    return _shown(path)


def _read(path: str) -> bytes:
    """Read a regular file; what a link points to may lie anywhere, so links are not followed.

    Raises:
        ValueError: It is not kept, and why.
        OSError: It cannot be read.
    """
    facts = os.lstat(path)
    if not stat.S_ISREG(facts.st_mode):
        raise ValueError("not a regular file")
    if facts.st_size > _MOST_BYTES:
        raise ValueError(f"{facts.st_size} bytes")
    with open(path, "rb") as stream:
        return stream.read(_MOST_BYTES)


def _shown(name: str) -> str:
    """Return a path as text that any store takes as an artifact's."""
    text = name.encode("utf-8", "replace").decode().replace("\\", "_").replace("%", "_")
    return "".join("_" if ord(letter) < 32 or letter == "\x7f" else letter for letter in text)
