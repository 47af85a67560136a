"""What is wrong with a store is found, named, and said with the way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.core.entities import ArtifactEntry, Metric
from runstone.core.settings import load
from runstone.testing.store.samples import START, new_run
from runstone.tracking.location import locate
from runstone.tracking.session import Session
from runstone.transfer import fsck

RUN_ID = "0" * 31 + "1"


def _tell_nobody(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session over a store with a run, a logged model and a registered one."""
    session = Session(locate(str(tmp_path / "s"), "test"), load())
    store = session.store
    store.create_run(new_run(RUN_ID))
    points = [Metric("loss", step / 3, START + step, step) for step in range(2000)]
    for start in range(0, 2000, 1000):
        store.log_batch(RUN_ID, metrics=points[start : start + 1000])
    store.log_batch(RUN_ID, params={"lr": 0.1})
    model = store.create_logged_model("0", source_run_id=RUN_ID)
    for owner_id, path in ((RUN_ID, "a.txt"), (model.model_id, "MLmodel"), (model.model_id, "again")):
        stored = session.blobs.put_bytes(b"a text")
        store.put_artifacts(owner_id, [ArtifactEntry(path=path, digest=stored.digest, size_bytes=6)])
    store.create_registered_model("net")
    store.create_model_version("net", "s3://models/net")
    store.set_registered_model_alias("net", "best", "1")
    yield session
    session.close()


def problems(session: Session) -> list[str]:
    return [f"{found.kind}: {found.where}: {found.what}" for found in fsck.check(session, progress=_tell_nobody)]


def test_a_sound_store_has_none(session: Session) -> None:
    assert problems(session) == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE run_artifacts SET path = '../../x'", ["manifest", RUN_ID, "'../../x'", "restore a backup"]),
        (
            "UPDATE model_artifacts SET path = '/etc/passwd' WHERE path = 'again'",
            ["manifest", "logged model m-", "'/etc/passwd'"],
        ),
        ("UPDATE run_artifacts SET digest = 'no digest'", ["manifest", RUN_ID, "'a.txt'", "not a digest"]),
        ("UPDATE model_artifacts SET digest = 'sha256:.'", ["manifest", "logged model m-", "not a digest"]),
        ("UPDATE run_artifacts SET size_bytes = 5", ["manifest", "sha256:", "different sizes"]),
        ("UPDATE run_metrics SET mean = mean + 1", ["summary", "metric loss", "its index differs", "export"]),
        ("UPDATE run_metrics SET min = -1", ["summary", "metric loss", "its index differs"]),
        ("UPDATE run_params SET text = '0.2'", ["summary", RUN_ID, "params", "export"]),
        ("DELETE FROM chunks", ["series", "metric loss", "0 points are stored, 2000 were logged", "restore a backup"]),
        ("DELETE FROM runs", ["database", "run_params", "1 rows are of runs that are not there", "restore a backup"]),
        ("DELETE FROM run_documents", ["summary", RUN_ID, "document is missing", "restore a backup"]),
        ("UPDATE run_documents SET params = x'c1'", ["summary", RUN_ID, "cannot be read", "restore a backup"]),
        ("DELETE FROM model_versions", ["database", "registered model net", "alias best", "delete the alias"]),
    ],
)
def test_damage_in_the_database_is_told(session: Session, tmp_path: Path, damage: str, told: list[str]) -> None:
    with sqlite3.connect(tmp_path / "s" / "runstone.db") as raw:
        raw.execute(damage)
    raw.close()

    found = problems(session)

    assert any(all(text in problem for text in told) for problem in found), found


def test_a_value_changed_in_the_open_part_of_a_series_is_told(session: Session, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s" / "runstone.db") as raw:
        [(number, data)] = raw.execute("SELECT chunk_no, data FROM chunks WHERE sealed = 0 ORDER BY chunk_no LIMIT 1")
        changed = bytearray(data)
        changed[-1 - 24 * 10] ^= 0x40  # an exponent
        raw.execute("UPDATE chunks SET data = ? WHERE chunk_no = ?", (bytes(changed), number))
    raw.close()

    [problem] = problems(session)

    assert "metric loss" in problem


def test_damaged_bytes_are_told_with_the_file_they_are_in(session: Session) -> None:
    [fact] = session.blobs.iter_digests()
    path = Path(session.location.folder, "blobs", "sha256", fact.digest[7:9], fact.digest[9:])
    path.chmod(0o600)
    path.write_bytes(b"b text")

    [problem] = problems(session)

    assert fact.digest in problem
    assert str(path) in problem
    assert "a.txt" in problem
    assert "backup" in problem
