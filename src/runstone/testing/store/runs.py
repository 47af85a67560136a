"""What a store's runs must do."""

from __future__ import annotations

import math
import threading

import pytest

from runstone.core.entities import Metric, NewRun, ParamValue, RunInfo, Status
from runstone.core.errors import ImmutableParam, InvalidArgument, InvalidState, NotFound
from runstone.core.ids import new_run_id
from runstone.store.protocol import Store
from runstone.testing.store.samples import START, make_run, new_run


class RunSuite:
    """Single runs: their life, and what is set on them at once."""

    def test_a_new_run_has_what_it_was_made_with(self, store: Store) -> None:
        experiment = store.create_experiment("e", artifact_location="s3://bucket/there/")
        parent = make_run(store)
        new = new_run(experiment_id=experiment.experiment_id, parent_run_id=parent, tags={"a": "1"})

        run = store.create_run(new)

        assert run.info == RunInfo(
            run_id=new.run_id,
            run_name="bright-quartz-1",
            experiment_id=experiment.experiment_id,
            user_id="ada",
            status="RUNNING",
            start_time=START,
            artifact_uri=f"s3://bucket/there/{new.run_id}/artifacts",
            parent_run_id=parent,
        )
        assert run.tags == {"a": "1", "mlflow.runName": "bright-quartz-1", "mlflow.parentRunId": parent}
        assert (run.params, run.metrics) == ({}, {})
        assert store.get_run(new.run_id) == run

    def test_making_a_run_again_returns_it_unchanged(self, store: Store) -> None:
        first = store.create_run(new_run("abc", name="first", tags={"a": "1"}))

        again = store.create_run(new_run("abc", name="second", tags={"a": "2", "b": "3"}))

        assert again == first

    def test_of_many_threads_making_one_run_all_get_the_same(self, store: Store) -> None:
        new = new_run(experiment_id=None, experiment_name="made by all")
        made: list[str] = []
        barrier = threading.Barrier(5)

        def make() -> None:
            barrier.wait()
            made.append(store.create_run(new).info.experiment_id)

        threads = [threading.Thread(target=make) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        experiment = store.find_experiment("made by all")
        assert experiment is not None
        assert made == [experiment.experiment_id] * 5

    def test_an_experiment_is_made_by_name_where_absent(self, store: Store) -> None:
        run = store.create_run(new_run(experiment_id=None, experiment_name="team/new"))
        again = store.create_run(new_run(experiment_id=None, experiment_name="team/new"))

        assert store.get_experiment(run.info.experiment_id).name == "team/new"
        assert again.info.experiment_id == run.info.experiment_id

    def test_without_any_experiment_a_run_goes_to_the_default_one(self, store: Store) -> None:
        assert store.create_run(new_run(experiment_id=None)).info.experiment_id == "0"

    def test_a_run_needs_an_experiment_that_exists(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.create_run(new_run(experiment_id="77"))

    @pytest.mark.parametrize(
        "new",
        [
            new_run("../etc"),
            new_run("x" * 257),
            new_run(name="n" * 1001),
            new_run(name=""),
            new_run(start_time=-1),
            new_run(experiment_id="one"),
            new_run(tags={"a//b": "v"}),
            new_run(name="one", tags={"mlflow.runName": "two"}),
        ],
        ids=["id", "long id", "long name", "no name", "time", "experiment", "tag", "two names"],
    )
    def test_a_bad_run_is_refused(self, store: Store, new: NewRun) -> None:
        with pytest.raises(InvalidArgument):
            store.create_run(new)

    def test_no_run_by_that_id_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.get_run(new_run_id())
        with pytest.raises(NotFound):
            store.update_run(new_run_id(), status="FINISHED")
        with pytest.raises(NotFound):
            store.log_batch(new_run_id(), tags={"a": "b"})
        with pytest.raises(NotFound):
            store.delete_run(new_run_id())
        with pytest.raises(NotFound):
            store.restore_run(new_run_id())

    @pytest.mark.parametrize("run_id", ["", "' OR 1=1 --", "a/b", "-x", "x" * 257])
    def test_an_id_that_can_be_none_is_refused(self, store: Store, run_id: str) -> None:
        with pytest.raises(InvalidArgument):
            store.get_run(run_id)

    @pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
    def test_a_run_ends(self, store: Store, status: Status) -> None:
        run_id = make_run(store)

        info = store.update_run(run_id, status=status, end_time=START + 5, reason="why")

        assert (info.status, info.end_time, info.status_reason) == (status, START + 5, "why")
        assert store.get_run(run_id).info == info

    def test_an_ended_run_can_run_again(self, store: Store) -> None:
        run_id = make_run(store)
        store.update_run(run_id, status="FAILED", end_time=START + 5, reason="why")

        info = store.update_run(run_id, status="RUNNING")

        assert (info.status, info.end_time, info.status_reason) == ("RUNNING", None, None)

    def test_update_changes_only_what_is_given(self, store: Store) -> None:
        run_id = make_run(store)
        store.update_run(run_id, status="FINISHED", end_time=START + 5)

        renamed = store.update_run(run_id, name="better")
        assert (renamed.run_name, renamed.status, renamed.end_time) == ("better", "FINISHED", START + 5)
        killed = store.update_run(run_id, status="KILLED")
        assert (killed.status, killed.end_time) == ("KILLED", START + 5)

    def test_name_and_name_tag_are_one(self, store: Store) -> None:
        run_id = make_run(store)

        store.update_run(run_id, name="by update")
        assert store.get_run(run_id).tags["mlflow.runName"] == "by update"
        store.log_batch(run_id, tags={"mlflow.runName": "by tag"})
        assert store.get_run(run_id).info.run_name == "by tag"

    def test_a_bad_update_is_refused(self, store: Store) -> None:
        run_id = make_run(store)

        with pytest.raises(InvalidArgument):
            store.update_run(run_id, status="DONE")  # type: ignore[arg-type]  # what is tested
        with pytest.raises(InvalidArgument):
            store.update_run(run_id, name="")
        with pytest.raises(InvalidArgument):
            store.update_run(run_id, end_time=-1)

    def test_delete_and_restore_can_be_repeated(self, store: Store) -> None:
        run_id = make_run(store)

        for _ in range(2):
            store.delete_run(run_id)
            assert store.get_run(run_id).info.lifecycle_stage == "deleted"
        for _ in range(2):
            store.restore_run(run_id)
            assert store.get_run(run_id).info.lifecycle_stage == "active"

    def test_a_deleted_run_is_not_changed(self, store: Store) -> None:
        run_id = make_run(store)
        store.log_batch(run_id, tags={"a": "1"})
        store.delete_run(run_id)
        before = store.get_run(run_id)

        with pytest.raises(InvalidState):
            store.update_run(run_id, name="x")
        with pytest.raises(InvalidState):
            store.log_batch(run_id, params={"p": 1})
        with pytest.raises(InvalidState):
            store.delete_tag(run_id, "a")

        assert store.get_run(run_id) == before

    def test_params_keep_their_types(self, store: Store) -> None:
        run_id = make_run(store)
        params: dict[str, ParamValue] = {
            "int": 7,
            "big": 2**63 - 1,
            "float": 1e-300,
            "inf": math.inf,
            "bool": True,
            "text": "1.0",
            "empty": "",
            "none": None,
            "list": [1, "a", None, [2.5]],
            "a/b.c-d e:f_ü": "key",
        }

        store.log_batch(run_id, params=params)

        found = store.get_run(run_id)
        assert found.params == params
        assert {key: type(value) for key, value in found.params.items()} == {k: type(v) for k, v in params.items()}
        assert found.data.params["big"] == str(2**63 - 1)

    def test_a_long_param_is_cut(self, store: Store) -> None:
        run_id = make_run(store)

        store.log_batch(run_id, params={"p": "ü" * 6001})

        assert store.get_run(run_id).params == {"p": "ü" * 6000}

    def test_a_param_again_needs_the_same_value(self, store: Store) -> None:
        run_id = make_run(store)
        store.log_batch(run_id, params={"lr": 0.1})

        store.log_batch(run_id, params={"lr": 0.1})
        store.log_batch(run_id, params={"lr": "0.1"})
        with pytest.raises(ImmutableParam, match=r"lr.*0\.1.*0\.2"):
            store.log_batch(run_id, params={"new": 1, "lr": 0.2}, tags={"t": "1"}, metrics=[Metric("m", 1.0)])

        run = store.get_run(run_id)
        assert run.params == {"lr": 0.1}
        assert "t" not in run.tags
        assert run.metrics == {}

    def test_tags_are_set_overwritten_cut_and_deleted(self, store: Store) -> None:
        run_id = make_run(store)

        store.log_batch(run_id, tags={"a": "1", "b": "2", "long": "x" * 8001})
        store.log_batch(run_id, tags={"b": "3"})
        store.delete_tag(run_id, "a")

        tags = store.get_run(run_id).tags
        assert tags == {"b": "3", "long": "x" * 8000, "mlflow.runName": "bright-quartz-1"}

    def test_deleting_an_absent_tag_is_not_found(self, store: Store) -> None:
        run_id = make_run(store)

        with pytest.raises(NotFound):
            store.delete_tag(run_id, "absent")
        with pytest.raises(NotFound):
            store.delete_tag(new_run_id(), "absent")

    def test_a_batch_over_the_limits_is_refused_and_nothing_is_written(self, store: Store) -> None:
        run_id = make_run(store)
        before = store.get_run(run_id)
        points = [Metric("m", 1.0, START + step, step) for step in range(1001)]
        params = {f"p{number}": number for number in range(101)}
        tags = {f"t{number}": "x" for number in range(101)}

        with pytest.raises(InvalidArgument, match=r"at most 1000 metrics\. Got 1001"):
            store.log_batch(run_id, metrics=points)
        with pytest.raises(InvalidArgument, match=r"at most 100 params\. Got 101"):
            store.log_batch(run_id, params=params)
        with pytest.raises(InvalidArgument, match=r"at most 100 tags\. Got 101"):
            store.log_batch(run_id, tags=tags)
        with pytest.raises(InvalidArgument, match=r"at most 1000 metrics, params and tags\. Got 1001"):
            store.log_batch(run_id, metrics=points[:1000], params={"p": 1})
        assert store.get_run(run_id) == before

        store.log_batch(run_id, metrics=points[:1000])
        assert store.get_run(run_id).metrics["m"].count == 1000

    @pytest.mark.parametrize(
        "key", ["", "a//b", "/a", "a/", "../a", "a/../b", ".", "a;b", "k" * 251, "nul\0", "\ud800"]
    )
    def test_a_bad_key_is_refused_and_nothing_is_written(self, store: Store, key: str) -> None:
        run_id = make_run(store)
        before = store.get_run(run_id)

        with pytest.raises(InvalidArgument):
            store.log_batch(run_id, params={"fine": 1, key: 1})
        with pytest.raises(InvalidArgument):
            store.log_batch(run_id, tags={"fine": "1", key: "1"})
        with pytest.raises(InvalidArgument):
            store.log_batch(run_id, metrics=[Metric("fine", 1.0), Metric(key, 1.0)])

        assert store.get_run(run_id) == before

    @pytest.mark.parametrize(
        "metric",
        [
            Metric("m", "1.0"),  # type: ignore[arg-type]  # what is tested
            Metric("m", True),
            Metric("m", 1.0, timestamp=-1),
            Metric("m", 1.0, step=2**63),
            Metric("m", 1.0, step=1.5),  # type: ignore[arg-type]  # what is tested
        ],
        ids=["text", "bool", "time", "huge step", "half step"],
    )
    def test_a_bad_point_is_refused(self, store: Store, metric: Metric) -> None:
        run_id = make_run(store)

        with pytest.raises(InvalidArgument):
            store.log_batch(run_id, metrics=[Metric("m", 1.0), metric])

        assert store.get_run(run_id).metrics == {}

    def test_a_metric_is_summarised(self, store: Store) -> None:
        run_id = make_run(store)
        store.log_batch(
            run_id,
            metrics=[
                Metric("loss", 3.0, START, 0),
                Metric("loss", math.nan, START + 1, 1),
                Metric("loss", -1.0, START + 2, 2),
            ],
        )
        store.log_batch(run_id, metrics=[Metric("loss", 4.0, START + 9, 1), Metric("acc", 0.5, START, 0)])

        run = store.get_run(run_id)

        loss = run.metrics["loss"]
        assert (loss.last, loss.last_step, loss.last_timestamp) == (-1.0, 2, START + 2)
        assert (loss.first, loss.first_step, loss.first_timestamp) == (3.0, 0, START)
        assert (loss.min, loss.max, loss.mean, loss.count, loss.nan_count) == (-1.0, 4.0, 2.0, 4, 1)
        assert run.data.metrics == {"loss": -1.0, "acc": 0.5}

    @pytest.mark.parametrize(
        ("points", "last"),
        [
            ([(1, 5, 1.0), (2, 4, 0.0)], 0.0),
            ([(1, 5, 1.0), (1, 6, 0.0), (1, 4, 9.0)], 0.0),
            ([(1, 5, 1.0), (1, 5, 2.0), (1, 5, 0.0)], 2.0),
            ([(-5, 5, 1.0), (-6, 9, 2.0)], 1.0),
        ],
    )
    def test_last_is_the_greatest_by_step_time_and_value(
        self, store: Store, points: list[tuple[int, int, float]], last: float
    ) -> None:
        together, apart = make_run(store), make_run(store)
        metrics = [Metric("m", value, timestamp, step) for step, timestamp, value in points]

        store.log_batch(together, metrics=metrics)
        for metric in metrics:
            store.log_batch(apart, metrics=[metric])

        assert store.get_run(together).metrics["m"].last == last
        assert store.get_run(apart).metrics == store.get_run(together).metrics

    def test_an_equal_point_again_is_dropped(self, store: Store) -> None:
        run_id = make_run(store)
        points = [Metric("m", value, START, 1) for value in (1.0, 1.0, 2.0, math.nan, math.nan, 0.0, -0.0)]

        store.log_batch(run_id, metrics=points)
        store.log_batch(run_id, metrics=points)

        assert len(store.get_metric_history(run_id, "m")) == store.get_run(run_id).metrics["m"].count
        assert store.get_run(run_id).metrics["m"].count in (4, 5)

    def test_values_that_are_no_ordinary_numbers_come_back(self, store: Store) -> None:
        run_id = make_run(store)

        store.log_batch(
            run_id,
            metrics=[
                Metric("inf", math.inf),
                Metric("-inf", -math.inf),
                Metric("nan", math.nan),
                Metric("tiny", 5e-324),
                Metric("zero", -0.0),
                Metric("int", 3),
            ],
        )

        found = store.get_run(run_id).data.metrics
        assert (found["inf"], found["-inf"], found["tiny"], found["int"]) == (
            math.inf,
            -math.inf,
            5e-324,
            3.0,
        )
        assert math.isnan(found["nan"])
        assert math.copysign(1.0, found["zero"]) == -1.0

    def test_an_empty_batch_is_no_error(self, store: Store) -> None:
        run_id = make_run(store)
        before = store.get_run(run_id)

        store.log_batch(run_id)

        assert store.get_run(run_id) == before

    def test_threads_logging_to_one_run_lose_nothing(self, store: Store) -> None:
        run_id = make_run(store)
        failures: list[BaseException] = []

        def log(thread: int) -> None:
            try:
                for step in range(10):
                    store.log_batch(
                        run_id,
                        metrics=[
                            Metric("shared", float(thread), START, step),
                            Metric(f"m{thread}", 1.0, START, step),
                        ],
                        params={f"p{thread}.{step}": step},
                        tags={f"t{thread}.{step}": "x"},
                    )
            except BaseException as error:  # noqa: BLE001  # handed to the main thread
                failures.append(error)

        threads = [threading.Thread(target=log, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        run = store.get_run(run_id)
        assert len(run.params) == 40
        assert len(run.tags) == 41
        assert {key: summary.count for key, summary in run.metrics.items()} == {
            "shared": 40,
            "m0": 10,
            "m1": 10,
            "m2": 10,
            "m3": 10,
        }
