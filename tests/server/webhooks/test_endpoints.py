"""The test of a webhook through both HTTP APIs, and who may ask for it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.server.webhooks.conftest import Receiver

from runstone.blobs.local import LocalBlobs
from runstone.core.entities import WebhookEvent
from runstone.core.entities.team import Grant
from runstone.server.access.authentication import Authenticator
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.testing.serving import serving

_MADE = WebhookEvent("registered_model", "created")


class Server(NamedTuple):
    """A server whose users are an admin and an editor."""

    uri: str
    store: Store
    tokens: dict[str, str]

    def post(self, path: str, body: Any = None, *, user: str = "admin") -> tuple[int, Any]:
        request = urllib.request.Request(
            self.uri + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.tokens[user]}", "Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    store = open_store(str(tmp_path / "store"))
    backend = open_backend(store, LocalBlobs(tmp_path / "blobs"), ["127.0.0.1"])
    tokens = {}
    for name in ("admin", "editor"):
        store.create_user(name, grants=[Grant(name)])  # type: ignore[arg-type]  # both are roles
        tokens[name] = store.create_token(name, "test").secret
    with serving(create_app(backend, authenticator=Authenticator(store))) as front:
        yield Server(front.uri, store, tokens)
    store.close()


def test_ours_answers_what_the_receiver_answered(server: Server, receiver: Receiver) -> None:
    hook = server.store.create_webhook("ci", receiver.uri, [_MADE], secret="hush-hush")
    receiver.answers = [200, 200, 503]
    path = f"/api/v1/webhooks/{hook.webhook_id}/test"

    good = server.post(path)
    other = server.post(path, {"event": {"entity": "run", "action": "finished"}})
    bad = server.post(path, {})

    body = "x" * 65536
    assert good == other == (200, {"success": True, "response_status": 200, "response_body": body})
    assert bad == (
        200,
        {
            "success": False,
            "response_status": 503,
            "response_body": body,
            "error_message": "the receiver answered with status 503",
        },
    )
    told = [json.loads(body) for _, body in receiver.got]
    assert [(one["entity"], one["action"]) for one in told] == [
        ("registered_model", "created"),
        ("run", "finished"),
        ("registered_model", "created"),
    ]
    assert "hush" not in json.dumps([good, bad])


def test_mlflows_answers_what_the_receiver_answered(server: Server, receiver: Receiver) -> None:
    hook = server.store.create_webhook("ci", receiver.uri, [_MADE])
    receiver.headers = {"X": "y"}

    status, answer = server.post(
        f"/api/2.0/mlflow/webhooks/{hook.webhook_id}/test", {"event": {"entity": "PROMPT", "action": "CREATED"}}
    )

    assert status == 200
    assert answer == {"result": {"success": True, "response_status": 200, "response_body": "x" * 65536}}
    assert json.loads(receiver.got[0][1])["entity"] == "prompt"


@pytest.mark.parametrize("path", ["/api/v1/webhooks/{}/test", "/api/2.0/mlflow/webhooks/{}/test"])
def test_only_admins_test_and_only_what_there_is(server: Server, receiver: Receiver, path: str) -> None:
    hook = server.store.create_webhook("ci", receiver.uri, [_MADE])

    assert server.post(path.format(hook.webhook_id), user="editor")[0] == 403
    assert server.post(path.format("absent"))[0] == 404
    assert server.post(path.format(hook.webhook_id), {"event": {"entity": "run", "action": "exploded"}})[0] == 400
    assert server.post(path.format(hook.webhook_id), {"event": "run.created"})[0] == 400
    assert not receiver.got
