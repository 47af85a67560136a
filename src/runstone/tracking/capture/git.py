"""Asking git: the program in a process of its own, read-only, bounded in time and output.

git itself refuses a repository that belongs to another user, because its configuration can name programs to run.  That
rule stands here too, except where the running program belongs to the repository's owner: whoever runs that already
trusts them.
"""

from __future__ import annotations

import os
import threading
import time
from typing import NamedTuple

from runstone.core.errors import Unavailable

_PATIENCE_S = 20.0
"""For all questions to one repository together; each may take half of what is left, so that later ones get some."""

_HIDDEN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF")
_CONFIGURATION = (
    "core.quotePath=false",
    "core.fsmonitor=false",
    "color.ui=false",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.relative=false",
)


class Repository(NamedTuple):
    """A work tree that git will speak about.

    Attributes:
        root: Its topmost folder.
        deadline: When the last answer has to be there, by the monotonic clock.
        is_foreign: It belongs to another user, and so does not the program: only references may be read.
    """

    root: str
    deadline: float
    is_foreign: bool = False

    def ask(self, *arguments: str, most: int = 1 << 20) -> bytes:
        """Return what a git command prints.

        Args:
            most: Bytes that may come; with more, git is stopped and the answer holds one byte more than this.

        Raises:
            Unavailable: git failed, or took too long.
        """
        return _ask(self.root, *arguments, most=most, trusting=self.root, deadline=self.deadline)

    def find(self, *arguments: str) -> str | None:
        """Return the line that a git command prints, or None where it fails or prints none."""
        try:
            return self.ask(*arguments).decode("utf-8", "replace").rstrip("\n") or None
        except Unavailable:
            return None


def find_repository(folder: str, program: str | None) -> Repository | None:
    """Return the repository that a folder is in, or None: no repository, or no git.

    Args:
        program: The file of the running program, if there is one.

    Raises:
        Unavailable: There is a repository, but git cannot read it.
    """
    found = _folder_with_git(folder)
    if found is None:
        return None
    deadline = time.monotonic() + _PATIENCE_S
    try:
        return Repository(_root(folder, deadline), deadline)
    except FileNotFoundError:
        return None
    except Unavailable:
        owner = os.stat(found).st_uid
        if not hasattr(os, "getuid") or owner == os.getuid():
            raise
    root = _root(folder, deadline, trusting=found)
    return Repository(root, deadline, is_foreign=not (program is not None and _belongs(program, root, owner)))


def _root(folder: str, deadline: float, trusting: str = "") -> str:
    answer = _ask(folder, "rev-parse", "--show-toplevel", most=8192, trusting=trusting, deadline=deadline)
    return os.fsdecode(answer)[:-1]


def _folder_with_git(folder: str) -> str | None:
    """Look for a repository upward without starting a process, which costs most where there is none."""
    here = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent
    return here


def _belongs(program: str, root: str, owner: int) -> bool:
    real = os.path.realpath(program)
    return os.stat(real).st_uid == owner and real.startswith(os.path.realpath(root) + os.sep)


def _ask(folder: str, *arguments: str, most: int, trusting: str, deadline: float) -> bytes:
    import subprocess  # Here, because where there is no repository nobody needs it.

    environment = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "", "LC_ALL": "C"}
    configuration = (*_CONFIGURATION, f"safe.directory={trusting}") if trusting else _CONFIGURATION
    options = [word for setting in configuration for word in ("-c", setting)]
    with subprocess.Popen(
        ["git", "--no-pager", *options, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        patience_s = max((deadline - time.monotonic()) / 2, 0.0)
        clock = threading.Timer(patience_s, process.kill)
        clock.daemon = True
        clock.start()
        try:
            output = process.stdout.read(most + 1)
            if len(output) > most:
                process.kill()
            status = process.wait()
        finally:
            clock.cancel()
    if status != 0 and len(output) <= most:
        why = f"status {status}" if status > 0 else f"no answer in {patience_s:.1f} s"
        raise Unavailable(f"git {arguments[0]} failed in {folder}: {why}")
    return output
