"""A server on a store of the test, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.server.app import create_app
from runstone.server.backend import Backend, open_backend
from runstone.store.open import open_store
from runstone.testing.serving import serving


class Served(NamedTuple):
    """A running server."""

    uri: str
    backend: Backend


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server on an empty embedded store."""
    store = open_store(str(tmp_path / "store"))
    backend = open_backend(store, LocalBlobs(tmp_path / "store" / "blobs"))
    with serving(create_app(backend)) as front:
        yield Served(front.uri, backend)
    store.close()
