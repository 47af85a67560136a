"""Docstrings and tables as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

_SECTIONS = ("Args:", "Attributes:", "Returns:", "Raises:", "Yields:")
_ROLE = re.compile(r":\w+:`~?([\w.]+)`")


def of_docstring(documented: object) -> str:
    """Return the docstring of something as Markdown."""
    return from_text(inspect.getdoc(documented) or "")


def from_text(docstring: str) -> str:
    """Return a docstring of the house's kind as Markdown: paragraphs, sections such as ``Args:``, examples."""
    parts: list[str] = []
    for block in _blocks(docstring):
        head, *rest = block
        if head in _SECTIONS:
            parts.append(f"**{head}**\n\n" + "\n".join(f"- {item}" for item in _items(rest)))
        elif head.endswith("::"):
            example = inspect.cleandoc("\n" + "\n".join(rest))
            # Not run: what it uses stands in the program around it.
            parts.append(f'```python no-run="an excerpt"\n{example}\n```')
        else:
            parts.append(inline("\n".join(block)))
    return "\n\n".join(parts) + "\n"


def inline(text: str) -> str:
    """Return a paragraph with its marks of reStructuredText as those of Markdown."""
    text = _ROLE.sub(lambda match: f"`{match[1].removeprefix('runstone.')}`", text).replace("``", "`")
    return re.sub(" {2,}", " ", text)


def summary(documented: object) -> str:
    """Return the first sentence or so of a docstring: its first paragraph, on one line."""
    first = (inspect.getdoc(documented) or "").split("\n\n")[0]
    return inline(" ".join(first.split()))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def code(text: str) -> str:
    """Return a text as inline code."""
    return f"`{text}`"


def anchor(heading: str) -> str:
    """Return what GitHub calls a heading in links."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def _blocks(docstring: str) -> list[list[str]]:
    """Return paragraphs as lists of lines; a section or an example is one with all that is indented below it."""
    blocks: list[list[str]] = []
    is_after_blank = True
    for line in docstring.splitlines():
        is_head = line in _SECTIONS or line.endswith("::")
        if line and not line.startswith(" ") and (is_after_blank or is_head):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
        is_after_blank = not line
    return [_stripped(block) for block in blocks]


def _stripped(block: list[str]) -> list[str]:
    while block and not block[-1].strip():
        block = block[:-1]
    return block


def _items(lines: Sequence[str]) -> list[str]:
    """Return the items of a section, each on one line; deeper lines go on with the one before."""
    items: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        if depth <= 4 or not items:
            items.append(line.strip())
        else:
            items[-1] += " " + line.strip()
    return [_item(item) for item in items]


def _item(text: str) -> str:
    name, colon, meaning = text.partition(": ")
    if colon and re.fullmatch(r"[\w*]+(, [\w*]+)*", name):
        return ", ".join(f"`{each}`" for each in name.split(", ")) + f": {inline(meaning)}"
    if re.fullmatch(r"\w+(, \w+)*\.?", text):
        return ", ".join(f"`{each}`" for each in text.rstrip(".").split(", "))
    return inline(text)
