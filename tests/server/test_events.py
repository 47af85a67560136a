"""Live updates: whoever changes something, and through whichever process, listeners hear of it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from runstone.blobs.local import LocalBlobs
from runstone.core.entities import DatasetInput, DatasetRecord, LoggedModelOutput, Metric, NewRun
from runstone.core.ids import new_run_id
from runstone.server import live
from runstone.server.api import events
from runstone.server.app import create_app
from runstone.server.backend import open_backend
from runstone.store.protocol import Store
from runstone.store.sql.dialect.base import Dialect
from runstone.store.sql.store import SqlStore
from runstone.testing.serving import serving


class Stream:
    """A stream of events that is being read."""

    def __init__(self, uri: str, headers: dict[str, str] | None = None, **asked: Any) -> None:
        self._connection = http.client.HTTPConnection(uri.removeprefix("http://"), timeout=30)
        self._connection.request("GET", f"/api/v1/events?{urlencode(asked, doseq=True)}", headers=headers or {})
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.last_id = ""
        if self.status == 200:
            assert self._answer.readline() == b"retry: 1000\n"

    def next(self) -> tuple[str, dict[str, Any]]:
        """Return the next event."""
        kind = ""
        while True:
            line = self._answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                return kind, json.loads(line[6:])
            elif line.startswith("id: "):
                self.last_id = line[4:]

    def next_id(self) -> str:
        """Return the id that follows the events read."""
        while not (line := self._answer.readline().decode()).startswith("id: "):
            pass
        return line[4:].strip()

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


class Both(NamedTuple):
    """A server, and the same store in hands that the server knows nothing of."""

    uri: str
    elsewhere: Store


@pytest.fixture
def both(dialect: Dialect, tmp_path: Path) -> Iterator[Both]:
    served, elsewhere = SqlStore(dialect), SqlStore(dialect)
    with serving(create_app(open_backend(served, LocalBlobs(tmp_path / "b")))) as front:
        yield Both(front.uri, elsewhere)
    served.close()
    elsewhere.close()


def _run(store: Store) -> str:
    run_id = new_run_id()
    store.create_run(NewRun(run_id=run_id, run_name="r", start_time=1, experiment_id="0"))
    return run_id


def test_a_change_by_another_process_is_heard_of(both: Both) -> None:
    run_id = _run(both.elsewhere)
    stream = Stream(both.uri, run_id=run_id)

    both.elsewhere.log_batch(run_id, metrics=[Metric("loss", 1.0, 1, 1)])
    assert stream.next() == ("run", {"id": run_id, "what": ["metrics"]})
    both.elsewhere.log_batch(run_id, params={"a": 1}, tags={"t": "x"})
    assert stream.next() == ("run", {"id": run_id, "what": ["params", "tags"]})
    both.elsewhere.update_run(run_id, status="FINISHED", end_time=2)
    assert stream.next() == ("run", {"id": run_id, "what": ["status"]})
    stream.close()


def test_experiments_and_the_registry_are_heard_of(both: Both) -> None:
    stream = Stream(both.uri, experiment_id="0", registry="true")

    run_id = _run(both.elsewhere)
    assert stream.next() == ("experiment", {"id": "0", "what": []})
    both.elsewhere.create_registered_model("m")
    assert stream.next()[0] == "registry"
    both.elsewhere.delete_run(run_id)
    assert stream.next() == ("experiment", {"id": "0", "what": []})
    stream.close()


def test_every_change_of_the_registry_is_heard_of(both: Both) -> None:
    store = both.elsewhere
    store.create_registered_model("m")
    store.create_model_version("m", "s3://bucket/model")
    stream = Stream(both.uri, registry="true")

    for change in (
        lambda: store.set_registered_model_alias("m", "prod", "1"),
        lambda: store.set_registered_model_tag("m", "k", "v"),
        lambda: store.set_model_version_tag("m", "1", "k", "v"),
        lambda: store.set_model_version_tag("m", "1", "k", "w"),
        lambda: store.transition_model_version_stage("m", "1", "Production"),
        lambda: store.delete_model_version("m", "1"),
    ):
        change()
        assert stream.next()[0] == "registry"
    stream.close()


def test_what_went_into_a_run_and_came_out_is_heard_of(both: Both) -> None:
    run_id = _run(both.elsewhere)
    stream = Stream(both.uri, run_id=run_id)
    digits = DatasetRecord(name="digits", digest="sha256:1", source_type="local", source="{}")

    both.elsewhere.log_inputs(run_id, datasets=[DatasetInput(dataset=digits)])
    assert stream.next() == ("run", {"id": run_id, "what": ["inputs"]})
    both.elsewhere.log_outputs(run_id, models=[LoggedModelOutput("m-1", 0)])
    assert stream.next() == ("run", {"id": run_id, "what": ["models"]})
    stream.close()


def test_what_others_do_elsewhere_is_not_told(both: Both) -> None:
    mine, other = _run(both.elsewhere), _run(both.elsewhere)
    stream = Stream(both.uri, run_id=mine)

    both.elsewhere.log_batch(other, params={"a": 1})
    both.elsewhere.log_batch(mine, params={"a": 1})

    assert stream.next() == ("run", {"id": mine, "what": ["params"]})
    stream.close()


def test_who_comes_again_is_told_whether_something_was_missed(both: Both) -> None:
    run_id = _run(both.elsewhere)
    stream = Stream(both.uri, run_id=run_id)
    both.elsewhere.log_batch(run_id, params={"a": 1})
    stream.next()
    seen = stream.next_id()
    stream.close()

    again = Stream(both.uri, {"Last-Event-ID": seen}, run_id=run_id)
    both.elsewhere.log_batch(run_id, params={"b": 1})
    assert again.next()[0] == "run"
    again.close()
    late = Stream(both.uri, {"Last-Event-ID": seen}, run_id=run_id)
    assert late.next()[0] == "resync"
    late.close()


def test_many_listen_by_one_look(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = _run(both.elsewhere)
    before = _looking()
    streams = [Stream(both.uri, run_id=run_id) for _ in range(50)]

    both.elsewhere.log_batch(run_id, params={"a": 1})

    assert {stream.next()[0] for stream in streams} == {"run"}
    assert len(_looking() - before) == 1
    for stream in streams:
        stream.close()


def test_nobody_looks_when_nobody_listens(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_BEAT_S", 0.02)
    before = _looking()
    stream = Stream(both.uri, run_id=_run(both.elsewhere))
    assert _looking() - before

    stream.close()

    _until(lambda: not _looking() - before)


def _looking() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "runstone-live"}


def _until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_too_many_listeners_are_sent_away(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_LISTENERS", 2)
    run_id = _run(both.elsewhere)

    streams = [Stream(both.uri, run_id=run_id) for _ in range(3)]

    assert [stream.status for stream in streams] == [200, 200, 429]
    for stream in streams:
        stream.close()


def test_one_who_is_far_behind_is_told_to_read_everything_again(both: Both) -> None:
    import asyncio

    async def behind() -> list[live.Change]:
        listener = live.Listener([], [], registry=False, marks=both.elsewhere.read_marks([]))
        for number in range(1000):
            listener._add([live.Change("run", str(number))])
        return await listener.next(1)

    assert live.RESYNC in asyncio.run(behind())


@pytest.mark.parametrize(("asked", "status"), [({}, 400), ({"run_id": "0" * 32}, 404), ({"experiment_id": "9"}, 404)])
def test_what_cannot_be_heard_of_is_an_error(both: Both, asked: dict[str, str], status: int) -> None:
    stream = Stream(both.uri, **asked)

    assert stream.status == status
    stream.close()


@pytest.mark.postgres
def test_after_the_database_was_away_listeners_read_everything_again(
    migrated_postgres_uri: str, tmp_path: Path
) -> None:
    import psycopg

    from runstone.store.open import open_store

    store = open_store(migrated_postgres_uri)
    with serving(create_app(open_backend(store, LocalBlobs(tmp_path / "b")))) as front:
        run_id = _run(store)
        stream = Stream(front.uri, run_id=run_id)
        with psycopg.connect(migrated_postgres_uri, autocommit=True) as connection:
            _until(
                lambda: bool(
                    connection.execute(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                        "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                    ).fetchone()[0]  # type: ignore[index]  # a count
                )
            )

        assert stream.next()[0] == "resync"
        stream.close()
    store.close()
