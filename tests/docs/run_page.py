"""Run the snippets of one page, in their order: ``python run_page.py PAGE``, in an empty folder.

What runs: blocks of ``python`` (in one namespace), blocks of ``bash`` in tutorials and how-tos, ``$ runstone …`` in
blocks of ``console``, and what stands in a comment ``<!-- python … -->``, which prepares what the page takes for
granted.  After the language may stand

- ``file=NAME``: the block is not run but written to a file, for a later one to use;
- ``no-run="REASON"``: it is only compiled;
- ``output``, on a block of ``text``: what the block before printed, with ``…`` for what differs each time.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(
    r"^```(?P<info>\S.*)\n(?P<body>(?:(?!```).*\n)*)```$|^<!-- python\n(?P<hidden>(?:.*\n)*?)-->$", re.MULTILINE
)
_ATTRIBUTE = re.compile(r'(?P<name>[\w-]+)(?:="(?P<quoted>[^"]+)"|=(?P<plain>\S+))?')


class Block(NamedTuple):
    """A fenced block: its language, what stands behind that, where it begins and what is in it."""

    language: str
    attributes: dict[str, str]
    line: int
    text: str


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page."""
    blocks = []
    for match in _FENCE.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        if match["hidden"] is not None:
            blocks.append(Block("python", {}, line, match["hidden"]))
            continue
        language, _, rest = match["info"].partition(" ")
        found = {each["name"]: each["quoted"] or each["plain"] or "" for each in _ATTRIBUTE.finditer(rest)}
        blocks.append(Block(language, found, line, match["body"]))
    return blocks


class Page:
    """A page while its blocks run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Elsewhere commands are examples that stand for themselves.
        self.runs_commands = bool({"tutorials", "how-to"} & set(path.parts))
        self.namespace: dict[str, object] = {"__name__": "__main__"}
        self.printed = ""

    def take(self, block: Block) -> None:
        """Do what a block asks for."""
        unknown = block.attributes.keys() - {"file", "no-run", "output"}
        if unknown:
            raise SystemExit(f"{self.path}:{block.line}: no such attribute of a block: {', '.join(unknown)}")
        if "no-run" in block.attributes:
            self.skip(block)
        elif "file" in block.attributes:
            Path(block.attributes["file"]).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            self.run_python(block)
        elif block.language == "bash" and self.runs_commands:
            self.run_commands(block, block.text)
        elif block.language == "console":
            commands = [line[2:] for line in block.text.splitlines() if line.startswith("$ runstone ")]
            self.run_commands(block, "\n".join(commands))
        elif "output" in block.attributes:
            self.compare(block)

    def skip(self, block: Block) -> None:
        """Look at a block that does not run."""
        if not block.attributes["no-run"]:
            raise SystemExit(f'{self.path}:{block.line}: say why: no-run="REASON"')
        if block.language == "python":
            compile(block.text, f"{self.path}:{block.line}", "exec")

    def run_python(self, block: Block) -> None:
        """Run a block of Python."""
        # As many empty lines, so that a traceback names the line of the page.
        code = compile("\n" * block.line + block.text, str(self.path), "exec")
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(code, self.namespace)  # our own pages
        self.printed = output.getvalue()
        sys.stdout.write(self.printed)

    def run_commands(self, block: Block, commands: str) -> None:
        """Run commands; each has to end well."""
        if "runstone" in sys.modules:
            sys.modules["runstone"].flush()
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        self.printed = done.stdout
        sys.stdout.write(done.stdout)
        if done.returncode:
            raise SystemExit(f"{self.path}:{block.line}: exit code {done.returncode}")

    def compare(self, block: Block) -> None:
        """Compare what was printed last with what the page says."""
        wanted = ".*?".join(re.escape(part) for part in _trimmed(block.text).split("…"))
        if not re.fullmatch(wanted, _trimmed(self.printed), re.DOTALL):
            raise SystemExit(f"{self.path}:{block.line}: printed was instead\n{self.printed}")


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def main() -> None:
    """Run the page that the command line names."""
    path = Path(sys.argv[1])
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    sys.path.insert(0, "")  # files that the page has written
    page = Page(path)
    for block in blocks_of(path.read_text("utf-8")):
        page.take(block)


if __name__ == "__main__":
    main()
