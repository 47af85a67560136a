"""What a store must do with what journals hold."""

from __future__ import annotations

import random
import struct
import threading

import pytest

from runstone.core.entities import DatasetInput, DatasetRecord
from runstone.core.errors import InvalidArgument, NotFound
from runstone.core.events import (
    Accepted,
    ArtifactLogged,
    ConsoleWritten,
    Event,
    InputLogged,
    KeyDefined,
    ParamLogged,
    SeriesLogged,
    Slice,
    StatusChanged,
    TagSet,
)
from runstone.core.ids import new_run_id
from runstone.journal.format import Point, encode_frame
from runstone.store.protocol import Store
from runstone.testing.store.samples import START, Journal, artifact, dataset, make_run, new_run


def _events() -> list[Event]:
    """Return one event of every kind but the first."""
    entry = artifact("plots/a.png", "bytes")
    return [
        KeyDefined(1, "loss"),
        KeyDefined(2, "acc"),
        ParamLogged("lr", 0.1),
        TagSet("team", "red"),
        SeriesLogged(2, struct.pack("<2q", 5, 6), struct.pack("<2q", START, START), struct.pack("<2d", 0.5, 0.6)),
        ArtifactLogged(entry.path, entry.digest, entry.size_bytes, entry.created_ms),
        InputLogged(dataset()),
        ConsoleWritten("stdout", START, "hello\n"),
        ConsoleWritten("stderr", START + 1, "ünwell\n"),
        StatusChanged("FINISHED", START + 9, "done"),
    ]


