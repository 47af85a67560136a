"""What a store's logged models must do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import msgspec
import pytest

from runstone.core.clock import now_ms
from runstone.core.entities import LoggedModel, Metric, ModelRegistration, ViewType
from runstone.core.errors import AlreadyExists, ImmutableParam, InvalidArgument, InvalidState, NotFound
from runstone.core.page import iter_pages
from runstone.store.protocol import Store
from runstone.store.protocol.models import LoggedModelOrder
from runstone.testing.store.samples import START, make_run

_ABSENT = "m-" + "0" * 32


def _log(store: Store, run_id: str, *metrics: Metric) -> None:
    store.log_batch(run_id, metrics=metrics)


def _point(
    model: LoggedModel,
    value: float,
    *,
    key: str = "acc",
    step: int = 0,
    timestamp: int = START,
    dataset: tuple[str, str] | None = None,
) -> Metric:
    name, digest = dataset or (None, None)
    return Metric(
        key=key,
        value=value,
        timestamp=timestamp,
        step=step,
        model_id=model.model_id,
        dataset_name=name,
        dataset_digest=digest,
    )


class LoggedModelSuite:
    """Logged models: life, params, tags, metrics, search."""

    def test_a_model_is_kept_as_it_was_made(self, store: Store) -> None:
        before = now_ms()

        made = store.create_logged_model(
            "0",
            name="net",
            model_type="sklearn",
            source_run_id="abc",
            params={"lr": "0.1"},
            tags={"team": "a"},
        )

        assert re.fullmatch("m-[0-9a-f]{32}", made.model_id)
        assert made == LoggedModel(
            model_id=made.model_id,
            experiment_id="0",
            name="net",
            artifact_location=f"runstone-artifacts:/0/models/{made.model_id}/artifacts",
            creation_timestamp=made.creation_timestamp,
            last_updated_timestamp=made.creation_timestamp,
            model_type="sklearn",
            source_run_id="abc",
            status="PENDING",
            params={"lr": "0.1"},
            tags={"team": "a"},
        )
        assert before <= made.creation_timestamp <= now_ms()
        assert store.get_logged_model(made.model_id) == made

    def test_what_was_made_elsewhere_keeps_its_time(self, store: Store) -> None:
        made = store.create_logged_model("0", name="old", creation_time=1_500_000_000_000)

        assert store.get_logged_model(made.model_id).creation_timestamp == 1_500_000_000_000

    def test_a_model_without_a_name_gets_one(self, store: Store) -> None:
        assert re.fullmatch("[a-z]+-[a-z]+-[0-9]+", store.create_logged_model("0").name)

    def test_a_given_id_is_kept_and_taken_once(self, store: Store) -> None:
        store.create_logged_model("0", name="net", model_id=_ABSENT)

        with pytest.raises(AlreadyExists):
            store.create_logged_model("0", name="other", model_id=_ABSENT, tags={"a": "1"})

        assert (store.get_logged_model(_ABSENT).name, store.get_logged_model(_ABSENT).tags) == ("net", {})

    def test_files_go_below_the_experiments_place(self, store: Store) -> None:
        experiment = store.create_experiment("s3", artifact_location="s3://bucket/there/")

        made = store.create_logged_model(experiment.experiment_id)

        assert made.artifact_location == f"s3://bucket/there/models/{made.model_id}/artifacts"

    @pytest.mark.parametrize("name", ["", "a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "nul\0", "half \ud800"])
    def test_a_name_that_breaks_the_rule_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_logged_model("0", name=name)

    @pytest.mark.parametrize("model_id", ["", "abc", "m-", "m-XYZ", "m-" + "0" * 31, "m-../" + "0" * 29])
    def test_an_id_that_breaks_the_rule_is_refused(self, store: Store, model_id: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_logged_model("0", model_id=model_id)

    def test_the_experiment_must_be_there_and_active(self, store: Store) -> None:
        deleted = store.create_experiment("gone").experiment_id
        store.delete_experiment(deleted)

        with pytest.raises(NotFound):
            store.create_logged_model("12345")
        with pytest.raises(InvalidState):
            store.create_logged_model(deleted)
        with pytest.raises(InvalidArgument):
            store.create_logged_model("zero")

    def test_what_does_not_exist_is_not_found(self, store: Store) -> None:
        for call in (
            lambda: store.get_logged_model(_ABSENT),
            lambda: store.get_logged_model(_ABSENT, allow_deleted=True),
            lambda: store.finalize_logged_model(_ABSENT, "READY"),
            lambda: store.delete_logged_model(_ABSENT),
            lambda: store.log_logged_model_params(_ABSENT, {"a": "1"}),
            lambda: store.set_logged_model_tags(_ABSENT, {"a": "1"}),
            lambda: store.delete_logged_model_tag(_ABSENT, "a"),
        ):
            with pytest.raises(NotFound):
                call()

    def test_a_model_becomes_ready_or_failed(self, store: Store) -> None:
        made = store.create_logged_model("0")

        ready = store.finalize_logged_model(made.model_id, "READY")

        assert ready.status == "READY"
        assert ready.last_updated_timestamp >= made.last_updated_timestamp
        assert store.finalize_logged_model(made.model_id, "FAILED").status == "FAILED"
        with pytest.raises(InvalidArgument):
            store.finalize_logged_model(made.model_id, "DONE")  # type: ignore[arg-type]  # that is the point

    def test_a_deleted_model_is_seen_only_on_demand(self, store: Store) -> None:
        made = store.create_logged_model("0")

        store.delete_logged_model(made.model_id)

        assert store.get_logged_model(made.model_id, allow_deleted=True).lifecycle_stage == "deleted"
        assert store.search_logged_models(["0"]) == []
        for call in (
            lambda: store.get_logged_model(made.model_id),
            lambda: store.delete_logged_model(made.model_id),
            lambda: store.finalize_logged_model(made.model_id, "READY"),
            lambda: store.set_logged_model_tags(made.model_id, {"a": "1"}),
            lambda: store.log_logged_model_params(made.model_id, {"a": "1"}),
        ):
            with pytest.raises(NotFound):
                call()

    def test_a_param_keeps_its_first_value(self, store: Store) -> None:
        model_id = store.create_logged_model("0", params={"lr": "0.1"}).model_id
        store.log_logged_model_params(model_id, {"lr": "0.1", "depth": "3"})

        with pytest.raises(ImmutableParam, match="Changing param values is not allowed"):
            store.log_logged_model_params(model_id, {"new": "1", "lr": "0.2"})

        assert store.get_logged_model(model_id).params == {"lr": "0.1", "depth": "3"}

    def test_tags_are_set_overwritten_and_removed(self, store: Store) -> None:
        model_id = store.create_logged_model("0", tags={"a": "1"}).model_id
        store.set_logged_model_tags(model_id, {"a": "2", "b": "3"})

        store.delete_logged_model_tag(model_id, "b")

        assert store.get_logged_model(model_id).tags == {"a": "2"}
        with pytest.raises(NotFound):
            store.delete_logged_model_tag(model_id, "b")
        with pytest.raises(InvalidArgument):
            store.set_logged_model_tags(model_id, {"../up": "1"})

    def test_registrations_are_the_versions_made_of_it(self, store: Store) -> None:
        model = store.create_logged_model("0")
        store.create_registered_model("net")
        for source in (f"models:/{model.model_id}", "s3://elsewhere", "models:/net/1"):
            store.create_model_version("net", source)
        store.create_model_version("net", "s3://there", model_id=model.model_id)
        store.delete_model_version("net", "4")

        assert store.get_logged_model(model.model_id).registrations == (
            ModelRegistration("net", "1"),
            ModelRegistration("net", "3"),
        )

    def test_metrics_of_a_run_may_describe_a_model(self, store: Store) -> None:
        run_id = make_run(store)
        model = store.create_logged_model("0")
        points = (
            _point(model, 0.5, step=1, dataset=("digits", "d1")),
            _point(model, math.inf, step=2),
            Metric(key="acc", value=0.1, timestamp=START, step=3),
        )

        _log(store, run_id, *points)
        _log(store, run_id, *points)

        assert store.get_logged_model(model.model_id).metrics == (
            Metric("acc", 0.5, START, 1, model.model_id, "digits", "d1", run_id),
            Metric("acc", math.inf, START, 2, model.model_id, None, None, run_id),
        )

    def test_one_moment_has_a_point_on_each_dataset(self, store: Store) -> None:
        model = store.create_logged_model("0")
        run_id = make_run(store)
        datasets = (None, ("test", "t1"), ("test", "t2"), ("train", "t1"))
        points = [_point(model, number / 10, dataset=dataset) for number, dataset in enumerate(datasets)]

        _log(store, run_id, *points)
        _log(store, run_id, *points)

        found = store.get_logged_model(model.model_id).metrics
        assert found == tuple(msgspec.structs.replace(point, run_id=run_id) for point in points)

    def test_a_search_shows_deleted_models_when_asked(self, store: Store) -> None:
        here, gone = store.create_logged_model("0"), store.create_logged_model("0")
        store.delete_logged_model(gone.model_id)

        def found(view: ViewType) -> set[str]:
            return {model.model_id for model in store.search_logged_models(["0"], view=view)}

        assert found(ViewType.ACTIVE_ONLY) == {here.model_id}
        assert found(ViewType.DELETED_ONLY) == {gone.model_id}
        assert found(ViewType.ALL) == {here.model_id, gone.model_id}

    def test_a_metric_that_is_nan_stays_nan(self, store: Store) -> None:
        model = store.create_logged_model("0")

        _log(store, make_run(store), _point(model, math.nan))

        (metric,) = store.get_logged_model(model.model_id).metrics
        assert math.isnan(metric.value)

    def test_metrics_of_a_model_that_is_not_there_are_refused(self, store: Store) -> None:
        run_id = make_run(store)
        model = store.create_logged_model("0")
        store.delete_logged_model(model.model_id)

        with pytest.raises(NotFound):
            _log(store, run_id, _point(model, 0.5))

        assert store.get_run(run_id).metrics == {}

    @pytest.mark.parametrize(
        ("filter", "names"),
        [
            ("", "abc"),
            ("name = 'a'", "a"),
            ("name != 'a'", "bc"),
            ("name ILIKE 'A%'", "a"),
            ("status = 'READY'", "b"),
            ("model_type = 'sklearn'", "ab"),
            ("model_type != 'sklearn'", ""),
            ("model_type IS NULL", "c"),
            ("source_run_id = 'r1'", "a"),
            ("creation_time > 0 AND last_updated_timestamp > '2001-01-01'", "abc"),
            ("tags.team = 'x' OR tags.team = 'y'", "ab"),
            ("tags.team != 'x'", "b"),
            ("NOT tags.team = 'x'", "bc"),
            ("params.lr < 0.05", "b"),
            ("params.lr = 0.1", "a"),
            ("params.lr = '0.1'", "a"),
            ("params.lr = '1e-2'", "b"),
            ("params.lr != 7", "ab"),
            ("params.lr > 0", "ab"),
            ("params.lr IS NOT NULL", "abc"),
            ("metrics.acc > 0.8", "a"),
            ("metrics.acc < 0.8", "ab"),
            ("metrics.acc IN (0.7)", "a"),
            ("metrics.acc != 0.5", "a"),
            ("metrics.acc IS NULL", "c"),
            ("NOT metrics.acc > 0.8", "bc"),
            ("metrics.loss != 1", "b"),
            ("metrics.loss < inf", ""),
        ],
    )
    def test_a_filter_finds_models(self, store: Store, filter: str, names: str) -> None:
        run_id = make_run(store)
        a = store.create_logged_model(
            "0", name="a", model_type="sklearn", source_run_id="r1", params={"lr": "0.1"}, tags={"team": "x"}
        )
        b = store.create_logged_model("0", name="b", model_type="sklearn", params={"lr": "1e-2"}, tags={"team": "y"})
        store.create_logged_model("0", name="c", params={"lr": "auto"})
        store.finalize_logged_model(b.model_id, "READY")
        _log(store, run_id, _point(a, 0.7, step=1), _point(a, 0.9, step=2), _point(b, 0.5))
        _log(store, run_id, _point(b, math.nan, key="loss"))

        found = store.search_logged_models(["0"], filter=filter)

        assert "".join(sorted(model.name for model in found)) == names

    @pytest.mark.parametrize(
        ("text", "number"),
        [("1", "1"), ("-1.5", "-1.5"), (".5", "0.5"), ("1e300", "1e300"), (" 2 ", "2"), ("inf", "inf")],
    )
    def test_params_are_compared_as_the_numbers_they_read_as(self, store: Store, text: str, number: str) -> None:
        made = store.create_logged_model("0", params={"x": text})

        (found,) = store.search_logged_models(["0"], filter=f"params.x >= {number} AND params.x <= {number}")

        assert found == made

    @pytest.mark.parametrize("text", ["", "1.2.3", "0x10", "1_000", "e5", "nan", "1e999", "-", "1 2", "9" * 500])
    def test_params_that_read_as_no_number_are_no_number(self, store: Store, text: str) -> None:
        store.create_logged_model("0", params={"x": text})

        assert store.search_logged_models(["0"], filter="params.x > -inf OR params.x <= 0") == []

    def test_datasets_narrow_the_conditions_on_metrics(self, store: Store) -> None:
        run_id = make_run(store)
        a, b = (store.create_logged_model("0", name=name) for name in "ab")
        store.create_logged_model("0", name="c")
        _log(
            store,
            run_id,
            _point(a, 0.9, step=1, dataset=("train", "t1")),
            _point(a, 0.2, step=2, dataset=("test", "t1")),
            _point(b, 0.9, step=3, dataset=("test", "t2")),
        )

        def search(filter: str, *datasets: tuple[str, str | None]) -> str:
            found = store.search_logged_models(["0"], filter=filter, datasets=datasets)
            return "".join(sorted(model.name for model in found))

        assert search("metrics.acc > 0.5") == "ab"
        assert search("metrics.acc > 0.5", ("test", None)) == "b"
        assert search("metrics.acc > 0.5", ("test", "t1")) == ""
        assert search("metrics.acc > 0.5", ("test", "t1"), ("train", "t1")) == "a"
        assert search("metrics.acc IS NULL", ("train", None)) == "bc"
        assert search("name != 'z'", ("test", None)) == "ab"

    def test_the_newest_models_come_first(self, store: Store) -> None:
        for name in "abcde":
            store.create_logged_model("0", name=name)

        found = list(iter_pages(lambda token: store.search_logged_models(["0"], max_results=2, page_token=token)))

        assert sorted(model.name for model in found) == list("abcde")
        times = [model.creation_timestamp for model in found]
        assert times == sorted(times, reverse=True)

    @pytest.mark.parametrize(
        ("orders", "names"),
        [
            ([LoggedModelOrder("name")], "abcd"),
            ([LoggedModelOrder("name", ascending=False)], "dcba"),
            ([LoggedModelOrder("metrics.acc")], "bacd"),
            ([LoggedModelOrder("metrics.acc", ascending=False)], "abcd"),
            ([LoggedModelOrder("metrics.acc", dataset_name="test")], "abcd"),
            ([LoggedModelOrder("metrics.acc", dataset_name="test", dataset_digest="t2")], "bacd"),
            ([LoggedModelOrder("params.lr")], "bacd"),
            ([LoggedModelOrder("params.lr", ascending=False)], "abcd"),
            ([LoggedModelOrder("tags.team")], "cabd"),
            ([LoggedModelOrder("model_type"), LoggedModelOrder("name", ascending=False)], "badc"),
            ([LoggedModelOrder("creation_time")], "abcd"),
        ],
    )
    def test_an_order_brings_models_in_order_page_by_page(
        self, store: Store, orders: list[LoggedModelOrder], names: str
    ) -> None:
        run_id = make_run(store)
        settings: dict[str, tuple[str | None, dict[str, str], dict[str, str]]] = {
            "a": ("sklearn", {"lr": "10"}, {"team": "y"}),
            "b": ("sklearn", {"lr": "9"}, {"team": "z"}),
            "c": (None, {"lr": "auto"}, {"team": "x"}),
            "d": (None, {}, {}),
        }
        models = {
            name: store.create_logged_model("0", name=name, model_type=kind, params=params, tags=tags)
            for name, (kind, params, tags) in settings.items()
        }
        _log(
            store,
            run_id,
            # The newest decides, whatever its step.
            _point(models["a"], 0.1, step=9, timestamp=START, dataset=("test", "t1")),
            _point(models["a"], 0.9, step=1, timestamp=START + 1),
            _point(models["b"], 0.5, dataset=("test", "t2")),
            _point(models["c"], math.nan),
        )
        tie_break = [LoggedModelOrder("name")]

        found = iter_pages(
            lambda token: store.search_logged_models(
                ["0"], order_by=[*orders, *tie_break], max_results=1, page_token=token
            )
        )

        assert "".join(model.name for model in found) == names

    def test_only_the_experiments_asked_for_are_searched(self, store: Store) -> None:
        other = store.create_experiment("other").experiment_id
        store.create_logged_model("0", name="a")
        store.create_logged_model(other, name="b")

        assert [model.name for model in store.search_logged_models([other])] == ["b"]
        assert len(store.search_logged_models(["0", other, "999"])) == 2
        assert store.search_logged_models([]) == []

    def test_a_question_that_cannot_be_read_is_refused(self, store: Store) -> None:
        store.create_logged_model("0")
        store.create_logged_model("0")
        token = store.search_logged_models(["0"], max_results=1).token

        calls: list[Callable[[], object]] = [
            lambda: store.search_logged_models(["zero"]),
            lambda: store.search_logged_models(["0"], filter="nonsense"),
            lambda: store.search_logged_models(["0"], filter="metrics.acc = 'x'"),
            lambda: store.search_logged_models(["0"], max_results=0),
            lambda: store.search_logged_models(["0"], order_by=[LoggedModelOrder("nonsense")]),
            lambda: store.search_logged_models(["0"], order_by=[LoggedModelOrder("name", dataset_name="d")]),
            lambda: store.search_logged_models(["0"], order_by=[LoggedModelOrder("metrics.a", dataset_digest="d")]),
            lambda: store.search_logged_models(["0"], datasets=[("", None)]),
            lambda: store.search_logged_models(["0"], filter="name = 'a'", page_token=token),
            lambda: store.search_logged_models(["0"], page_token="nonsense"),
        ]
        for call in calls:
            with pytest.raises(InvalidArgument):
                call()
