"""A server that asks who comes, and people of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.core.entities.team import Grant
from runstone.server.access.authentication import Authenticator
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.guard import LOOPBACK, Guard
from runstone.server.observed import Observed
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.store.remote import RemoteStore
from runstone.testing.serving import serving
from runstone.wire.connection import Connection

PASSWORD = "correct horse battery"

PEOPLE = {
    "nobody": [],
    "viewer": [Grant("viewer")],
    "editor": [Grant("editor")],
    "admin": [Grant("admin")],
    "viewer-of-fraud": [Grant("viewer", "experiment", "fraud/*"), Grant("viewer", "model", "fraud*")],
    "editor-of-fraud": [Grant("editor", "experiment", "fraud/*"), Grant("editor", "model", "fraud*")],
    "admin-of-fraud": [Grant("admin", "experiment", "fraud/*"), Grant("admin", "model", "fraud*")],
}


class Team(NamedTuple):
    """A server that asks who comes.

    Attributes:
        store: What it serves, itself.
        tokens: Of each of its users.
    """

    uri: str
    store: Store
    app: Observed
    tokens: dict[str, str]

    def as_(self, name: str) -> Store:
        """Return the store as one of the users sees it."""
        return _Known(self.uri, self.tokens[name])  # type: ignore[return-value]  # it is one by its operations


class _Known(RemoteStore):
    def __init__(self, uri: str, token: str) -> None:
        self._connection = Connection(uri, {"Authorization": f"Bearer {token}"})


Make = Callable[[Store], Team]


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """A server with users of every kind."""
    store = open_store(str(tmp_path / "store"))
    backend = open_backend(store, LocalBlobs(tmp_path / "store" / "blobs"))
    app = Observed(Guard(create_app(backend, authenticator=Authenticator(store)), LOOPBACK))
    tokens = {}
    for name, grants in PEOPLE.items():
        store.create_user(name, grants=grants)
        tokens[name] = store.create_token(name, "test").secret
    with serving(app) as front:
        yield Team(front.uri, store, app, tokens)
    store.close()
