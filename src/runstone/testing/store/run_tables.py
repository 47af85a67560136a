"""What a store's rows of runs must be."""

from __future__ import annotations

import pytest

from runstone.core.entities import Metric, RunKeys, ViewType
from runstone.core.errors import InvalidArgument
from runstone.core.ids import new_run_id
from runstone.core.page import iter_pages
from runstone.store.protocol import Store
from runstone.testing.store.samples import START, make_run, new_run


class RunTablesSuite:
    """Subclass it in a test module with a fixture ``store``."""

    @pytest.fixture
    def runs(self, store: Store) -> list[str]:
        """Five runs with a param each, metrics on some, and tags."""
        made = []
        for number in range(5):
            run_id = store.create_run(new_run(name=f"run-{number}", start_time=START + number)).info.run_id
            metrics = [Metric("loss", number / 10, START, step) for step in range(number)]
            store.log_batch(run_id, metrics=metrics, params={"n": number, "a b": None}, tags={"t": str(number)})
            made.append(run_id)
        return made

    def test_experiments_know_what_happened_in_them(self, store: Store, runs: list[str]) -> None:
        other = store.create_experiment("other").experiment_id
        store.create_experiment("empty")
        began = store.get_run(make_run(store, experiment_id=other)).info.start_time
        store.delete_run(runs[0])
        store.update_run(runs[1], status="FINISHED")

        counted = {one.experiment_id: one for one in store.count_experiment_runs()}

        assert set(counted) == {"0", other}
        assert (counted["0"].runs, counted["0"].running) == (len(runs) - 1, len(runs) - 2)
        assert counted["0"].last_start_time == max(store.get_run(one).info.start_time for one in runs[1:])
        assert (counted[other].runs, counted[other].last_start_time) == (1, began)
        assert store.count_experiment_runs([other]) == [counted[other]]
        assert store.count_experiment_runs([]) == []
        with pytest.raises(InvalidArgument):
            store.count_experiment_runs(["x"])

    def test_ids_are_those_of_a_search_in_its_order(self, store: Store, runs: list[str]) -> None:
        store.delete_run(runs[3])
        for filter, order, view in (
            ("", [], ViewType.ACTIVE_ONLY),
            ("", ["metrics.loss DESC"], ViewType.ALL),
            ("params.n > 1", ["params.n"], ViewType.ACTIVE_ONLY),
            ("", [], ViewType.DELETED_ONLY),
        ):
            pages = iter_pages(
                lambda token, f=filter, o=order, v=view: store.search_runs(  # type: ignore[misc]  # bound at once
                    None, filter=f, order_by=o, view=v, max_results=2, page_token=token
                )
            )
            ids = store.search_run_ids(None, filter=filter, order_by=order, view=view)
            assert ids == [run.info.run_id for run in pages]
        assert store.search_run_ids(None, max_results=2) == [runs[4], runs[2]]
        assert store.search_run_ids([]) == []
        with pytest.raises(InvalidArgument):
            store.search_run_ids(None, filter="metrics.")

    def test_rows_hold_what_was_asked_for_in_the_order_given(self, store: Store, runs: list[str]) -> None:
        wanted = [runs[4], new_run_id(), runs[0]]

        rows = store.read_runs(wanted, params=["n", "absent"], metrics=["loss"], tags=[])

        assert [row.info.run_id for row in rows] == [runs[4], runs[0]]
        assert [row.params for row in rows] == [{"n": 4}, {"n": 0}]
        assert rows[0].metrics["loss"] == store.get_run(runs[4]).metrics["loss"]
        assert rows[1].metrics == {}
        assert [row.tags for row in rows] == [{}, {}]

    def test_rows_hold_everything_unless_something_is_chosen(self, store: Store, runs: list[str]) -> None:
        store.delete_run(runs[2])
        [row] = store.read_runs([runs[2]])
        run = store.get_run(runs[2])

        assert (row.info, row.params, row.metrics, row.tags) == (run.info, run.params, run.metrics, run.tags)
        assert store.read_runs([]) == []

    def test_keys_are_counted(self, store: Store, runs: list[str]) -> None:
        keys = store.count_run_keys([*runs, new_run_id()])

        assert keys.params == {"a b": 5, "n": 5}
        assert keys.metrics == {"loss": 4}
        assert keys.tags["t"] == 5
        assert store.count_run_keys([]) == RunKeys()

    def test_too_many_at_once_are_refused(self, store: Store) -> None:
        too_many = [new_run_id() for _ in range(1001)]
        with pytest.raises(InvalidArgument, match="1000"):
            store.read_runs(too_many)
        with pytest.raises(InvalidArgument, match="1000"):
            store.count_run_keys(too_many)
        with pytest.raises(InvalidArgument):
            store.read_runs(["not an id'"])
