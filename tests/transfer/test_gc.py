"""Garbage is what nobody points at, and only that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.blobs.objects import ObjectBlobs
from runstone.core.entities import ArtifactEntry
from runstone.core.settings import load
from runstone.testing.store.samples import new_run
from runstone.tracking.location import locate
from runstone.tracking.session import Session
from runstone.transfer import fsck, gc

RUN_ID = "0" * 31 + "1"


def _tell_nobody(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(locate(str(tmp_path / "s"), "test"), load())
    yield session
    session.close()


def put_long_ago(session: Session, data: bytes) -> ArtifactEntry:
    """Store some bytes as if a day ago, and return the entry of a file that has them."""
    stored = session.blobs.put_bytes(data)
    os.utime(blob_path(session, stored.digest), (0, 0))
    return ArtifactEntry(path="a.txt", digest=stored.digest, size_bytes=stored.size_bytes)


def blob_path(session: Session, digest: str) -> Path:
    return session.location.folder / "blobs" / "sha256" / digest[7:9] / digest[9:]


def test_what_is_logged_again_while_garbage_is_collected_stays(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run logs a file that nothing pointed at, after the collection had listed it."""
    entry = put_long_ago(session, b"logged again")
    other = put_long_ago(session, b"of nothing")
    session.store.create_run(new_run(RUN_ID))
    real = type(session.blobs).iter_digests

    def listed_and_then_logged(blobs: object) -> Iterator[object]:
        facts = list(real(blobs))  # type: ignore[arg-type]
        session.blobs.put_bytes(b"logged again")
        session.store.put_artifacts(RUN_ID, [entry])
        yield from facts

    monkeypatch.setattr(type(session.blobs), "iter_digests", listed_and_then_logged)

    freed = gc.collect(session, progress=_tell_nobody)

    assert freed.garbage.blob_digests == (other.digest,)
    assert freed.garbage.blob_bytes == len(b"of nothing")
    assert fsck.check(session, progress=_tell_nobody) == []


def test_leftovers_are_told_and_removed(session: Session) -> None:
    session.store.create_run(new_run(RUN_ID))
    session.store.put_artifacts(RUN_ID, [put_long_ago(session, b"kept")])
    orphan = put_long_ago(session, b"orphan")
    half = session.location.folder / "blobs" / "tmp" / "half"
    half.write_bytes(b"12345")
    os.utime(half, (0, 0))

    leftovers = gc.find_leftovers(session, progress=_tell_nobody)
    freed = gc.collect(session, progress=_tell_nobody)

    assert leftovers == gc.Leftovers(blobs=1, blob_bytes=6, temporary_bytes=5)
    assert (freed.garbage.blob_digests, freed.temporary_bytes) == ((orphan.digest,), 5)
    assert not half.exists()
    assert gc.find_leftovers(session, progress=_tell_nobody) == gc.Leftovers(blobs=0, blob_bytes=0, temporary_bytes=0)


def test_bytes_on_an_object_store_stay_a_week(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a machine whose database is away has them in a journal that is not seen here."""
    monkeypatch.setattr(session, "_blobs", ObjectBlobs("memory:"))
    digest = session.blobs.put_bytes(b"waiting elsewhere").digest
    hour, week = 3_600_000, 7 * 24 * 3_600_000
    now = gc.now_ms()

    monkeypatch.setattr(gc, "now_ms", lambda: now + 2 * hour)
    assert gc.collect(session, progress=_tell_nobody).garbage.blob_digests == ()
    monkeypatch.setattr(gc, "now_ms", lambda: now + week + hour)
    assert gc.collect(session, progress=_tell_nobody).garbage.blob_digests == (digest,)


def test_logged_models_go_with_their_experiment_but_for_registered_ones(session: Session) -> None:
    store = session.store
    gone, kept = (store.create_experiment(name).experiment_id for name in ("gone", "kept"))
    plain = store.create_logged_model(gone).model_id
    registered = store.create_logged_model(kept).model_id
    store.put_artifacts(plain, [put_long_ago(session, b"plain")])
    store.put_artifacts(registered, [put_long_ago(session, b"registered")])
    store.create_registered_model("net")
    store.create_model_version("net", f"models:/{registered}")
    store.delete_experiment(gone)
    store.delete_experiment(kept)

    would = gc.find(session, progress=_tell_nobody)
    freed = gc.collect(session, progress=_tell_nobody)

    assert (would.experiment_ids, would.model_ids, would.blob_bytes) == ((gone,), (plain,), 5)
    assert freed.garbage == would
    assert [entry.path for entry in store.iter_artifacts(registered)] == ["a.txt"]
    assert fsck.check(session, progress=_tell_nobody) == []
