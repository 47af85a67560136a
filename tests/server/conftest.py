"""A server on a store of the test, in this process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn

from runstone.blobs.local import LocalBlobs
from runstone.server.app import create_app
from runstone.server.backend import Backend
from runstone.store.open import open_store


class Served(NamedTuple):
    """A running server."""

    uri: str
    backend: Backend


@contextmanager
def serving(backend: Backend) -> Iterator[Served]:
    """Serve a store on a free port of the loopback until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(backend), log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.005)
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", backend)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    store = open_store(str(tmp_path / "store"))
    with serving(Backend(store, LocalBlobs(tmp_path / "store" / "blobs"))) as server:
        yield server
    store.close()