class IngestSuite:
    """Slices of journals, each taken exactly once."""

    def test_a_whole_journal_makes_a_whole_run(self, store: Store) -> None:
        run = new_run(tags={"given": "at start"})
        journal = Journal(run, _events(), [Point(1, 0, START, 3.0), Point(1, 1, START + 1, 2.0)])

        accepted = store.ingest([journal.whole()])

        assert accepted == [Accepted(events_to=len(journal.events), points_to=64)]
        found = store.get_run(run.run_id)
        assert (found.info.status, found.info.end_time, found.info.status_reason) == (
            "FINISHED",
            START + 9,
            "done",
        )
        assert found.params == {"lr": 0.1}
        assert found.tags == {"given": "at start", "team": "red", "mlflow.runName": run.run_name}
        assert {key: (summary.last, summary.count) for key, summary in found.metrics.items()} == {
            "loss": (2.0, 2),
            "acc": (0.6, 2),
        }
        assert found.inputs.dataset_inputs == (dataset(),)
        assert store.iter_artifacts(run.run_id) == [artifact("plots/a.png", "bytes")]
        assert [(piece.stream, piece.timestamp_ms, piece.text) for _, piece in store.read_console(run.run_id)] == [
            ("stdout", START, "hello\n"),
            ("stderr", START + 1, "ünwell\n"),
        ]

    def test_a_slice_again_adds_nothing(self, store: Store) -> None:
        run = new_run()
        journal = Journal(run, _events(), [Point(1, 0, START, 3.0), Point(1, 0, START, 3.0)])
        first = store.ingest([journal.whole()])
        before = store.get_run(run.run_id)

        again = store.ingest([journal.whole(), journal.whole()])

        assert again == first * 2
        assert store.get_run(run.run_id) == before
        assert len(store.read_console(run.run_id)) == 2
        assert before.metrics["loss"].count == 2

    @pytest.mark.parametrize("seed", range(4))
    def test_any_cuts_and_repeats_give_the_same_run(self, store: Store, seed: int) -> None:
        chance = random.Random(seed)
        run = new_run()
        events = [event for event in _events() if not isinstance(event, StatusChanged)]
        events += [ParamLogged(f"p{number}", number) for number in range(20)]
        events += [ConsoleWritten("stdout", START, f"line {number}\n") for number in range(20)]
        points = [Point(1 + number % 2, number, START + number, float(number)) for number in range(200)]
        journal = Journal(run, events, points)
        edges = [0]
        for frame in journal.frames:
            edges.append(edges[-1] + len(frame))
        # The keys are named in the third frame; a writer never sends points before the name of their key.
        events_to, points_to = edges[3], 0
        store.ingest([journal.part(0, events_to, 0, 0)])

        while events_to < edges[-1] or points_to < len(journal.points):
            events_from = chance.choice([edge for edge in edges if edge <= events_to])
            points_from = chance.randrange(points_to // 32 + 1) * 32
            events_end = chance.choice([edge for edge in edges if edge >= events_from])
            points_end = min(len(journal.points), points_from + chance.randrange(60) * 32)
            [accepted] = store.ingest([journal.part(events_from, events_end, points_from, points_end)])
            events_to, points_to = max(events_to, events_end), max(points_to, points_end)
            assert accepted == Accepted(events_to=events_to, points_to=points_to)

        found = store.get_run(run.run_id)
        assert len(found.params) == 21
        assert {key: summary.count for key, summary in found.metrics.items()} == {"loss": 100, "acc": 102}
        lines = [piece.text for _, piece in store.read_console(run.run_id)]
        assert lines == ["hello\n", "ünwell\n", *(f"line {number}\n" for number in range(20))]

    def test_a_gap_is_refused_and_nothing_is_taken(self, store: Store) -> None:
        run = new_run()
        journal = Journal(run, [KeyDefined(1, "m"), TagSet("late", "1")], [Point(1, s, START, 1.0) for s in range(3)])
        first = len(journal.frames[0])
        store.ingest([journal.part(0, first, 0, 0)])

        with pytest.raises(InvalidArgument, match="gap"):
            store.ingest([journal.part(first + len(journal.frames[1]), len(journal.events), 0, 0)])
        with pytest.raises(InvalidArgument, match="gap"):
            store.ingest([journal.part(first, first + len(journal.frames[1]), 32, 64)])

        found = store.get_run(run.run_id)
        assert "late" not in found.tags
        assert found.metrics == {}

    def test_an_empty_slice_asks_how_far_the_store_is(self, store: Store) -> None:
        journal = Journal(new_run(), [KeyDefined(1, "m")], [Point(1, 0, START, 1.0)])
        store.ingest([journal.whole()])

        asked = store.ingest([Slice(run_id=journal.run_id, writer_id=journal.writer_id)])

        assert asked == [Accepted(events_to=len(journal.events), points_to=32)]

    def test_a_run_nobody_started_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.ingest([Slice(run_id=new_run_id(), writer_id="w")])

    def test_a_journal_may_write_to_a_run_that_exists(self, store: Store) -> None:
        run_id = make_run(store)
        store.log_batch(run_id, params={"before": 1})
        journal = Journal(new_run(run_id, name="other name"), [ParamLogged("after", 2)])

        store.ingest([journal.whole()])

        found = store.get_run(run_id)
        assert found.params == {"before": 1, "after": 2}
        assert found.info.run_name == "bright-quartz-1"

    def test_slices_of_several_runs_and_writers_go_together(self, store: Store) -> None:
        one, two = new_run(), new_run()
        journals = [
            Journal(run, [KeyDefined(1, "m"), TagSet(f"w{number}", "x")], [Point(1, number, START, 1.0)])
            for number, run in enumerate((one, two, one))
        ]

        accepted = store.ingest([journal.whole() for journal in journals])

        assert [part.points_to for part in accepted] == [32, 32, 32]
        assert store.get_run(one.run_id).metrics["m"].count == 2
        assert {"w0", "w2"} <= store.get_run(one.run_id).tags.keys()
        assert store.get_run(two.run_id).metrics["m"].count == 1

    def test_a_metric_may_have_another_number_in_each_journal(self, store: Store) -> None:
        run = new_run()
        store.ingest([Journal(run, [KeyDefined(1, "a"), KeyDefined(2, "b")], [Point(1, 0, START, 1.0)]).whole()])
        store.ingest([Journal(run, [KeyDefined(1, "b"), KeyDefined(2, "a")], [Point(1, 0, START, 9.0)]).whole()])

        metrics = store.get_run(run.run_id).metrics
        assert (metrics["a"].last, metrics["b"].last) == (1.0, 9.0)

    def test_a_param_with_another_value_is_a_conflict_and_the_rest_is_taken(self, store: Store) -> None:
        run = new_run()
        store.ingest([Journal(run, [ParamLogged("lr", 0.1)]).whole()])
        journal = Journal(run, [ParamLogged("lr", 0.2), ParamLogged("new", 1), ParamLogged("new", 2), TagSet("t", "1")])

        [accepted] = store.ingest([journal.whole()])

        assert accepted.events_to == len(journal.events)
        assert len(accepted.conflicts) == 2
        found = store.get_run(run.run_id)
        assert found.params == {"lr": 0.1, "new": 1}
        assert found.tags["t"] == "1"

    @pytest.mark.parametrize(
        "event",
        [
            ParamLogged("bad//key", 1),
            TagSet("../key", "v"),
            TagSet("nul", "\0"),
            ArtifactLogged("../up", "sha256:" + "0" * 64, 1, START),
            ArtifactLogged("fine", "no digest", 1, START),
            ArtifactLogged("taken/x", "sha256:" + "0" * 64, 1, START),
            InputLogged(DatasetInput(dataset=DatasetRecord(name="", digest="d"))),
            InputLogged(DatasetInput(dataset=DatasetRecord(name="nul\0", digest="d"))),
            SeriesLogged(1, b"\0" * 8, b"\0" * 8, b"\0" * 16),
            SeriesLogged(9, b"\0" * 8, b"\0" * 8, b"\0" * 8),
        ],
        ids=["param", "tag", "nul", "path", "digest", "folder", "no name", "nul name", "columns", "key"],
    )
    def test_what_breaks_a_rule_is_a_conflict_and_holds_nothing_up(self, store: Store, event: Event) -> None:
        entry = artifact("taken")
        taken = ArtifactLogged(entry.path, entry.digest, entry.size_bytes, entry.created_ms)
        run = new_run()
        store.ingest([Journal(run, [taken]).whole()])
        other = artifact("other")
        journal = Journal(
            run,
            [
                KeyDefined(1, "m"),
                event,
                TagSet("t", "1"),
                ArtifactLogged(other.path, other.digest, other.size_bytes, other.created_ms),
                InputLogged(dataset()),
            ],
            [Point(1, 0, START, 1.0)],
        )

        [accepted] = store.ingest([journal.whole()])

        assert len(accepted.conflicts) == 1
        assert accepted.events_to == len(journal.events)
        found = store.get_run(run.run_id)
        assert found.tags["t"] == "1"
        assert found.metrics["m"].count == 1
        assert found.inputs.dataset_inputs == (dataset(),)
        assert [entry.path for entry in store.iter_artifacts(run.run_id)] == ["other", "taken"]

    def test_points_of_an_unnamed_key_are_a_conflict(self, store: Store) -> None:
        journal = Journal(new_run(), [KeyDefined(1, "m")], [Point(1, 0, START, 1.0), Point(7, 0, START, 1.0)])

        [accepted] = store.ingest([journal.whole()])

        assert len(accepted.conflicts) == 1
        assert store.get_run(journal.run_id).metrics.keys() == {"m"}

    @pytest.mark.parametrize("at", [0, 3, 9, 20])
    def test_damaged_events_are_refused(self, store: Store, at: int) -> None:
        journal = Journal(new_run(), [TagSet("t", "1")])
        damaged = bytearray(journal.events)
        damaged[at] ^= 0xFF

        with pytest.raises(InvalidArgument):
            store.ingest([Slice(run_id=journal.run_id, writer_id=journal.writer_id, events=bytes(damaged))])
        with pytest.raises(NotFound):
            store.get_run(journal.run_id)

    @pytest.mark.parametrize(
        "payload",
        [
            b"\x93\xa3key\x00\xff",
            b"\x92\xa4novel\x01",
            b"\xc1",
            b"\x91" * 5000,
            b"\x92\xa3tag\xc4\x01\xff",
            b"\x00" * 9,
        ],
    )
    def test_what_is_no_event_is_refused_and_nothing_of_its_slice_taken(self, store: Store, payload: bytes) -> None:
        journal = Journal(new_run(), [TagSet("t", "1")])
        events = journal.events + encode_frame(payload)

        with pytest.raises(InvalidArgument) as caught:
            store.ingest([Slice(run_id=journal.run_id, writer_id=journal.writer_id, events=events)])

        assert caught.value.position == len(journal.events)
        with pytest.raises(NotFound):
            store.get_run(journal.run_id)

    def test_a_torn_slice_is_refused(self, store: Store) -> None:
        journal = Journal(new_run(), [KeyDefined(1, "m")], [Point(1, 0, START, 1.0)])

        with pytest.raises(InvalidArgument):
            store.ingest([journal.part(0, len(journal.events) - 1, 0, 0)])
        with pytest.raises(InvalidArgument):
            store.ingest([journal.part(0, len(journal.events), 0, 31)])

    def test_a_tag_is_set_and_deleted_in_order(self, store: Store) -> None:
        run = new_run(tags={"a": "0", "b": "0"})
        journal = Journal(
            run,
            [TagSet("a", "1"), TagSet("a", None), TagSet("b", None), TagSet("b", "2"), TagSet("never", None)],
        )

        store.ingest([journal.whole()])

        assert store.get_run(run.run_id).tags == {"b": "2", "mlflow.runName": run.run_name}

    def test_console_is_read_from_where_one_was(self, store: Store) -> None:
        events: list[Event] = [ConsoleWritten("stdout", START, f"{number}\n") for number in range(10)]
        journal = Journal(new_run(), [*events, ConsoleWritten("stderr", START, "nul \0 and 😀\n")])
        store.ingest([journal.whole()])

        first = store.read_console(journal.run_id, max_pieces=4)
        rest = store.read_console(journal.run_id, after=first[-1][0])

        assert [piece.text for _, piece in [*first, *rest]][:10] == [f"{number}\n" for number in range(10)]
        assert "😀" in rest[-1][1].text
        assert store.read_console(journal.run_id, after=rest[-1][0]) == []
        with pytest.raises(NotFound):
            store.read_console(new_run_id())

    def test_threads_sending_the_same_slices_add_them_once(self, store: Store) -> None:
        run = new_run(experiment_id=None, experiment_name="made by all")
        journals = [
            Journal(
                run,
                [KeyDefined(1, "m"), ParamLogged(f"p{number}", 1), ConsoleWritten("stdout", START, "x")],
                [Point(1, step, START, float(number)) for step in range(50)],
            )
            for number in range(3)
        ]
        failures: list[BaseException] = []

        def send(journal: Journal) -> None:
            try:
                for _ in range(3):
                    store.ingest([journal.whole()])
            except BaseException as error:  # noqa: BLE001  # handed to the main thread
                failures.append(error)

        threads = [threading.Thread(target=send, args=(journal,)) for journal in [*journals, *journals]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        found = store.get_run(run.run_id)
        assert found.metrics["m"].count == 150
        assert found.params == {"p0": 1, "p1": 1, "p2": 1}
        assert len(store.read_console(run.run_id)) == 3


class LostRunSuite:
    """Runs whose process died without a word."""

    def test_a_silent_run_is_closed_and_a_beat_brings_it_back(self, store: Store) -> None:
        journal = Journal(new_run())
        store.ingest([journal.whole(beat_ms=START)])

        assert store.close_lost_runs(now_ms=START + 1000, silence_ms=1000) == []
        assert store.close_lost_runs(now_ms=START + 1001, silence_ms=1000) == [journal.run_id]
        info = store.get_run(journal.run_id).info
        assert (info.status, info.end_time) == ("FAILED", START)
        assert info.status_reason
        assert store.close_lost_runs(now_ms=START + 9999, silence_ms=1000) == []

        store.ingest([Slice(run_id=journal.run_id, writer_id=journal.writer_id, beat_ms=START + 2000)])

        info = store.get_run(journal.run_id).info
        assert (info.status, info.end_time, info.status_reason) == ("RUNNING", None, None)

    def test_a_lost_run_ended_when_it_was_last_heard_of(self, store: Store) -> None:
        points = [Point(1, 0, START + 40, 1.0), Point(2, 0, START + 10**9, 1.0)]
        journal = Journal(new_run(), [KeyDefined(1, "loss"), KeyDefined(2, "clock goes ahead")], points)
        store.ingest([journal.whole(beat_ms=START)])

        store.close_lost_runs(now_ms=START + 5000, silence_ms=1000)

        assert store.get_run(journal.run_id).info.end_time == START + 40

    def test_a_run_lives_as_long_as_one_of_its_writers(self, store: Store) -> None:
        run = new_run()
        quiet, lively = Journal(run), Journal(run)
        store.ingest([quiet.whole(beat_ms=START), lively.whole(beat_ms=START + 5000)])

        assert store.close_lost_runs(now_ms=START + 5500, silence_ms=1000) == []
        assert store.close_lost_runs(now_ms=START + 5500, silence_ms=1000, dead_writers=[lively.writer_id]) == [
            run.run_id
        ]

    def test_a_dead_writer_is_not_waited_for(self, store: Store) -> None:
        journal = Journal(new_run())
        store.ingest([journal.whole(beat_ms=START)])

        closed = store.close_lost_runs(now_ms=START, silence_ms=60_000, dead_writers=[journal.writer_id])

        assert closed == [journal.run_id]

    def test_runs_that_ended_were_let_go_or_have_no_writer_are_left_alone(self, store: Store) -> None:
        ended = Journal(new_run(), [StatusChanged("FAILED", START, "its own reason")])
        let_go = Journal(new_run())
        store.ingest([ended.whole(beat_ms=START), let_go.whole(beat_ms=0)])
        without = make_run(store)

        assert store.close_lost_runs(now_ms=START + 10**9, silence_ms=1) == []

        assert store.get_run(without).info.status == "RUNNING"
        assert store.get_run(let_go.run_id).info.status == "RUNNING"
        assert store.get_run(ended.run_id).info.status_reason == "its own reason"

    def test_a_beat_does_not_bring_back_a_run_that_failed_by_itself(self, store: Store) -> None:
        journal = Journal(new_run(), [StatusChanged("FAILED", START, "ValueError: bad")])
        store.ingest([journal.whole(beat_ms=START)])

        store.ingest([Slice(run_id=journal.run_id, writer_id=journal.writer_id, beat_ms=START + 1)])

        assert store.get_run(journal.run_id).info.status == "FAILED"

    def test_a_heartbeat_of_a_writer_is_an_event_of_its_run_only(self, store: Store) -> None:
        one, two = Journal(new_run()), Journal(new_run())
        store.ingest([one.whole(beat_ms=START), two.whole(beat_ms=START)])
        store.ingest([Slice(run_id=one.run_id, writer_id=one.writer_id, beat_ms=START + 5000)])

        assert store.close_lost_runs(now_ms=START + 5000, silence_ms=1000) == [two.run_id]
