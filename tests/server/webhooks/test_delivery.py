"""What happens in the store reaches receivers: signed, once, and again after failures."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest
from tests.server.webhooks.conftest import Receiver

from runstone.blobs.local import LocalBlobs
from runstone.core.clock import now_ms
from runstone.core.entities import NewRun, WebhookEvent
from runstone.core.entities.webhooks import WEBHOOK_EVENTS
from runstone.core.events import Slice, StatusChanged, encode_event
from runstone.core.ids import new_run_id
from runstone.journal.format import encode_frame
from runstone.server.webhooks import worker
from runstone.server.webhooks.examples import example_of
from runstone.server.webhooks.sender import Outcome, Sender
from runstone.server.webhooks.worker import attempt, claim, deliver_for_ever, retry_ms
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.store.sql.store import SqlStore

_ALL = sorted(WEBHOOK_EVENTS)


@pytest.fixture
def sender(store: SqlStore) -> Sender:
    return Sender(store, ["127.0.0.1"])


def _empty(store: Store, sender: Sender) -> int:
    claimed = claim(store, 100)
    for delivery in claimed:
        attempt(store, sender, delivery)
    return len(claimed)


def _told(receiver: Receiver) -> list[tuple[str, dict[str, Any]]]:
    bodies = [msgspec.json.decode(body) for _, body in receiver.got]
    return [(f"{body['entity']}.{body['action']}", body["data"]) for body in bodies]


def test_a_delivery_is_signed_as_mlflow_signs(store: SqlStore, receiver: Receiver, sender: Sender) -> None:
    store.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")], secret="hush")
    store.create_registered_model("fraud", tags={"a": "b"}, description="d")

    assert _empty(store, sender) == 1

    [(headers, body)] = receiver.got
    content = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.{body.decode()}"
    expected = base64.b64encode(hmac.new(b"hush", content.encode(), hashlib.sha256).digest()).decode()
    assert headers["X-MLflow-Signature"] == f"v1,{expected}"
    assert _told(receiver) == [("registered_model.created", {"name": "fraud", "tags": {"a": "b"}, "description": "d"})]


def test_every_change_is_told_in_its_words(store: SqlStore, receiver: Receiver, sender: Sender) -> None:
    store.create_webhook("all", receiver.uri, _ALL)
    made = store.create_experiment("team/a").experiment_id
    run_id = new_run_id()
    store.create_run(NewRun(run_id=run_id, run_name="r", start_time=1, experiment_id=made, user_id="ada"))
    store.create_registered_model("m")
    store.create_model_version("m", f"runs:/{run_id}/x", tags={"k": "v"})
    store.set_model_version_tag("m", "1", "a", "b")
    store.delete_model_version_tag("m", "1", "a")
    store.set_registered_model_tag("m", "quiet", "1")
    store.set_registered_model_alias("m", "best", "1")
    store.delete_registered_model_alias("m", "best")
    store.transition_model_version_stage("m", "1", "Production")
    store.update_run(run_id, status="FINISHED", end_time=5)
    store.update_run(run_id, status="FINISHED", end_time=6)

    while _empty(store, sender):
        pass

    run = {
        "run_id": run_id,
        "run_name": "r",
        "experiment_id": made,
        "experiment_name": "team/a",
        "user_id": "ada",
        "start_time": 1,
    }
    version = {"name": "m", "version": "1"}
    assert sorted(_told(receiver), key=repr) == sorted(
        [
            ("experiment.created", {"experiment_id": made, "name": "team/a"}),
            ("run.created", run),
            ("registered_model.created", {"name": "m", "tags": {}, "description": ""}),
            (
                "model_version.created",
                {**version, "source": f"runs:/{run_id}/x", "run_id": run_id, "tags": {"k": "v"}, "description": None},
            ),
            ("model_version_tag.set", {**version, "key": "a", "value": "b"}),
            ("model_version_tag.deleted", {**version, "key": "a"}),
            ("model_version_alias.created", {"name": "m", "alias": "best", "version": "1"}),
            ("model_version_alias.deleted", {"name": "m", "alias": "best"}),
            ("model_version_stage.transitioned", {**version, "stage": "Production"}),
            ("run.finished", {**run, "status": "FINISHED", "end_time": 5, "status_reason": None}),
        ],
        key=repr,
    )


def test_prompts_have_events_of_their_own(store: SqlStore, receiver: Receiver, sender: Sender) -> None:
    store.create_webhook("all", receiver.uri, _ALL)
    mark = {"mlflow.prompt.is_prompt": "true"}
    store.create_registered_model("p", tags={**mark, "a": "b"})
    store.create_model_version("p", "prompt", tags={**mark, "mlflow.prompt.text": "Hello {{x}}"})
    store.set_registered_model_tag("p", "t", "1")
    store.set_model_version_tag("p", "1", "t", "1")
    store.set_registered_model_alias("p", "best", "1")

    while _empty(store, sender):
        pass

    told = dict(_told(receiver))
    assert told["prompt.created"] == {"name": "p", "tags": {"a": "b"}, "description": ""}
    assert told["prompt_version.created"] == {
        "name": "p",
        "version": "1",
        "template": "Hello {{x}}",
        "tags": {},
        "description": None,
    }
    assert set(told) == {
        "prompt.created",
        "prompt_version.created",
        "prompt_tag.set",
        "prompt_version_tag.set",
        "prompt_alias.created",
    }


def test_a_run_that_ends_by_its_journal_or_is_lost_is_told_of(
    store: SqlStore, receiver: Receiver, sender: Sender
) -> None:
    store.create_webhook("ends", receiver.uri, [WebhookEvent("run", "finished")])
    for number in range(2):
        run_id = new_run_id()
        store.create_run(NewRun(run_id=run_id, run_name=str(number), start_time=1, experiment_id="0"))
        ended = encode_frame(encode_event(StatusChanged("KILLED", 7))) if number else b""
        store.ingest([Slice(run_id=run_id, writer_id="w", events=ended, beat_ms=10)])
    store.close_lost_runs(now_ms=10**6, silence_ms=1)

    _empty(store, sender)

    ended = sorted((data["run_name"], data["status"]) for _, data in _told(receiver))
    assert ended == [("0", "FAILED"), ("1", "KILLED")]


def test_what_is_rolled_back_is_not_told(store: SqlStore) -> None:
    store.create_webhook("all", "https://hooks.example.com", _ALL)
    store.create_registered_model("m")
    with pytest.raises(Exception, match="already exists"):
        store.create_registered_model("m")

    assert len(claim(store, 10)) == 1


def test_a_receiver_that_fails_is_asked_again_later(store: SqlStore, receiver: Receiver, sender: Sender) -> None:
    hook = store.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")])
    store.create_registered_model("m")
    receiver.answers = [503]

    _empty(store, sender)

    [line] = store.list_deliveries(hook.webhook_id)
    assert (line.attempts, line.response_status, line.delivered_ms) == (1, 503, None)
    assert line.next_attempt_ms is not None
    assert 7_000 < line.next_attempt_ms - now_ms() < 13_000
    [again] = store.claim_deliveries(now_ms=line.next_attempt_ms, lease_ms=1000)
    attempt(store, sender, again)
    [line] = store.list_deliveries(hook.webhook_id)
    assert (line.attempts, line.response_status, line.next_attempt_ms) == (2, 200, None)
    assert line.delivered_ms is not None
    assert {headers["X-MLflow-Delivery-Id"] for headers, _ in receiver.got} == {line.delivery_id}


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410])
def test_a_receiver_that_does_not_want_it_is_not_asked_again(
    store: SqlStore, receiver: Receiver, sender: Sender, status: int
) -> None:
    hook = store.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")])
    store.create_registered_model("m")
    receiver.answers = [status]
    receiver.headers = {"Location": f"{receiver.uri}/elsewhere"}

    _empty(store, sender)

    [line] = store.list_deliveries(hook.webhook_id)
    assert (line.response_status, line.next_attempt_ms, line.delivered_ms) == (status, None, None)
    assert len(receiver.got) == 1


def test_pauses_grow_and_end() -> None:
    failed = Outcome(False, 500)
    pauses = [retry_ms(tries, failed) for tries in range(1, 12)]

    assert pauses[9:] == [None, None]
    known = [pause for pause in pauses if pause is not None]
    assert all(8_000 * 3**at <= pause or pause >= 0.8 * 6 * 3600_000 for at, pause in enumerate(known))
    assert 10 * 3600_000 < sum(known) < 24 * 3600_000
    assert retry_ms(1, Outcome(False, 429, retry_after_s=600)) == 600_000
    assert retry_ms(1, Outcome(False, None)) is not None


def test_an_inner_receiver_is_told_nothing_unless_allowed(store: SqlStore, receiver: Receiver) -> None:
    hook = store.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")], secret="hush")
    store.create_registered_model("m")

    _empty(store, Sender(store))

    [line] = store.list_deliveries(hook.webhook_id)
    assert not receiver.got
    assert "open internet" in (line.error_message or "")
    assert "hush" not in repr(line)


def test_a_test_sends_an_example_and_says_how_that_went(store: SqlStore, receiver: Receiver, sender: Sender) -> None:
    hook = store.create_webhook("ci", receiver.uri, _ALL[:1])
    receiver.answers = [200, 500]

    good = sender.test(hook.webhook_id, WebhookEvent("model_version", "created"))
    bad = sender.test(hook.webhook_id)

    assert (good.success, good.response_status, len(good.response_body or "")) == (True, 200, 65536)
    assert (bad.success, bad.response_status) == (False, 500)
    assert _told(receiver)[0][0] == "model_version.created"
    assert store.list_deliveries(hook.webhook_id) == []


@pytest.mark.parametrize("event", _ALL, ids=str)
def test_there_is_an_example_of_every_event(event: WebhookEvent) -> None:
    assert example_of(event)


def test_servers_share_the_outbox_and_send_each_once(
    store: SqlStore, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_POLL_S", 0.01)
    store.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")])
    for number in range(30):
        store.create_registered_model(f"m{number}")

    async def both() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(deliver_for_ever, store, Sender(store, ["127.0.0.1"]))
            await anyio.to_thread.run_sync(receiver.wait_for, 30)
            tasks.cancel_scope.cancel()

    anyio.run(both)

    assert sorted(data["name"] for _, data in _told(receiver)) == sorted(f"m{number}" for number in range(30))
    [hook] = store.list_webhooks()
    assert all(line.delivered_ms for line in store.list_deliveries(hook.webhook_id))


def test_old_deliveries_are_forgotten(store: SqlStore, receiver: Receiver, sender: Sender) -> None:
    hook = store.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")])
    store.create_registered_model("sent")
    _empty(store, sender)
    store.create_registered_model("waiting")

    assert store.remove_deliveries(before_ms=now_ms() + 1) == 1

    [left] = store.list_deliveries(hook.webhook_id)
    assert '"waiting"' in left.payload


def test_a_server_delivers_by_itself(receiver: Receiver, tmp_path: Path) -> None:
    from runstone.server.app import create_app
    from runstone.server.backend import open_backend
    from runstone.store.remote import open_remote
    from runstone.testing.serving import serving

    store = open_store(str(tmp_path / "s"))
    app = create_app(open_backend(store, LocalBlobs(tmp_path / "b"), ["127.0.0.1"]))
    with serving(app, lifespan=True) as front:
        remote = open_remote(front.uri)
        remote.create_webhook("ci", receiver.uri, [WebhookEvent("registered_model", "created")])
        remote.create_registered_model("m")
        receiver.wait_for(1)
        remote.close()
    store.close()
