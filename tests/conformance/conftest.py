"""Stores behind a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.store.protocol import Store
from runstone.store.remote import open_remote
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.store import SqlStore
from runstone.testing.serving import Front, serving


@pytest.fixture(scope="session")
def _front() -> Iterator[Front]:
    with serving() as front:
        yield front


@pytest.fixture(params=["direct", "http"])
def store(request: pytest.FixtureRequest, dialect: Dialect, tmp_path: Path) -> Iterator[Store]:
    """An empty store over each kind of database, itself and behind a server."""
    held = SqlStore(dialect)
    if request.param == "direct":
        yield held
    else:
        front: Front = request.getfixturevalue("_front")
        front.app = create_app(open_backend(held, LocalBlobs(tmp_path / "blobs")))
        remote = open_remote(front.uri)
        yield remote
        remote.close()
    held.close()
