"""What a store puts into the outbox of webhooks by itself: each event once, with the change that it tells of."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from runstone.core.entities import NewRun, Status, WebhookEvent
from runstone.core.entities.webhooks import WEBHOOK_EVENTS
from runstone.core.errors import AlreadyExists, RunstoneError
from runstone.core.events import RunStarted, Slice, StatusChanged, encode_event
from runstone.core.ids import new_run_id
from runstone.journal.format import encode_frame
from runstone.store.protocol import Store

_PROMPT = {"mlflow.prompt.is_prompt": "true"}


def _listen(store: Store, *events: str) -> str:
    chosen = [event for event in WEBHOOK_EVENTS if not events or str(event) in events]
    return store.create_webhook("all", "https://hooks.example.com/in", chosen).webhook_id


def _told(store: Store, webhook_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Return events and their data, in no order: those of the same millisecond have none."""
    bodies = [msgspec.json.decode(line.payload) for line in store.list_deliveries(webhook_id)]
    return [(f"{body['entity']}.{body['action']}", body["data"]) for body in bodies]


def _names(store: Store, webhook_id: str) -> list[str]:
    return [name for name, _ in _told(store, webhook_id)]


def _new(run_id: str, experiment: str = "0") -> NewRun:
    return NewRun(run_id=run_id, run_name="r", start_time=1, experiment_id=experiment, user_id="ada")


def _started(run_id: str) -> Slice:
    return Slice(run_id=run_id, writer_id="w", events=encode_frame(encode_event(RunStarted(_new(run_id)))))


def _make_versions(store: Store) -> None:
    store.create_registered_model("m")
    for _ in range(2):
        store.create_model_version("m", "s3://bucket/model")


