"""Writing a journal: order, threads, signals, forks, disks without space."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import threading
from pathlib import Path

import pytest

from runstone.core.errors import InvalidArgument, InvalidState, PermissionDenied, StorageFull, Unavailable
from runstone.core.events import ConsoleWritten, KeyDefined, TagSet, decode_event
from runstone.journal import segments, writer
from runstone.journal.format import POINT_SIZE, Point, iter_frames, iter_points
from runstone.journal.reader import is_held
from runstone.journal.writer import JournalWriter


def points_of(journal: JournalWriter) -> list[Point | None]:
    data = b""
    _, end = journal.ends
    while len(data) < end:
        data += journal.read_points(len(data), 1 << 30)
    return list(iter_points(data))


def texts_of(journal: JournalWriter) -> list[str]:
    data = b""
    end, _ = journal.ends
    while len(data) < end:
        data += journal.read_events(len(data), 1 << 30)
    return [decode_event(payload).key for _, payload in iter_frames(data)]  # type: ignore[union-attr]


def test_points_come_back_in_order_over_many_segments(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")

    for step in range(20_000):
        journal.point(1, step, 7, step / 2)

    assert points_of(journal) == [Point(1, step, 7, step / 2) for step in range(20_000)]
    assert len(list((tmp_path / "run.writer").glob("points-*"))) == 3
    journal.close(remove=True)


def test_events_come_back_in_order_over_many_segments(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")

    for number in range(3000):
        assert journal.event(TagSet(f"tag-{number}", "x" * 50)) is True

    assert texts_of(journal) == [f"tag-{number}" for number in range(3000)]
    journal.close(remove=True)


def test_slices_of_events_hold_whole_frames_and_at_least_one(tmp_path: Path) -> None:
    journal = JournalWriter(None)
    for number in range(100):
        journal.event(TagSet(str(number), "x" * 100))

    at = 0
    keys = []
    while data := journal.read_events(at, 300):
        frames = list(iter_frames(data))
        assert frames[-1][0] == len(data)
        keys += [decode_event(payload).key for _, payload in frames]  # type: ignore[union-attr]
        at += len(data)
    assert keys == [str(number) for number in range(100)]
    assert len(list(iter_frames(journal.read_events(0, 1)))) == 1


def test_event_larger_than_a_segment_gets_one_of_its_own(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    large = "x" * (5 * 1024 * 1024)

    assert journal.event(TagSet("before", "1")) is True
    assert journal.event(ConsoleWritten("stdout", 0, large)) is True
    assert journal.event(TagSet("after", "2")) is True

    end, _ = journal.ends
    data = b""
    while len(data) < end:
        data += journal.read_events(len(data), 1000)
    assert [len(payload) > 1000 for _, payload in iter_frames(data)] == [False, True, False]
    journal.close(remove=True)


def test_event_too_large_for_any_reader_is_refused() -> None:
    journal = JournalWriter(None)

    with pytest.raises(InvalidArgument, match="64 MiB fit"):
        journal.event(ConsoleWritten("stdout", 0, "x" * (64 * 1024 * 1024)))
    assert journal.ends == (0, 0)


def test_release_gives_back_the_files_that_the_store_has(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    for step in range(20_000):
        journal.point(1, step, 0, 0.0)
    _, end = journal.ends

    journal.release(0, end)

    assert len(list((tmp_path / "run.writer").glob("points-*"))) == 1
    journal.point(1, 20_000, 0, 0.0)
    assert journal.read_points(end, 1000) == journal.read_points(end, POINT_SIZE) != b""
    journal.close(remove=True)


def test_closing_with_removal_leaves_nothing(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    journal.point(1, 0, 0, 0.0)
    journal.event(KeyDefined(1, "a"))

    assert journal.close(remove=True) is True

    assert os.listdir(tmp_path) == []


def test_closed_journal_refuses_what_comes_late(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    journal.point(1, 0, 0, 0.0)
    journal.event(KeyDefined(1, "a"))
    journal.close(remove=False)

    with pytest.raises(InvalidState, match="has ended"):
        journal.point(1, 1, 0, 0.0)
    with pytest.raises(InvalidState, match="has ended"):
        journal.event(KeyDefined(2, "b"))


def test_lock_is_held_as_long_as_the_journal_is_open(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")

    held_before = is_held(tmp_path / "run.writer")
    journal.close(remove=False)

    assert (held_before, is_held(tmp_path / "run.writer")) == (True, False)


def test_threads_lose_no_point_and_no_event(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")

    def log(thread: int) -> None:
        for step in range(2000):
            journal.point(thread + 1, step, 0, 0.0)
            if step % 20 == 0:
                journal.event(TagSet(f"{thread}-{step}", ""))

    threads = [threading.Thread(target=log, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    read = points_of(journal)
    for number in range(16):
        assert [point.step for point in read if point and point.key_id == number + 1] == list(range(2000))
    assert len(set(texts_of(journal))) == 16 * 100
    journal.close(remove=True)


@pytest.mark.timeout(method="thread")  # The other method's signal is the one that is used here.
def test_signal_handler_that_logs_neither_blocks_nor_loses_anything(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    handled = 0
    logging = True

    def handle(number: int, frame: object) -> None:
        nonlocal handled
        if not logging:
            return
        journal.point(2, handled, 0, 0.0)
        journal.event(TagSet(str(handled), ""))
        handled += 1
        # Armed anew only now, so that handlers do not pile up on a busy machine.
        signal.setitimer(signal.ITIMER_REAL, 0.0003)

    previous = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0003)
    try:
        for step in range(100_000):
            journal.point(1, step, 0, 0.0)
    finally:
        logging = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)

    read = points_of(journal)
    assert None not in read
    assert [point.step for point in read if point and point.key_id == 1] == list(range(100_000))
    # A handler may log between two things that an earlier one logged while a segment was being made.
    assert sorted(point.step for point in read if point and point.key_id == 2) == list(range(handled))
    assert sorted(map(int, texts_of(journal))) == list(range(handled))
    assert handled > 0
    journal.close(remove=True)


def test_what_is_logged_while_a_segment_is_being_made_follows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    make = segments._map_file

    def interrupted(path: Path, size: int) -> object:
        if path.name.startswith("points"):
            journal.event(TagSet("within", ""))
            journal.point(2, 0, 0, 0.0)
        return make(path, size)

    monkeypatch.setattr(segments, "_map_file", interrupted)
    journal.point(1, 0, 0, 0.0)
    monkeypatch.setattr(segments, "_map_file", make)

    assert [point.key_id for point in points_of(journal) if point] == [1, 2]
    assert texts_of(journal) == ["within"]
    journal.close(remove=True)


def test_ctrl_c_while_a_segment_is_being_made_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    make = segments._map_file
    for step in range(2048):
        journal.point(1, step, 0, 0.0)

    def interrupted(path: Path, size: int) -> object:
        make(path, size)
        raise KeyboardInterrupt

    monkeypatch.setattr(segments, "_map_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        journal.point(1, 9999, 0, 0.0)
    monkeypatch.setattr(segments, "_map_file", make)
    journal.point(1, 2048, 0, 0.0)

    assert [point.step for point in points_of(journal) if point] == list(range(2049))
    assert all(segment.path is not None for segment in journal._points.segments)
    journal.close(remove=True)


def test_forked_child_that_abandons_a_journal_cannot_write_to_it(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    journal.point(1, 0, 0, 0.0)
    journal.event(KeyDefined(1, "a"))

    pid = os.fork()
    if pid == 0:
        journal.abandon()
        refused = 0
        for write in (lambda: journal.point(1, 1, 0, 0.0), lambda: journal.event(KeyDefined(2, "b"))):
            try:
                write()
            except InvalidState:
                refused += 1
        os._exit(refused)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 2
    assert (points_of(journal), texts_of(journal)) == ([Point(1, 0, 0, 0.0)], ["a"])
    assert is_held(tmp_path / "run.writer")
    journal.close(remove=True)


def refuse(monkeypatch: pytest.MonkeyPatch, number: int | None) -> None:
    """Let the disk take no more segments, for a reason; or take them again."""

    def fail(descriptor: int, size: int) -> None:
        if number is not None:
            raise OSError(number, os.strerror(number))
        os.posix_fallocate(descriptor, 0, size)

    monkeypatch.setattr(segments, "_allocate", fail)


def test_disk_without_space_is_reported_once_and_so_is_its_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    journal.event(KeyDefined(1, "a"))
    refuse(monkeypatch, errno.ENOSPC)
    for step in range(30_000):
        journal.point(1, step, 0, 0.0)
        if step % 10 == 0:
            journal.event(TagSet(str(step), "x" * 100))
    refuse(monkeypatch, None)
    for step in range(30_000, 300_000):
        journal.point(1, step, 0, 0.0)
        if step % 10 == 0:
            journal.event(TagSet(str(step), "x" * 100))

    assert [point.step for point in points_of(journal) if point] == list(range(300_000))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "ERROR",
            f"cannot write {tmp_path / 'run.writer'}: No space left on device; free some space or raise the file-size "
            "limit. Logging goes on in memory meanwhile, where it would not survive the end of this process",
        ),
        ("WARNING", f"{tmp_path / 'run.writer'} can be written again"),
    ]
    journal.close(remove=True)


def test_closing_without_removal_puts_into_files_what_was_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = JournalWriter(tmp_path / "run.writer")
    refuse(monkeypatch, errno.ENOSPC)
    for step in range(10_000):
        journal.point(1, step, 0, 0.0)
    journal.event(KeyDefined(1, "a"))

    assert journal.close(remove=False) is True

    files = sorted((tmp_path / "run.writer").glob("points-*"))
    assert sum(path.stat().st_size for path in files) == 10_000 * POINT_SIZE
    assert len(list((tmp_path / "run.writer").glob("events-*"))) == 1


def test_journal_in_memory_says_when_it_is_closed_that_it_is_lost() -> None:
    journal = JournalWriter(None)
    journal.point(1, 0, 0, 0.0)

    assert journal.close(remove=False) is False


def test_file_system_without_allocation_is_written_to_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(descriptor: int, offset: int, size: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(os, "posix_fallocate", unsupported)
    journal = JournalWriter(tmp_path / "run.writer")

    for step in range(3000):
        journal.point(1, step, 0, 0.0)

    assert all(segment.path is not None for segment in journal._points.segments)
    assert len(points_of(journal)) == 3000
    journal.close(remove=True)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, PermissionDenied),
        (errno.EROFS, PermissionDenied),
        (errno.ENOSPC, StorageFull),
        (errno.EFBIG, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.ENOLCK, Unavailable),
    ],
)
def test_journal_that_cannot_be_made_names_its_folder_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def fail(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writer.fcntl, "flock", fail)

    with pytest.raises(kind, match=f"{tmp_path}/run.writer.*RUNSTONE_TRACKING_URI"):
        JournalWriter(tmp_path / "run.writer")
    monkeypatch.undo()
    descriptor = os.open(tmp_path / "new-run-writer" / "lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)
