"""An embedded store that may only be read: a mounted snapshot, another user's folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runstone.core.errors import PermissionDenied
from runstone.store.open import open_store

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not in pytest's temporary folder, which nobody else may enter.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        Path(name).chmod(0o755)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be a user for whom permissions count."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_it_is_read_and_a_write_is_refused(folder: Path) -> None:
    store = open_store(str(folder))
    experiment_id = store.create_experiment("kept").experiment_id
    store.set_experiment_tags(experiment_id, {"owner": "ada"})  # Loads what must not be loaded without privileges.
    store.close()
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)

    with without_privileges():
        store = open_store(str(folder))
        name = store.get_experiment(experiment_id).name
        with pytest.raises(PermissionDenied, match=f"cannot write {folder}.*point RUNSTONE_TRACKING_URI"):
            store.set_experiment_tags(experiment_id, {"owner": "bob"})
        store.close()

    assert name == "kept"
    assert sorted(path.name for path in folder.iterdir()) == ["runstone.db"]
