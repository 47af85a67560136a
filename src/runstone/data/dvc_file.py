"""What DVC knows of a file: the ``.dvc`` file beside it, in which DVC keeps the digest of the tracked version."""

from __future__ import annotations

import re
from pathlib import Path

# Of the block-style YAML that DVC writes, an entry of ``outs``: `- md5: …` and the keys below it.
_OUTS = re.compile(r"^outs:[ \t]*\n((?:[ \t-][^\n]*\n?)*)", re.MULTILINE)
_ENTRY = re.compile(r"^[ \t]*-[ \t]", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*(md5|path|hash|size|nfiles):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_MAX_BYTES = 1_000_000


def tracked_version(path: Path) -> dict[str, str | int] | None:
    """Return what ``<path>.dvc`` says of a file or folder, or None if DVC does not track it by such a file.

    Returns:
        ``file`` (the ``.dvc`` file's name), ``path``, ``md5`` (of a folder it ends in ``.dir``), perhaps ``size``
        and ``nfiles``.
    """
    note = path.with_name(path.name + ".dvc")
    if not note.is_file() or note.stat().st_size > _MAX_BYTES:
        return None
    outs = _OUTS.search(note.read_text("utf-8", "replace").replace("\r\n", "\n"))
    for entry in _ENTRY.split(outs[1])[1:] if outs else ():
        facts: dict[str, str | int] = {key: _plain(value) for key, value in _KEY.findall(entry)}
        if facts.get("path") == path.name and "md5" in facts:
            numbers = {key: int(facts[key]) for key in ("size", "nfiles") if str(facts.get(key, "")).isdecimal()}
            return {"file": note.name, **facts, **numbers}
    return None


def _plain(text: str) -> str:
    if text[:1] == text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    return text[1:-1] if text[:1] == text[-1:] == '"' and len(text) > 1 else text
