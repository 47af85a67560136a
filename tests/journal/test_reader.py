"""Reading what dead processes left, damage included, and bringing it into a store."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.core.entities import NewRun
from runstone.core.events import KeyDefined, RunStarted, TagSet, decode_event
from runstone.core.ids import new_run_id
from runstone.journal.format import POINT_SIZE, encode_frame, iter_frames, iter_points
from runstone.journal.reader import Piece, claim_orphans, is_held, iter_journals, read_events, read_points
from runstone.journal.writer import JournalWriter, journal_folder
from runstone.store.open import open_store
from runstone.store.protocol import Store
from runstone.tracking.drain import sync


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


def left_behind(root: Path, points: int = 0, tags: int = 0, run_id: str | None = None) -> Path:
    """Make a journal of a writer that is dead, and return its folder."""
    run_id = run_id or new_run_id()
    folder = journal_folder(root, run_id, "writer")
    journal = JournalWriter(folder)
    journal.event(RunStarted(NewRun(run_id=run_id, run_name="left", start_time=1, experiment_id="0")))
    journal.event(KeyDefined(1, "loss"))
    for step in range(points):
        journal.point(1, step, 1, step / 2)
    for number in range(tags):
        journal.event(TagSet(f"tag-{number}", "x" * 100))
    journal.close(remove=False)
    return folder


def run_of(folder: Path) -> str:
    return folder.name.partition(".")[0]


def steps_of(store: Store, folder: Path) -> list[int]:
    series = store.read_series([run_of(folder)], ["loss"])
    return [int(step) for columns in series.values() for step in columns.steps]


def flip(path: Path, position: int, mask: int = 0xFF) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= mask
    path.write_bytes(data)


def test_journal_of_a_dead_process_is_brought_in_and_removed(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal", points=5000, tags=500)
    buried: list[list[str]] = []

    problems = sync(store, tmp_path / "journal", bury=buried.append)

    assert (problems, buried) == ([], [["writer"]])
    assert os.listdir(tmp_path / "journal") == []
    assert steps_of(store, folder) == list(range(5000))
    assert len(store.get_run(run_of(folder)).tags) == 501


def test_journal_of_a_living_process_is_left_alone(tmp_path: Path, store: Store) -> None:
    journal = JournalWriter(tmp_path / "journal" / "run.writer")
    journal.point(1, 0, 0, 0.0)

    assert sync(store, tmp_path / "journal") == []

    assert is_held(tmp_path / "journal" / "run.writer")
    journal.close(remove=True)


def test_only_the_runs_asked_for_are_brought_in(tmp_path: Path, store: Store) -> None:
    wanted = left_behind(tmp_path / "journal")
    other = left_behind(tmp_path / "journal")

    sync(store, tmp_path / "journal", [run_of(wanted)])

    assert [folder for folder, _, _ in iter_journals(tmp_path / "journal")] == [other]


def test_two_readers_never_hold_one_journal(tmp_path: Path) -> None:
    left_behind(tmp_path)

    (first,) = claim_orphans(tmp_path)
    second = list(claim_orphans(tmp_path))

    assert second == []
    first.release(remove=True)
    assert os.listdir(tmp_path) == []


def test_folder_without_a_lock_is_dead_and_is_cleared_away_when_empty(tmp_path: Path) -> None:
    (tmp_path / "run.writer").mkdir()
    (tmp_path / "run.other").mkdir()
    (tmp_path / "run.other" / "notes").write_text("mine")

    assert not is_held(tmp_path / "run.writer")
    assert list(claim_orphans(tmp_path)) == []

    assert os.listdir(tmp_path) == ["run.other"]


def test_stillborn_journal_is_removed_once_it_is_old(tmp_path: Path) -> None:
    for name in ("new-old", "new-young"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    hour_ago = time.time() - 3600
    os.utime(tmp_path / "new-old", (hour_ago, hour_ago))

    list(claim_orphans(tmp_path))

    assert os.listdir(tmp_path) == ["new-young"]


def test_damaged_points_cost_themselves_only(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal", points=5000)
    first, *_ = sorted(folder.glob("points-*"))
    last = max(folder.glob("points-*"))
    flip(first, 10 * POINT_SIZE + 9)
    flip(first, first.stat().st_size - 1)
    flip(last, 3)

    problems = sync(store, tmp_path / "journal")

    assert problems == [
        f"run {run_of(folder)}: 2 points are damaged",
        f"run {run_of(folder)}: 1 points are damaged",
    ]
    assert steps_of(store, folder) == [step for step in range(5000) if step not in (10, 2047, 2048)]
    assert os.listdir(tmp_path / "journal") == []


def test_damaged_event_costs_itself_only(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal", points=10, tags=1000)
    first, second, *_ = sorted(folder.glob("events-*"))
    payload = b"tag-7\xd9"
    flip(first, first.read_bytes().index(payload))
    flip(second, 0)

    problems = sync(store, tmp_path / "journal")

    assert len(problems) == 1
    assert "bytes of what it logged besides points were damaged" in problems[0]
    tags = store.get_run(run_of(folder)).tags
    assert len([key for key in tags if key.startswith("tag-")]) == 998
    assert "tag-7" not in tags
    assert steps_of(store, folder) == list(range(10))


def test_points_without_a_file_between_others_are_reported_and_the_others_taken(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal", points=20_000)
    _, middle, _ = sorted(folder.glob("points-*"))
    gone = range(2048, 2048 + middle.stat().st_size // POINT_SIZE)
    middle.unlink()

    problems = sync(store, tmp_path / "journal")

    assert problems == [f"run {run_of(folder)}: {len(gone)} points are damaged"]
    assert steps_of(store, folder) == [step for step in range(20_000) if step not in gone]


def test_points_without_their_first_file_are_reported_and_the_others_taken(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal", points=5000)
    min(folder.glob("points-*")).unlink()

    problems = sync(store, tmp_path / "journal")

    assert problems == [f"run {run_of(folder)}: 2048 points are damaged"]
    assert steps_of(store, folder) == list(range(2048, 5000))


def test_events_without_their_first_file_are_reported_and_the_others_taken(tmp_path: Path, store: Store) -> None:
    run_id = new_run_id()
    store.create_run(NewRun(run_id=run_id, run_name="known", start_time=1, experiment_id="0"))
    folder = left_behind(tmp_path / "journal", tags=1000, run_id=run_id)
    first = min(folder.glob("events-*"))
    kept = 1000 - sum(1 for _ in iter_frames(first.read_bytes())) + 2
    first.unlink()

    (problem,) = sync(store, tmp_path / "journal")

    assert "were damaged" in problem
    assert len([key for key in store.get_run(run_id).tags if key.startswith("tag-")]) == kept


def test_points_of_a_metric_whose_name_was_damaged_are_reported(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal", points=10)
    (events,) = folder.glob("events-*")
    flip(events, events.read_bytes().index(b"\xa4loss"))

    problems = sync(store, tmp_path / "journal")

    assert "10 points belong to metric number 1, which was never named" in problems[-1]
    assert steps_of(store, folder) == []


def test_journal_with_unknown_events_is_kept_for_a_version_that_knows_them(tmp_path: Path, store: Store) -> None:
    folder = left_behind(tmp_path / "journal")
    (events,) = folder.glob("events-*")
    unknown = b"\x92\xa6future\x01"
    journal = events.read_bytes().rstrip(b"\0")
    events.write_bytes(journal + encode_frame(unknown))

    (problem,) = sync(store, tmp_path / "journal")

    assert problem.startswith(f"{folder}: events of run ")
    assert "no event that this version of Runstone knows" in problem
    assert folder.exists()


def test_undeliverable_journal_holds_up_no_other(tmp_path: Path, store: Store) -> None:
    first = left_behind(tmp_path / "journal", points=1)
    second = left_behind(tmp_path / "journal", points=3)
    (events,) = first.glob("events-*")
    events.unlink()

    (problem,) = sync(store, tmp_path / "journal")

    assert "not found" in problem
    assert steps_of(store, second) == [0, 1, 2]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(
        st.tuples(st.sampled_from(["events", "points"]), st.floats(0, 1, exclude_max=True), st.integers(1, 255)),
        max_size=6,
    ),
    cut=st.one_of(st.none(), st.tuples(st.sampled_from(["events", "points"]), st.floats(0, 1))),
)
def test_reader_never_invents_and_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[str, float, int]], cut: tuple[str, float] | None
) -> None:
    folder = left_behind(tmp_path_factory.mktemp("root"), points=3000, tags=500)
    written = {name: _intact(folder, name) for name in ("events", "points")}
    for name, place, mask in flips:
        path = sorted(folder.glob(f"{name}-*"))[int(place * 2)]
        flip(path, int(place * 2 % 1 * path.stat().st_size), mask)
    if cut is not None:
        path = sorted(folder.glob(f"{cut[0]}-*"))[int(cut[1] * 1.99)]
        os.truncate(path, int(cut[1] * 1.99 % 1 * path.stat().st_size))

    events = _contiguous(read_events(folder))
    points = _contiguous(read_points(folder))

    read_payloads = {payload for _, payload in iter_frames(events) if not payload.startswith(b"\x93\xa3key\x00")}
    assert all(decode_event(payload) is not None for _, payload in iter_frames(events))
    assert read_payloads <= written["events"]
    intact = {repr(point) for point in iter_points(points) if point is not None and point.key_id != 0}
    assert intact <= written["points"]
    if cut is None:
        assert len(written["points"] - intact) <= len(flips)
        assert len(written["events"] - read_payloads) <= len(flips)


def _intact(folder: Path, name: str) -> set[object]:
    if name == "events":
        return {payload for _, payload in iter_frames(_contiguous(read_events(folder)))}
    return {repr(point) for point in iter_points(_contiguous(read_points(folder)))}


def _contiguous(pieces: object) -> bytes:
    data = b""
    for piece in pieces:  # type: ignore[attr-defined]
        assert isinstance(piece, Piece)
        assert piece.start == len(data)
        data += piece.data
    return data
