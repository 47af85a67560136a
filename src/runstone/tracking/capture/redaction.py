"""Secrets taken out of files and patches, line by line, so that line numbers and hunks stay right."""

from __future__ import annotations

from runstone.core.secrets import redact

_BLOCK = 128 * 1024
"""Characters looked at in one go: a regular expression holds up the program's other threads while it runs."""
_LONGEST_KEY = 16 * 1024


def redact_file(data: bytes) -> bytes:
    """Return a text file without secrets; what is no UTF-8 in it stays as it is."""
    return _redact(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def redact_patch(patch: bytes) -> tuple[bytes, list[str]]:
    """Return git's patch without secrets, and the header of each file's patch that lost some.

    The number of lines stays; where a context or removed line is changed, that file's patch no longer applies.  Binary
    patches are compressed and left alone.
    """
    sections = (b"\n" + patch).split(b"\ndiff --git ")
    touched: list[str] = []
    for index, section in enumerate(sections):
        cleaned = _redact_section(section)
        if cleaned != section:
            touched.append(section.partition(b"\n")[0].decode("utf-8", "replace"))
            sections[index] = cleaned
    return b"\ndiff --git ".join(sections)[1:], touched


def _redact_section(section: bytes) -> bytes:
    head, at, hunks = section.partition(b"\n@@")
    if not at:
        return section
    lines = ("@@" + hunks.decode("utf-8", "surrogateescape")).split("\n")
    # Secrets over several lines are recognised only without the column that says what happens to a line.
    cleaned = _redact("\n".join(line[1:] for line in lines)).split("\n")
    body = "\n".join(line[:1] + rest for line, rest in zip(lines, cleaned, strict=True))
    return head + b"\n" + body.encode("utf-8", "surrogateescape")


def _redact(text: str) -> str:
    cleaned: list[str] = []
    start = 0
    while start < len(text):
        end = _line_end(text, start + _BLOCK)
        if "PRIVATE KEY-----" in text[end - _LONGEST_KEY : end]:
            end = _line_end(text, end + _LONGEST_KEY)
        cleaned.append(redact(text[start:end]))
        start = end
    return "".join(cleaned)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1
