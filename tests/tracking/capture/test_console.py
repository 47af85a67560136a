"""What is printed reaches the sink, and printing stays what it was."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from runstone.tracking.capture.console import ConsoleTee


class Heard:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str]] = []

    def __call__(self, stream: str, text: str) -> None:
        self.pieces.append((stream, text))

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(autouse=True)
def _left_as_found(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Check that every test leaves the streams without a patch."""
    streams = (sys.stdout, sys.stderr)
    yield
    for stream in streams:
        assert "write" not in vars(stream)


def test_both_streams_are_heard_in_order_and_still_written(heard: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    print("one", 1)
    print("two", file=sys.stderr)
    sys.stdout.writelines(["three\n", "four\n"])
    tee.stop()
    print("five")

    assert heard.pieces == [("stdout", "one 1\n"), ("stderr", "two\n"), ("stdout", "three\nfour\n")]
    assert capsys.readouterr() == ("one 1\nthree\nfour\nfive\n", "two\n")


def test_the_streams_stay_the_objects_they_are(heard: Heard) -> None:
    before = sys.stdout
    tee = ConsoleTee(heard)
    tee.start()

    assert sys.stdout is before
    assert sys.stdout.isatty() is False
    assert sys.stdout.write("abc") == 3
    tee.stop()


def test_a_log_handler_made_before_is_heard(heard: Heard) -> None:
    handler = logging.StreamHandler(sys.stderr)
    record = logging.LogRecord("x", logging.INFO, "x", 1, "message", None, None)
    tee = ConsoleTee(heard)
    tee.start()

    handler.emit(record)
    tee.stop()

    assert heard.pieces == [("stderr", "message\n")]


def test_a_flush_hands_over_what_is_there(heard: Heard) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    print("half", end="")
    tee.flush()
    tee.flush()

    assert heard.pieces == [("stdout", "half")]
    tee.stop()


def test_64_kib_are_handed_over_by_themselves(heard: Heard) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    for _ in range(70):
        print("x" * 1023)

    assert len(heard.text) >= 64 * 1024
    tee.stop()
    assert heard.text == ("x" * 1023 + "\n") * 70


def test_a_progress_bar_is_heard_in_its_last_state(heard: Heard) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    for percent in range(101):
        sys.stderr.write(f"\r{percent}%")
    tee.stop()

    assert heard.pieces == [("stderr", "\r100%")]


def test_a_sink_that_raises_costs_one_warning_and_never_a_print(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def sink(stream: str, text: str) -> None:
        raise OSError("no space left")

    tee = ConsoleTee(sink)
    tee.start()

    for _ in range(3):
        print("x" * 70_000)
    tee.stop()

    assert len(capsys.readouterr().out) == 3 * 70_001
    assert [record.getMessage() for record in caplog.records] == [
        "capture of console failed: OSError: no space left; the run goes on without it"
    ]


def test_what_the_sink_prints_is_written_and_not_heard(capsys: pytest.CaptureFixture[str]) -> None:
    texts: list[str] = []

    def sink(stream: str, text: str) -> None:
        print("sinking")
        texts.append(text)

    tee = ConsoleTee(sink)
    tee.start()
    print("x" * 70_000)
    tee.stop()

    assert texts == ["x" * 70_000, "\n"]
    assert capsys.readouterr().out == "x" * 70_000 + "sinking\n" + "\n" + "sinking\n"


def test_two_tees_hear_the_same_and_end_in_any_order() -> None:
    first, second = Heard(), Heard()
    one, two = ConsoleTee(first), ConsoleTee(second)

    one.start()
    print("a")
    two.start()
    print("b")
    one.stop()
    print("c")
    two.stop()

    assert first.text == "a\nb\n"
    assert second.text == "b\nc\n"


def test_overlapping_tees_leave_no_chain_behind(heard: Heard) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    for _ in range(5000):
        after = ConsoleTee(heard)
        after.start()
        tee.stop()
        tee = after
    print("still works")
    tee.stop()

    assert heard.text == "still works\n"


def test_a_stream_that_was_replaced_in_between_stays_replaced(heard: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    tee = ConsoleTee(heard)
    tee.start()
    before, theirs = sys.stdout, io.StringIO()
    sys.stdout = theirs

    print("to them")
    tee.stop()

    assert sys.stdout is theirs
    assert theirs.getvalue() == "to them\n"
    sys.stdout = before


def test_a_write_that_was_patched_on_top_goes_on_working(heard: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    tee = ConsoleTee(heard)
    tee.start()
    ours = sys.stdout.write
    sys.stdout.write = lambda text: ours(text.upper())  # type: ignore[method-assign]

    print("loud")
    tee.stop()
    print("louder")

    assert heard.text == "LOUD\n"
    assert capsys.readouterr().out == "LOUD\nLOUDER\n"
    del sys.stdout.write  # type: ignore[misc]


def test_a_patch_from_before_is_put_back(heard: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    original = sys.stdout.write

    def theirs(text: str) -> int:
        return original(text.upper())

    sys.stdout.write = theirs  # type: ignore[method-assign]
    tee = ConsoleTee(heard)
    tee.start()
    print("loud")
    tee.stop()

    assert vars(sys.stdout)["write"] is theirs
    assert capsys.readouterr().out == "LOUD\n"
    del sys.stdout.write  # type: ignore[misc]


def test_streams_that_are_not_there_are_left_alone(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    tee = ConsoleTee(heard)

    tee.start()
    print("nowhere")
    print("there", file=sys.stderr)
    tee.stop()

    assert heard.pieces == [("stderr", "there\n")]


def test_one_stream_under_both_names_is_heard_once(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", sys.stdout)
    tee = ConsoleTee(heard)
    tee.start()

    print("once", file=sys.stderr)
    tee.stop()

    assert heard.pieces == [("stdout", "once\n")]


def test_a_stream_without_room_for_attributes_costs_a_warning(
    heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Slotted:
        __slots__ = ()

        def write(self, text: str) -> int:
            return len(text)

    monkeypatch.setattr(sys, "stdout", Slotted())
    tee = ConsoleTee(heard)
    tee.start()
    print("unheard")
    tee.stop()

    assert heard.pieces == []
    assert "console (stdout)" in caplog.text


def test_a_write_that_fails_fails_as_before_and_is_not_heard(heard: Heard) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    with pytest.raises(TypeError):
        sys.stdout.write(b"bytes")  # type: ignore[arg-type]
    tee.stop()

    assert heard.pieces == []


def test_a_hanging_sink_costs_text_but_no_memory_without_end(capsys: pytest.CaptureFixture[str]) -> None:
    entered, released = threading.Event(), threading.Event()
    texts: list[str] = []

    def sink(stream: str, text: str) -> None:
        entered.set()
        released.wait(60)
        texts.append(text)

    tee = ConsoleTee(sink)
    tee.start()
    print("first")
    flusher = threading.Thread(target=tee.flush)
    flusher.start()
    entered.wait(60)
    for _ in range(6):
        print("x" * (1024 * 1024))
    released.set()
    flusher.join()
    tee.stop()

    heard = "".join(texts)
    assert len(heard) < 5 * 1024 * 1024
    assert "characters of output were not captured]" in heard
    assert len(capsys.readouterr().out) > 6 * 1024 * 1024


def test_many_threads_lose_nothing(heard: Heard) -> None:
    tee = ConsoleTee(heard)
    tee.start()

    def work(name: int) -> None:
        for number in range(500):
            sys.stdout.write(f"{name}-{number}\n")
            if number % 50 == 0:
                tee.flush()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tee.stop()

    assert sorted(heard.text.split()) == sorted(f"{name}-{number}" for name in range(4) for number in range(500))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_prints_without_the_parents_sink() -> None:
    program = """
import os, sys
from runstone.tracking.capture.console import ConsoleTee
heard = []
tee = ConsoleTee(lambda stream, text: heard.append(text))
tee.start()
print("before")
if os.fork() == 0:
    print("child", flush=True)
    tee.flush()
    tee.stop()
    os._exit(len(heard))
_, status = os.wait()
print("after")
tee.stop()
assert os.waitstatus_to_exitcode(status) == 0
assert heard == ["before\\nafter\\n"], heard
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stderr == ""
    assert "child" in done.stdout
    assert "after" in done.stdout
