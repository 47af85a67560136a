from __future__ import annotations

import os
from pathlib import Path

import pytest

from runstone.blobs import copying
from runstone.core.digest import digest_of

MIB = 1 << 20


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, 20 * MIB + 1])
def test_a_copy_has_the_content_and_its_digest(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "in").write_bytes(data)

    with (tmp_path / "in").open("rb") as source, (tmp_path / "out").open("w+b") as target:
        stored = copying.copy(source.fileno(), target.fileno())

    assert stored == (digest_of(data), size)
    assert (tmp_path / "out").read_bytes() == data


def test_copies_across_file_systems_are_the_same(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system")
    data = os.urandom(2 * MIB)
    source = memory / f"runstone-test-{os.getpid()}"
    source.write_bytes(data)

    try:
        with source.open("rb") as file, (tmp_path / "out").open("w+b") as target:
            stored = copying.copy(file.fileno(), target.fileno())
    finally:
        source.unlink()

    assert stored.digest == digest_of(data)
    assert (tmp_path / "out").read_bytes() == data


def test_what_was_cloned_is_hashed_as_it_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def clone(source: int, target: int) -> bool:
        os.write(target, b"what the source held at that moment")
        return True

    # Few file systems can clone, so the call is stood in for.
    monkeypatch.setattr(copying, "_clone", clone)
    (tmp_path / "in").write_bytes(b"what it holds now")

    with (tmp_path / "in").open("rb") as source, (tmp_path / "out").open("w+b") as target:
        stored = copying.copy(source.fileno(), target.fileno())

    assert stored == (digest_of(b"what the source held at that moment"), 35)
