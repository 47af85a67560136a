"""What a store's webhooks and their outbox must do."""

from __future__ import annotations

import threading

import msgspec
import pytest

from runstone.core.entities import Webhook, WebhookDelivery, WebhookEvent
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.page import iter_pages
from runstone.store.protocol import Store

_URL = "https://hooks.example.com/in"
_MADE = WebhookEvent("model_version", "created")
_FINISHED = WebhookEvent("run", "finished")
_NOW = 1_700_000_000_000


def _make(store: Store, name: str = "ci", *events: WebhookEvent) -> str:
    return store.create_webhook(name, _URL, events or (_MADE,)).webhook_id


def _claim(store: Store, now_ms: int, *, lease_ms: int = 1000) -> list[WebhookDelivery]:
    return store.claim_deliveries(now_ms=now_ms, lease_ms=lease_ms)


class WebhookSuite:
    """Subscriptions, the outbox, the delivery log."""

    def test_a_webhook_is_kept_as_it_was_made(self, store: Store) -> None:
        made = store.create_webhook(
            "ci.main_1-a",
            "http://127.0.0.1:8080/x?y=1",
            [_FINISHED, _MADE, _MADE],
            description="build",
            secret="hush",
            status="DISABLED",
        )

        assert made == Webhook(
            webhook_id=made.webhook_id,
            name="ci.main_1-a",
            url="http://127.0.0.1:8080/x?y=1",
            events=(_MADE, _FINISHED),
            description="build",
            status="DISABLED",
            creation_timestamp=made.creation_timestamp,
            last_updated_timestamp=made.creation_timestamp,
        )
        assert store.get_webhook(made.webhook_id) == made

    def test_the_secret_is_told_to_the_deliverer_alone(self, store: Store) -> None:
        made = store.create_webhook("ci", _URL, [_MADE], secret="hush")

        assert store.get_webhook_secret(made.webhook_id) == "hush"
        assert "hush" not in repr(made) + repr(store.list_webhooks())
        assert store.get_webhook_secret(_make(store)) is None

    @pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "n" * 64, "-a", "a.", "_", "nul\0", "é"])
    def test_a_name_that_breaks_the_rule_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidArgument):
            _make(store, name)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "hooks.example.com",
            "ftp://host/x",
            "https://",
            "https:///x",
            "file:///etc",
            "http://h:99999/",
            "https://host/a b",
            "https://[::1/x",
            "javascript:alert(1)",
            "http://host/\nx",
            "http://host/\rx",
            "https://user:word@host/",
            "https://user@host/",
        ],
    )
    def test_a_url_is_http_with_a_host(self, store: Store, url: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_webhook("ci", url, [_MADE])
        webhook_id = _make(store)
        with pytest.raises(InvalidArgument):
            store.update_webhook(webhook_id, url=url)

    @pytest.mark.parametrize("events", [[], [WebhookEvent("model_version", "exploded")], [_MADE, WebhookEvent("", "")]])
    def test_events_are_of_the_known_ones(self, store: Store, events: list[WebhookEvent]) -> None:
        with pytest.raises(InvalidArgument):
            store.create_webhook("ci", _URL, events)
        webhook_id = _make(store)
        with pytest.raises(InvalidArgument):
            store.update_webhook(webhook_id, events=events)

    def test_a_status_is_active_or_disabled(self, store: Store) -> None:
        with pytest.raises(InvalidArgument):
            store.create_webhook("ci", _URL, [_MADE], status="ON")  # type: ignore[arg-type]  # that is the point

    def test_what_does_not_exist_is_not_found(self, store: Store) -> None:
        for call in (
            lambda: store.get_webhook("x"),
            lambda: store.get_webhook_secret("x"),
            lambda: store.update_webhook("x", name="y"),
            lambda: store.update_webhook("x", events=[_MADE]),
            lambda: store.delete_webhook("x"),
            lambda: store.list_deliveries("x"),
            lambda: store.finish_delivery("x", now_ms=_NOW, delivered=True),
        ):
            with pytest.raises(NotFound, match="not found"):
                call()

    def test_an_update_changes_what_is_given(self, store: Store) -> None:
        made = store.create_webhook("ci", _URL, [_MADE], description="build", secret="hush")

        renamed = store.update_webhook(made.webhook_id, name="cd")
        changed = store.update_webhook(
            made.webhook_id,
            url="http://other",
            events=[_FINISHED],
            description="",
            secret="new",
            status="DISABLED",
        )

        assert renamed == msgspec.structs.replace(
            made, name="cd", last_updated_timestamp=renamed.last_updated_timestamp
        )
        assert changed == Webhook(
            webhook_id=made.webhook_id,
            name="cd",
            url="http://other",
            events=(_FINISHED,),
            description="",
            status="DISABLED",
            creation_timestamp=made.creation_timestamp,
            last_updated_timestamp=changed.last_updated_timestamp,
        )
        assert store.get_webhook_secret(made.webhook_id) == "new"
        store.update_webhook(made.webhook_id, secret="")
        assert store.get_webhook_secret(made.webhook_id) is None

    def test_webhooks_are_listed_oldest_first_page_by_page(self, store: Store) -> None:
        ids = [_make(store, f"hook{number}") for number in range(5)]

        found = list(iter_pages(lambda token: store.list_webhooks(max_results=2, page_token=token)))

        assert {webhook.webhook_id for webhook in found} == set(ids)
        times = [webhook.creation_timestamp for webhook in found]
        assert times == sorted(times)
        with pytest.raises(InvalidArgument):
            store.list_webhooks(max_results=1001)
        with pytest.raises(InvalidArgument):
            store.list_webhooks(page_token="nonsense")

    def test_an_event_goes_to_each_active_webhook_that_listens(self, store: Store) -> None:
        listening = [_make(store, "a"), _make(store, "b", _MADE, _FINISHED)]
        _make(store, "c", _FINISHED)
        store.create_webhook("d", _URL, [_MADE], status="DISABLED")

        queued = store.enqueue_deliveries(_MADE, '{"a": 1}', now_ms=_NOW)

        assert sorted(delivery.webhook_id for delivery in queued) == sorted(listening)
        assert queued[0] == WebhookDelivery(
            delivery_id=queued[0].delivery_id,
            webhook_id=queued[0].webhook_id,
            event=_MADE,
            payload='{"a": 1}',
            created_ms=_NOW,
            next_attempt_ms=_NOW,
        )
        assert store.list_deliveries(queued[0].webhook_id) == [queued[0]]
        assert store.enqueue_deliveries(WebhookEvent("experiment", "created"), "{}", now_ms=_NOW) == []

    def test_a_claimed_delivery_is_kept_from_others_until_the_lease_is_over(self, store: Store) -> None:
        _make(store)
        (queued,) = store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)

        assert _claim(store, _NOW - 1) == []
        (claimed,) = _claim(store, _NOW)
        assert claimed == msgspec.structs.replace(queued, attempts=1, next_attempt_ms=_NOW + 1000)
        assert _claim(store, _NOW + 999) == []
        assert [delivery.attempts for delivery in _claim(store, _NOW + 1000)] == [2]

    def test_a_delivered_one_is_done(self, store: Store) -> None:
        webhook_id = _make(store)
        store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        (claimed,) = _claim(store, _NOW)

        store.finish_delivery(claimed.delivery_id, now_ms=_NOW + 5, delivered=True, response_status=204)
        store.finish_delivery(claimed.delivery_id, now_ms=_NOW + 9, delivered=False, retry_ms=1)

        assert _claim(store, _NOW + 10**9) == []
        assert store.list_deliveries(webhook_id) == [
            msgspec.structs.replace(claimed, next_attempt_ms=None, delivered_ms=_NOW + 5, response_status=204)
        ]

    def test_a_failed_one_is_tried_again_or_given_up(self, store: Store) -> None:
        webhook_id = _make(store)
        store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        (claimed,) = _claim(store, _NOW)

        store.finish_delivery(
            claimed.delivery_id,
            now_ms=_NOW + 5,
            delivered=False,
            response_status=503,
            error_message="busy\0 \ud800",
            retry_ms=60,
        )

        (failed,) = store.list_deliveries(webhook_id)
        assert (failed.next_attempt_ms, failed.response_status) == (_NOW + 65, 503)
        assert failed.error_message is not None
        assert failed.error_message.startswith("busy")
        assert _claim(store, _NOW + 64) == []
        assert len(_claim(store, _NOW + 65)) == 1
        store.finish_delivery(claimed.delivery_id, now_ms=_NOW + 70, delivered=False, error_message="busy")
        assert _claim(store, _NOW + 10**9) == []
        assert store.list_deliveries(webhook_id)[0].delivered_ms is None

    def test_a_disabled_webhook_waits(self, store: Store) -> None:
        webhook_id = _make(store)
        store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        store.update_webhook(webhook_id, status="DISABLED")
        assert _claim(store, _NOW) == []

        store.update_webhook(webhook_id, status="ACTIVE")

        assert len(_claim(store, _NOW)) == 1

    def test_the_oldest_due_are_claimed_first(self, store: Store) -> None:
        _make(store)
        for at in (3, 1, 2):
            store.enqueue_deliveries(_MADE, str(at), now_ms=_NOW + at)

        first = store.claim_deliveries(now_ms=_NOW + 9, lease_ms=100, max_results=2)

        assert [delivery.payload for delivery in first] == ["1", "2"]
        assert [delivery.payload for delivery in _claim(store, _NOW + 9)] == ["3"]

    def test_a_claimant_asks_for_a_few_of_each_webhook(self, store: Store) -> None:
        crowded, quiet = _make(store, "a"), _make(store, "b", _FINISHED)
        for at in range(9):
            store.enqueue_deliveries(_MADE, str(at), now_ms=_NOW + at)
        store.enqueue_deliveries(_FINISHED, "quiet", now_ms=_NOW + 99)

        def claim(held: dict[str, int], most: int = 100) -> list[str]:
            found = store.claim_deliveries(
                now_ms=_NOW + 99, lease_ms=1000, max_results=most, per_webhook=3, under_way=held
            )
            return [delivery.payload for delivery in found]

        assert claim({crowded: 3, quiet: 7}) == []
        assert claim({crowded: 2}, most=2) == ["0", "quiet"]
        assert claim({}, most=2) == ["1", "2"]
        assert claim({"x": 3}) == ["3", "4", "5"]

    def test_who_listens_to_the_outbox_is_woken_by_what_is_put_into_it(self, store: Store) -> None:
        woken: list[int] = []
        no_more = store.on_deliveries(lambda: woken.append(len(store.claim_deliveries(now_ms=2**60, lease_ms=1))))

        store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        _make(store)
        store.create_experiment("of no interest")
        assert woken == []
        store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        assert woken == [1]
        no_more()
        store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        assert woken == [1]

    def test_only_what_is_over_and_old_is_removed(self, store: Store) -> None:
        webhook_id = _make(store)
        for at in range(3):
            store.enqueue_deliveries(_MADE, str(at), now_ms=_NOW + at)
        for delivery in store.claim_deliveries(now_ms=_NOW + 9, lease_ms=1, max_results=3):
            if delivery.payload != "1":
                store.finish_delivery(delivery.delivery_id, now_ms=_NOW + 9, delivered=delivery.payload == "0")

        assert store.remove_deliveries(before_ms=_NOW) == 0
        assert store.remove_deliveries(before_ms=_NOW + 2) == 1
        assert [found.payload for found in store.list_deliveries(webhook_id)] == ["2", "1"]
        assert store.remove_deliveries(before_ms=_NOW + 3) == 1

    def test_the_log_shows_the_newest_first(self, store: Store) -> None:
        webhook_id = _make(store)
        for at in (1, 3, 2):
            store.enqueue_deliveries(_MADE, str(at), now_ms=_NOW + at)

        assert [found.payload for found in store.list_deliveries(webhook_id, max_results=2)] == ["3", "2"]

    def test_a_deleted_webhook_takes_its_deliveries(self, store: Store) -> None:
        webhook_id = _make(store)
        (queued,) = store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)

        store.delete_webhook(webhook_id)

        assert _claim(store, _NOW) == []
        with pytest.raises(NotFound):
            store.finish_delivery(queued.delivery_id, now_ms=_NOW, delivered=True)
        with pytest.raises(NotFound):
            store.get_webhook(webhook_id)

    def test_no_two_claimants_get_the_same_delivery(self, store: Store) -> None:
        _make(store)
        for _ in range(60):
            store.enqueue_deliveries(_MADE, "{}", now_ms=_NOW)
        claimed: list[str] = []
        together = threading.Barrier(4)

        def claim() -> None:
            together.wait()
            while found := store.claim_deliveries(now_ms=_NOW, lease_ms=10**6, max_results=5):
                claimed.extend(delivery.delivery_id for delivery in found)

        threads = [threading.Thread(target=claim) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(claimed) == len(set(claimed)) == 60