class AnnouncementSuite:
    """Events of webhooks."""

    def test_the_body_says_what_and_when(self, store: Store) -> None:
        hook = _listen(store)

        store.create_registered_model("m", tags={"a": "b"}, description="d")

        [line] = store.list_deliveries(hook)
        assert line.event == WebhookEvent("registered_model", "created")
        body = msgspec.json.decode(line.payload)
        assert body.pop("timestamp").endswith("+00:00")
        assert body == {
            "entity": "registered_model",
            "action": "created",
            "data": {"name": "m", "tags": {"a": "b"}, "description": "d"},
        }

    def test_an_experiment_is_told_of_when_it_is_made_in_whatever_way(self, store: Store) -> None:
        hook = _listen(store)

        made = store.create_experiment("a")
        store.rename_experiment(made.experiment_id, "b")
        store.create_run(NewRun(run_id=new_run_id(), run_name="r", start_time=1, experiment_name="c"))
        store.create_run(NewRun(run_id=new_run_id(), run_name="r", start_time=1, experiment_name="c"))

        told = [data["name"] for name, data in _told(store, hook) if name == "experiment.created"]
        assert sorted(told) == ["a", "c"]

    def test_a_run_is_told_of_once_however_often_it_is_created(self, store: Store) -> None:
        hook = _listen(store)
        run_id = new_run_id()

        store.create_run(_new(run_id))
        store.create_run(_new(run_id))
        store.ingest([_started(run_id)])

        assert _told(store, hook) == [
            (
                "run.created",
                {
                    "run_id": run_id,
                    "run_name": "r",
                    "experiment_id": "0",
                    "experiment_name": "Default",
                    "user_id": "ada",
                    "start_time": 1,
                },
            )
        ]

    def test_a_run_that_a_journal_brings_is_told_of_when_it_starts_and_ends(self, store: Store) -> None:
        hook = _listen(store)
        run_id = new_run_id()
        events = b"".join(
            encode_frame(encode_event(event)) for event in (RunStarted(_new(run_id)), StatusChanged("KILLED", 7, "why"))
        )

        for _ in range(2):
            store.ingest([Slice(run_id=run_id, writer_id="w", events=events)])

        told = dict(_told(store, hook))
        assert len(_told(store, hook)) == 2
        assert told["run.finished"] == {
            **told["run.created"],
            "status": "KILLED",
            "end_time": 7,
            "status_reason": "why",
        }

    @pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
    def test_a_run_ends_once_in_each_state(self, store: Store, status: Status) -> None:
        hook = _listen(store, "run.finished")
        run_id = new_run_id()
        store.create_run(_new(run_id))

        store.update_run(run_id, status="RUNNING")
        store.update_run(run_id, name="other")
        assert _told(store, hook) == []
        store.update_run(run_id, status=status, end_time=5)
        store.update_run(run_id, status=status, end_time=6)
        store.update_run(run_id, end_time=7)
        assert [data["status"] for _, data in _told(store, hook)] == [status]
        store.update_run(run_id, status="RUNNING")
        store.update_run(run_id, status=status, end_time=8)

        assert sorted(data["end_time"] for _, data in _told(store, hook)) == [5, 8]

    def test_a_lost_run_ends_and_one_that_had_finished_after_all_says_so(self, store: Store) -> None:
        hook = _listen(store, "run.finished")
        run_id = new_run_id()
        store.create_run(_new(run_id))
        store.ingest([Slice(run_id=run_id, writer_id="w", beat_ms=10)])

        store.close_lost_runs(now_ms=10**6, silence_ms=1)
        store.close_lost_runs(now_ms=10**6, silence_ms=1)
        store.ingest(
            [Slice(run_id=run_id, writer_id="w", events=encode_frame(encode_event(StatusChanged("FINISHED", 9))))]
        )

        told = [(data["status"], data["end_time"]) for _, data in _told(store, hook)]
        assert sorted(told) == [("FAILED", 10), ("FINISHED", 9)]

    def test_two_who_find_a_run_lost_at_once_tell_of_it_once(self, store: Store) -> None:
        hook = _listen(store, "run.finished")
        for _ in range(5):
            run_id = new_run_id()
            store.create_run(_new(run_id))
            store.ingest([Slice(run_id=run_id, writer_id="w", beat_ms=10)])

        _at_once(*[lambda: store.close_lost_runs(now_ms=10**6, silence_ms=1)] * 4)

        assert len(_told(store, hook)) == 5

    def test_a_stage_is_told_of_for_every_version_that_comes_into_another(self, store: Store) -> None:
        _make_versions(store)
        hook = _listen(store)

        for version in ("1", "1", "2"):
            store.transition_model_version_stage("m", version, "production", archive_existing_versions=True)

        moved = [(data["version"], data["stage"]) for _, data in _told(store, hook)]
        assert sorted(moved) == [("1", "Archived"), ("1", "Production"), ("2", "Production")]

    def test_what_was_not_there_is_not_told_to_be_gone(self, store: Store) -> None:
        _make_versions(store)
        store.create_registered_model("p", tags=_PROMPT)
        hook = _listen(store)

        store.delete_model_version_tag("m", "1", "a")
        store.delete_registered_model_alias("m", "a")
        store.delete_registered_model_tag("p", "a")
        assert _told(store, hook) == []
        store.set_model_version_tag("m", "1", "a", "b")
        store.delete_model_version_tag("m", "1", "a")
        store.set_registered_model_alias("m", "a", "2")
        store.delete_registered_model_alias("m", "a")
        store.set_registered_model_tag("p", "a", "b")
        store.delete_registered_model_tag("p", "a")

        told = dict(_told(store, hook))
        assert told == {
            "model_version_tag.set": {"name": "m", "version": "1", "key": "a", "value": "b"},
            "model_version_tag.deleted": {"name": "m", "version": "1", "key": "a"},
            "model_version_alias.created": {"name": "m", "alias": "a", "version": "2"},
            "model_version_alias.deleted": {"name": "m", "alias": "a"},
            "prompt_tag.set": {"name": "p", "key": "a", "value": "b"},
            "prompt_tag.deleted": {"name": "p", "key": "a"},
        }

    def test_a_prompt_is_told_of_as_one(self, store: Store) -> None:
        hook = _listen(store)

        store.create_registered_model("p", tags={**_PROMPT, "_mlflow_prompt_type": "text", "a": "b"})
        store.create_model_version("p", "prompt", tags={**_PROMPT, "mlflow.prompt.text": "Hi {{x}}", "a": "b"})
        store.set_model_version_tag("p", "1", "c", "d")
        store.delete_model_version_tag("p", "1", "c")
        store.set_registered_model_alias("p", "best", "1")
        store.delete_registered_model_alias("p", "best")
        store.set_registered_model_tag("p", "e", "f")

        version = {"name": "p", "version": "1"}
        assert dict(_told(store, hook)) == {
            "prompt.created": {"name": "p", "tags": {"a": "b"}, "description": ""},
            "prompt_version.created": {**version, "template": "Hi {{x}}", "tags": {"a": "b"}, "description": None},
            "prompt_version_tag.set": {**version, "key": "c", "value": "d"},
            "prompt_version_tag.deleted": {**version, "key": "c"},
            "prompt_alias.created": {"name": "p", "alias": "best", "version": "1"},
            "prompt_alias.deleted": {"name": "p", "alias": "best"},
            "prompt_tag.set": {"name": "p", "key": "e", "value": "f"},
        }

    def test_what_is_undone_is_not_told(self, store: Store) -> None:
        hook = _listen(store)
        store.create_registered_model("m")

        with pytest.raises(AlreadyExists):
            store.create_registered_model("m")
        with pytest.raises(RunstoneError):
            store.create_model_version("m", "models:/absent/1")
        with pytest.raises(RunstoneError):
            store.ingest([_started(new_run_id()), Slice(run_id=new_run_id(), writer_id="w")])

        assert _names(store, hook) == ["registered_model.created"]

    def test_who_does_not_listen_is_told_nothing(self, store: Store) -> None:
        hook = _listen(store, "run.finished")
        paused = store.create_webhook(
            "paused", "https://hooks.example.com", sorted(WEBHOOK_EVENTS), status="DISABLED"
        ).webhook_id

        store.create_registered_model("m")
        store.create_run(_new(new_run_id()))

        assert _told(store, hook) == _told(store, paused) == []

    def test_those_who_are_told_of_at_once_do_not_wait_for_each_other(self, store: Store) -> None:
        hook = _listen(store)

        def many() -> None:
            for _ in range(10):
                store.ingest([_started(new_run_id()), _started(new_run_id())])

        _at_once(*[many] * 6)

        assert len(store.list_deliveries(hook, max_results=1000)) == 120


def _at_once(*calls: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(calls)) as threads:
        for done in [threads.submit(call) for call in calls]:
            done.result()
