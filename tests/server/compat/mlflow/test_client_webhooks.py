"""The real MLflow client subscribes to our server, which delivers what MLflow's own verification takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import Served

from runstone.blobs.local import LocalBlobs
from runstone.core.entities import WebhookEvent
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.server.webhooks.examples import example_of
from runstone.store.open import open_store
from runstone.testing.serving import serving

if TYPE_CHECKING:
    RunClient = Callable[[str], str]

CLIENT = """
import http.server, json, threading
from mlflow import MlflowClient
from mlflow.webhooks.delivery import _generate_hmac_signature
from mlflow.webhooks.constants import *

got = []
arrived = threading.Condition()

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        expected = _generate_hmac_signature(
            "a secret", self.headers[WEBHOOK_DELIVERY_ID_HEADER], self.headers[WEBHOOK_TIMESTAMP_HEADER], body
        )
        assert self.headers[WEBHOOK_SIGNATURE_HEADER] == expected, self.headers
        assert self.headers["Content-Type"] == "application/json"
        self.send_response(202)
        self.end_headers()
        self.wfile.write(b"thanks")
        with arrived:
            got.append(json.loads(body))
            arrived.notify_all()

    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

client = MlflowClient()
hook = client.create_webhook(
    "ci",
    f"http://127.0.0.1:{server.server_port}/in",
    ["registered_model.created", "model_version.created", "model_version_alias.created", "prompt.created"],
    secret="a secret",
)
result = client.test_webhook(hook.webhook_id, "model_version.created")
assert (result.success, result.response_status, result.response_body, result.error_message) == (
    True, 202, "thanks", None
), vars(result)
assert got.pop()["data"]["name"] == "example_model"

client.create_registered_model("fraud", tags={"team": "a"}, description="d")
client.create_model_version("fraud", "s3://bucket/model")
client.set_registered_model_alias("fraud", "champion", "1")
client.create_prompt("greet")
with arrived:
    assert arrived.wait_for(lambda: len(got) == 4, 30), got
assert all(set(one) == {"entity", "action", "timestamp", "data"} for one in got), got
told = {f"{one['entity']}.{one['action']}": one["data"] for one in got}
assert told == {
    "registered_model.created": {"name": "fraud", "tags": {"team": "a"}, "description": "d"},
    "model_version.created": {
        "name": "fraud", "version": "1", "source": "s3://bucket/model", "run_id": None, "tags": {}, "description": None
    },
    "model_version_alias.created": {"name": "fraud", "alias": "champion", "version": "1"},
    "prompt.created": {"name": "greet", "tags": {}, "description": ""},
}, told
client.update_webhook(hook.webhook_id, url="http://127.0.0.1:1/")
result = client.test_webhook(hook.webhook_id)
assert not result.success and result.response_status is None and "127.0.0.1" in result.error_message, vars(result)
print("done")
"""

EXAMPLES = """
import json
from mlflow.entities.webhook import WebhookEvent
from mlflow.webhooks.types import EVENT_TO_PAYLOAD_CLASS
print(json.dumps({f"{entity}.{action}": kind.example() for (entity, action), kind in EVENT_TO_PAYLOAD_CLASS.items()}))
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server that delivers to this machine."""
    store = open_store(str(tmp_path / "store"))
    backend = open_backend(store, LocalBlobs(tmp_path / "store" / "blobs"), ["127.0.0.0/8"])
    with serving(create_app(backend), lifespan=True) as front:
        yield Served(front.uri, backend)
    store.close()


def test_mlflows_client_subscribes_and_verifies(run_client: RunClient) -> None:
    assert run_client(CLIENT).strip().endswith("done")


def test_examples_are_mlflows_own(run_client: RunClient) -> None:
    theirs = json.loads(run_client(EXAMPLES).strip().splitlines()[-1])

    assert theirs
    assert {name: example_of(WebhookEvent(*name.split("."))) for name in theirs} == theirs
