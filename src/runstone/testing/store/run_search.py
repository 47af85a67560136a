"""What a store's search for runs must do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from runstone.core.entities import DatasetInput, Metric, ParamValue, Run, ViewType
from runstone.core.entities.params import param_number, param_text
from runstone.core.errors import InvalidArgument
from runstone.core.page import iter_pages
from runstone.store.protocol import Store
from runstone.store.search import RUNS, evaluate, parse_filter, run_lookup
from runstone.testing.store.samples import START, dataset, new_run

_SAMPLES: list[tuple[dict[str, ParamValue], dict[str, float], dict[str, str], list[DatasetInput]]] = [
    ({"lr": 0.1, "opt": "adam"}, {"loss": 0.5, "acc": 0.9}, {"team": "red"}, [dataset("digits", "d1")]),
    (
        {"lr": 0.01, "opt": "sgd"},
        {"loss": math.nan},
        {"team": "Blue"},
        [dataset("digits", "d2", context="eval")],
    ),
    ({"lr": "1e-3", "opt": "Adam"}, {"loss": math.inf, "acc": 0.1}, {"team": "blue", "n": "10"}, []),
    ({"lr": "auto"}, {"loss": -math.inf}, {"n": "9"}, [dataset("iris", "d1", context=None)]),
    ({"lr": 10, "opt": None}, {"acc": 0.9}, {"n": "nine"}, [dataset("iris", "d3"), dataset("digits", "d1")]),
    ({"opt": "100%", "flag": True}, {"loss": 0.5}, {}, []),
    ({}, {}, {"team": "x" * 300}, []),
    ({"opt": "x" * 300 + "y"}, {"loss": 2.0, "my metric/a": 1.0}, {"team": "x" * 300 + "z"}, []),
]

_FILTERS = [
    "",
    *(f"metrics.loss {op} 0.5" for op in ("=", "!=", "<", "<=", ">", ">=")),
    *(f"metrics.loss.{stat} > 0.1" for stat in ("last", "min", "max", "mean", "first", "count")),
    "metrics.loss.count = 2",
    "metrics.loss.min < 0 OR metrics.acc.mean >= 0.5",
    "metrics.loss IS NULL",
    "metrics.loss IS NOT NULL",
    "metrics.loss IN (0.5, 2)",
    "metrics.loss NOT IN (0.5, 2)",
    "metrics.loss BETWEEN 0.5 AND 2",
    "NOT metrics.loss = 0.5",
    "NOT metrics.loss <= inf",
    "metrics.`my metric/a` = 1",
    "metrics.absent = 1",
    "metrics.absent IS NULL",
    *(f"params.lr {op} 0.1" for op in ("=", "!=", "<", "<=", ">", ">=")),
    *(f"params.opt {op} 'adam'" for op in ("=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE")),
    "params.lr = '0.1'",
    "params.lr IN (0.01, 10)",
    "params.lr NOT IN (0.01, 10)",
    "params.lr IN ('auto', '10')",
    "params.lr BETWEEN 0.001 AND 0.05",
    "params.lr IS NULL",
    "params.opt IS NOT NULL",
    "params.opt LIKE '%a%'",
    "params.opt LIKE '_da_'",
    "params.opt LIKE '100%'",
    "params.opt ILIKE 'ADAM'",
    "params.opt =~ '^[aA]dam$'",
    "params.opt !~ 'a'",
    f"params.opt = '{'x' * 300}y'",
    f"params.opt LIKE '{'x' * 250}%'",
    "params.flag = true",
    "tags.team = 'blue'",
    "tags.team != 'blue'",
    "tags.team ILIKE 'BLUE'",
    f"tags.team = '{'x' * 300}'",
    f"tags.team IN ('{'x' * 300}z', 'red')",
    "tags.n > 9",
    "tags.n > '9'",
    "tags.n = 9 OR tags.n = 'nine'",
    "tags.n IS NULL AND tags.team IS NOT NULL",
    "tags.absent != 'x'",
    "datasets.name = 'digits'",
    "datasets.name != 'digits'",
    "datasets.name LIKE 'd%' AND dataset.digest = 'd2'",
    "datasets.digest IN ('d1', 'd3')",
    "datasets.context = 'train'",
    "datasets.context IS NULL",
    "NOT datasets.name = 'digits'",
    "status = 'RUNNING'",
    "attributes.status != 'RUNNING'",
    "status_reason IS NULL",
    "run_name LIKE 'run-%'",
    "run_name = 'run-3'",
    "`run name` IN ('run-1', 'run-5')",
    "user_id = 'ada'",
    f"start_time > {START + 2}",
    f"start_time BETWEEN {START + 1} AND {START + 3}",
    "start_time > '2001-01-01'",
    "end_time IS NULL",
    f"end_time >= {START}",
    "duration > 90",
    "experiment_id = '0'",
    "lifecycle_stage = 'active'",
    "parent_run_id IS NULL",
    "artifact_uri LIKE '%/artifacts'",
    "params.lr < 1 AND metrics.acc > 0.5",
    "params.lr < 1 OR metrics.acc > 0.5 AND tags.team = 'red'",
    "(params.lr < 1 OR metrics.acc > 0.5) AND NOT tags.team = 'red'",
    "NOT (params.lr < 1 OR NOT (metrics.acc > 0.5 AND tags.n IS NOT NULL))",
    "params.opt = ''' OR 1=1 --'",
    "params.opt = '%s ? $1 :x {}'",
]

_ORDERS: list[tuple[list[str], Callable[[Run], Any]]] = [
    ([], lambda _: ()),
    (["start_time ASC"], lambda run: (run.info.start_time,)),
    (["attributes.run_name DESC"], lambda run: (_down(run.info.run_name),)),
    (["run_id"], lambda run: (run.info.run_id,)),
    (["end_time"], lambda run: (run.info.end_time is None, run.info.end_time or 0)),
    (["end_time DESC"], lambda run: (run.info.end_time is None, -(run.info.end_time or 0))),
    (["metrics.loss"], lambda run: _metric(run, "loss", 1)),
    (["metrics.loss DESC"], lambda run: _metric(run, "loss", -1)),
    (
        ["metrics.acc DESC", "metrics.loss ASC"],
        lambda run: (*_metric(run, "acc", -1), *_metric(run, "loss", 1)),
    ),
    (["metrics.absent"], lambda _: ()),
    (["tags.team"], lambda run: ("team" not in run.tags, run.tags.get("team", ""))),
    (["tags.team DESC"], lambda run: ("team" not in run.tags, _down(run.tags.get("team", "")))),
    (["status", "start_time"], lambda run: (run.info.status, run.info.start_time)),
    (["metrics.loss", "metrics.loss DESC"], lambda run: _metric(run, "loss", 1)),
    (["metrics.loss.count DESC"], lambda run: (-run.metrics["loss"].count if "loss" in run.metrics else 1,)),
    (["params.lr"], lambda run: _param(run, "lr")),
    (["params.opt", "metrics.acc DESC"], lambda run: (*_param(run, "opt"), *_metric(run, "acc", -1))),
    (["user_id", "run_name DESC"], lambda run: (run.info.user_id, _down(run.info.run_name))),
    (
        ["duration DESC"],
        lambda run: (1, 0) if run.info.end_time is None else (0, run.info.start_time - run.info.end_time),
    ),
]


def _metric(run: Run, key: str, sign: int) -> tuple[Any, ...]:
    """Return where a run stands by a metric: numbers, then NaN, then runs without it."""
    summary = run.metrics.get(key)
    if summary is None:
        return (2, 0.0)
    return (1, 0.0) if math.isnan(summary.last) else (0, sign * summary.last)


def _param(run: Run, key: str) -> tuple[Any, ...]:
    """Return where a run stands by a param: numbers, then texts, then runs without it."""
    if key not in run.params:
        return (2, 0.0, "")
    number = param_number(run.params[key])
    return (1, 0.0, param_text(run.params[key])) if number is None else (0, number, "")


def _down(text: str) -> list[int]:
    """Return a key that sorts texts the other way."""
    return [-ord(character) for character in text] + [1]


def _by_default(run: Run) -> tuple[int, str]:
    return -run.info.start_time, run.info.run_id


def _names_of_all_pages(store: Store, order_by: list[str], size: int) -> list[str]:
    pages = iter_pages(lambda token: store.search_runs(None, order_by=order_by, max_results=size, page_token=token))
    return [run.info.run_name for run in pages]


class RunSearchSuite:
    """Finding runs: filters against their executable meaning, orders against sorting in memory."""

    @pytest.fixture
    def runs(self, store: Store) -> list[Run]:
        """Runs of two experiments, two of them started at once, one of them deleted."""
        other = store.create_experiment("other").experiment_id
        made: list[str] = []
        for number, (params, metrics, tags, datasets) in enumerate(_SAMPLES):
            new = new_run(
                experiment_id=other if number % 3 == 2 else "0",
                name=f"run-{number}",
                start_time=START + number // 2,
                parent_run_id=made[0] if number == 5 else None,
                user_id="bob" if number == 1 else "ada",
                tags=tags,
            )
            made.append(store.create_run(new).info.run_id)
            points = [Metric(key, value, START, 1) for key, value in metrics.items()]
            if number == 0:
                points.append(Metric("loss", 9.0, START, 0))
            store.log_batch(new.run_id, params=params, metrics=points)
            store.log_inputs(new.run_id, datasets=datasets)
            if number in (3, 4, 6):
                store.update_run(new.run_id, status="FINISHED", end_time=START + 100 + number // 4)
        store.update_run(made[7], status="FAILED", end_time=START + 50, reason="it broke")
        store.delete_run(store.create_run(new_run(name="deleted")).info.run_id)
        return [store.get_run(run_id) for run_id in made]

    def test_a_filter_finds_what_it_means(self, store: Store, runs: list[Run]) -> None:
        for filter in _FILTERS:
            tree = parse_filter(filter, RUNS)
            meant = sorted((run for run in runs if evaluate(tree, run_lookup(run))), key=_by_default)
            expected = [run.info.run_name for run in meant]

            found = store.search_runs(None, filter=filter)

            assert [run.info.run_name for run in found] == expected, filter
            assert store.count_runs(None, filter=filter) == len(expected), filter

    def test_an_order_is_kept_over_pages_of_any_size(self, store: Store, runs: list[Run]) -> None:
        for order_by, key in _ORDERS:
            expected = [run.info.run_name for run in sorted(runs, key=lambda run: (*key(run), *_by_default(run)))]
            for size in (1, 3, 8):
                assert _names_of_all_pages(store, order_by, size) == expected, (order_by, size)

    def test_params_sort_as_numbers(self, store: Store, runs: list[Run]) -> None:
        for order, names in (
            ("ASC", ["run-2", "run-1", "run-0", "run-4"]),
            ("DESC", ["run-4", "run-0", "run-1", "run-2"]),
        ):
            found = store.search_runs(None, filter="params.lr < 1e9", order_by=[f"params.lr {order}"])

            assert [run.info.run_name for run in found] == names

    def test_runs_lacking_a_param_come_last(self, store: Store, runs: list[Run]) -> None:
        for order in ("ASC", "DESC"):
            found = store.search_runs(None, order_by=[f"params.lr {order}"])

            assert {run.info.run_name for run in found[-3:]} == {"run-5", "run-6", "run-7"}

    def test_experiments_narrow_a_search(self, store: Store, runs: list[Run]) -> None:
        other = runs[2].info.experiment_id

        assert {run.info.run_name for run in store.search_runs([other])} == {"run-2", "run-5"}
        assert len(store.search_runs([other, "0", "77"])) == len(runs)
        assert store.search_runs([]) == []
        assert store.search_runs(["77"]) == []
        assert store.count_runs([other]) == 2
        with pytest.raises(InvalidArgument):
            store.search_runs(["other"])

    def test_view_chooses_the_lifecycle_stage(self, store: Store, runs: list[Run]) -> None:
        deleted = store.search_runs(None, view=ViewType.DELETED_ONLY)

        assert [run.info.run_name for run in deleted] == ["deleted"]
        assert len(store.search_runs(None, view=ViewType.ALL)) == len(runs) + 1
        assert store.count_runs(None, view=ViewType.DELETED_ONLY) == 1

    def test_a_filter_and_an_order_go_together_over_pages(self, store: Store, runs: list[Run]) -> None:
        found = iter_pages(
            lambda token: store.search_runs(
                ["0"],
                filter="metrics.loss <= inf",
                order_by=["metrics.loss DESC"],
                max_results=1,
                page_token=token,
            )
        )

        values = [run.metrics["loss"].last for run in found]
        assert values == [2.0, 0.5, -math.inf]

    def test_a_token_of_another_search_is_refused(self, store: Store, runs: list[Run]) -> None:
        token = store.search_runs(None, max_results=1).token

        with pytest.raises(InvalidArgument):
            store.search_runs(None, max_results=1, filter="status = 'RUNNING'", page_token=token)
        with pytest.raises(InvalidArgument):
            store.search_runs(["0"], max_results=1, page_token=token)
        with pytest.raises(InvalidArgument):
            store.search_runs(None, page_token="bm90IG91cnM")

    def test_a_run_logged_while_paging_moves_nothing(self, store: Store, runs: list[Run]) -> None:
        first = store.search_runs(None, max_results=4)
        store.create_run(new_run(name="later", start_time=START + 1000))

        second = store.search_runs(None, max_results=4, page_token=first.token)

        assert sorted(run.info.run_name for run in [*first, *second]) == [f"run-{number}" for number in range(8)]

    @pytest.mark.parametrize("max_results", [0, -1, 50_001])
    def test_a_page_size_out_of_range_is_refused(self, store: Store, max_results: int) -> None:
        with pytest.raises(InvalidArgument):
            store.search_runs(None, max_results=max_results)

    @pytest.mark.parametrize(
        ("filter", "position"),
        [
            ("metrics.loss > 'x'", 15),
            ("params.lr ~ 1", 10),
            ("metrics.loss > 1 AND", 20),
            ("nonsense = 1", 0),
        ],
    )
    def test_a_mistake_in_a_filter_points_at_the_character(self, store: Store, filter: str, position: int) -> None:
        with pytest.raises(InvalidArgument) as caught:
            store.search_runs(None, filter=filter)

        assert caught.value.position == position

    def test_a_mistake_in_an_order_is_refused(self, store: Store) -> None:
        for order in ("nonsense", "metrics.loss SIDEWAYS", "datasets.name", ""):
            with pytest.raises(InvalidArgument):
                store.search_runs(None, order_by=[order])
