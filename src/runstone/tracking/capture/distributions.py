"""Every installed distribution, read off the folders of ``sys.path``.

``importlib.metadata`` would take some 40 ms to import and a millisecond a distribution, holding up the program's own
threads; the folders' names say nearly all of it.  Format: the PyPA specification "Recording installed projects".
"""

from __future__ import annotations

import os
import sys
from typing import Any, NamedTuple


class Distribution(NamedTuple):
    """An installed distribution.

    Attributes:
        name: As its author spells it, where that could be read.
        version: ``unknown`` if the metadata is broken.
        origin: Where it was installed from, if not from an index.
        is_editable: It is the source tree itself.
    """

    name: str
    version: str
    origin: str | None = None
    is_editable: bool = False

    @property
    def requirement(self) -> str:
        """A line of a requirements file."""
        if self.is_editable:
            return f"{self.name}=={self.version}  # editable, {self.origin}"
        if self.origin is not None:
            return f"{self.name} @ {self.origin}"
        return f"{self.name}=={self.version}"


_remembered: tuple[tuple[tuple[str, int], ...], list[Distribution]] | None = None


def installed() -> list[Distribution]:
    """Return what is installed, each once, sorted by name; the same list until a folder of ``sys.path`` changes."""
    global _remembered
    state = tuple((folder, _modified_ns(folder)) for folder in sys.path)
    if _remembered is None or _remembered[0] != state:
        _remembered = (state, _scan())
    return _remembered[1]


def _scan() -> list[Distribution]:
    found: dict[str, Distribution] = {}
    for folder in sys.path:
        for name in _names_in(folder or "."):
            if name.endswith((".dist-info", ".egg-info")):
                distribution = _read(os.path.join(folder or ".", name))
                # Of several, Python imports from the first folder.
                found.setdefault(_normalised(distribution.name), distribution)
    return [found[name] for name in sorted(found)]


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # Not there, not a folder (a zip file), not for us.
        return []


def _read(path: str) -> Distribution:
    stem = os.path.basename(path).rpartition(".")[0]
    name, _, version = stem.partition("-")
    if path.endswith(".egg-info"):
        version = version.partition("-py")[0]
    head = _head(os.path.join(path, "METADATA" if path.endswith(".dist-info") else "PKG-INFO"))
    name = head.get("Name") or name
    version = head.get("Version") or version or "unknown"
    origin, is_editable = _origin(path)
    return Distribution(name, version, origin, is_editable)


def _head(path: str) -> dict[str, str]:
    """Return the first fields of a metadata file, which are version of the format, name and version."""
    try:
        with open(path, "rb", buffering=0) as stream:
            text = stream.read(400).decode("utf-8", "replace")
    except OSError:
        return {}
    lines = text.replace("\r\n", "\n").partition("\n\n")[0].split("\n")[:-1]
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _origin(path: str) -> tuple[str | None, bool]:
    """Read PEP 610's record of a distribution that came from an address, a repository or a folder."""
    try:
        with open(os.path.join(path, "direct_url.json"), "rb", buffering=0) as stream:
            data = stream.read(16_384)
    except OSError:
        return None, False
    import msgspec

    from runstone.core.secrets import redact

    try:
        record = msgspec.json.decode(data, type=dict[str, Any])
        url = redact(str(record["url"]))
        repository = record.get("vcs_info")
        if repository:
            url = f"{repository['vcs']}+{url}@{repository['commit_id']}"
        return url, bool(record.get("dir_info", {}).get("editable"))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return None, False


def _normalised(name: str) -> str:
    """Return a name as PEP 503 compares it."""
    joined = "".join(letter if letter not in "-_." else "-" for letter in name.lower())
    return "-".join(part for part in joined.split("-") if part)


def _modified_ns(folder: str) -> int:
    try:
        return os.stat(folder or ".").st_mtime_ns
    except OSError:
        return 0
