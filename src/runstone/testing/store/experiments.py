"""What a store's experiments must do."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from runstone.core.clock import now_ms
from runstone.core.entities import Experiment, ViewType
from runstone.core.errors import AlreadyExists, InvalidArgument, InvalidState, NotFound
from runstone.core.page import iter_pages
from runstone.store.protocol import Store
from runstone.testing.store.samples import make_run, new_run

_YEAR_MS = 31_556_952_000


class ExperimentSuite:
    """Experiments: life, names, tags, search."""

    def test_a_new_store_has_the_default_experiment(self, store: Store) -> None:
        found = store.get_experiment("0")

        assert abs(now_ms() - found.creation_time) < 600_000
        assert found == Experiment(
            experiment_id="0",
            name="Default",
            artifact_location="runstone-artifacts:/0",
            creation_time=found.creation_time,
            last_update_time=found.creation_time,
        )

    def test_an_experiment_is_found_by_id_and_by_name(self, store: Store) -> None:
        before = now_ms()

        made = store.create_experiment("team/project/model", tags={"owner": "ada"})

        assert made == Experiment(
            experiment_id=made.experiment_id,
            name="team/project/model",
            artifact_location=f"runstone-artifacts:/{made.experiment_id}",
            creation_time=made.creation_time,
            last_update_time=made.creation_time,
            tags={"owner": "ada"},
        )
        assert before <= made.creation_time <= now_ms()
        assert store.get_experiment(made.experiment_id) == made
        assert store.find_experiment("team/project/model") == made

    @pytest.mark.parametrize("chosen", ["3", "123456789012345678"])
    def test_what_was_made_elsewhere_keeps_its_id_which_no_other_gets(self, store: Store, chosen: str) -> None:
        kept = store.create_experiment("kept", experiment_id=chosen)

        others = [store.create_experiment(f"other-{number}").experiment_id for number in range(5)]

        assert kept.experiment_id == chosen
        assert kept.artifact_location == f"runstone-artifacts:/{chosen}"
        assert store.find_experiment("kept") == kept
        assert len({chosen, "0", *others}) == 7

    def test_after_the_greatest_id_that_can_be_chosen_come_usable_ones(self, store: Store) -> None:
        store.create_experiment("kept", experiment_id="9" * 18)

        made = store.create_experiment("next")

        assert store.get_experiment(made.experiment_id) == made
        with pytest.raises(AlreadyExists):
            store.create_experiment("other", experiment_id="9" * 18)

    def test_an_id_that_is_taken_or_none_is_refused(self, store: Store) -> None:
        taken = store.create_experiment("there").experiment_id
        store.delete_experiment(taken)

        for wrong in (taken, "0"):
            with pytest.raises(AlreadyExists, match=f"id={wrong}"):
                store.create_experiment("other", experiment_id=wrong)
        with pytest.raises(AlreadyExists, match="there"):
            store.create_experiment("there", experiment_id="77")
        for wrong in ("", "-1", "1.5", "x", "9" * 19, "1" + "0" * 18):
            with pytest.raises(InvalidArgument) as invalid:
                store.create_experiment("other", experiment_id=wrong)
            assert invalid.value.field == "experiment_id"
        assert store.find_experiment("other") is None

    def test_chosen_ids_and_others_do_not_meet(self, store: Store) -> None:
        def make(number: int) -> None:
            if number % 2:
                # One that was made by itself may have had it before.
                with contextlib.suppress(AlreadyExists):
                    store.create_experiment(f"e-{number}", experiment_id=str(number))
            else:
                store.create_experiment(f"e-{number}")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(make, range(1, 41)))

        names = {one.experiment_id: one.name for one in store.search_experiments()}
        assert {f"e-{number}" for number in range(2, 41, 2)} <= set(names.values())
        assert all(names.get(str(number)) is not None for number in range(1, 41, 2))

    def test_what_was_made_elsewhere_keeps_its_time(self, store: Store) -> None:
        made = store.create_experiment("old", creation_time=1_500_000_000_000)

        assert store.get_experiment(made.experiment_id).creation_time == 1_500_000_000_000
        with pytest.raises(InvalidArgument):
            store.create_experiment("older", creation_time=-1)

    def test_a_given_artifact_location_is_kept(self, store: Store) -> None:
        made = store.create_experiment("elsewhere", artifact_location="s3://bucket/there")

        assert made.artifact_location == "s3://bucket/there"

    def test_no_experiment_by_that_name_is_none(self, store: Store) -> None:
        assert store.find_experiment("nobody") is None

    @pytest.mark.parametrize("experiment_id", ["1", "999999999999999999"])
    def test_no_experiment_by_that_id_is_not_found(self, store: Store, experiment_id: str) -> None:
        with pytest.raises(NotFound):
            store.get_experiment(experiment_id)

    @pytest.mark.parametrize("experiment_id", ["", "abc", "-1", "1.5", "1 OR 1=1", "9" * 19])
    def test_an_experiment_id_is_a_number(self, store: Store, experiment_id: str) -> None:
        with pytest.raises(InvalidArgument):
            store.get_experiment(experiment_id)

    @pytest.mark.parametrize("name", ["", " ", "n" * 501, "nul\0", "half \ud800"])
    def test_a_bad_name_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_experiment(name)

    @pytest.mark.parametrize("name", ["n" * 500, "Größe % _ ? '\"", "数据/模型", "😀"])
    def test_any_readable_name_is_kept(self, store: Store, name: str) -> None:
        made = store.create_experiment(name)

        assert store.find_experiment(name) == made
        assert made.name == name

    @pytest.mark.parametrize("location", ["s3://b/?x=1", "s3://b/#x", "s3://b/../c", "l" * 2049])
    def test_a_bad_artifact_location_is_refused(self, store: Store, location: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_experiment("e", artifact_location=location)

    def test_a_name_is_given_once(self, store: Store) -> None:
        store.create_experiment("taken")

        with pytest.raises(AlreadyExists):
            store.create_experiment("taken")

    def test_the_name_of_a_deleted_experiment_stays_taken_and_the_error_says_so(self, store: Store) -> None:
        made = store.create_experiment("taken")
        store.delete_experiment(made.experiment_id)

        with pytest.raises(AlreadyExists, match="deleted"):
            store.create_experiment("taken")

    def test_of_many_threads_making_one_name_one_succeeds(self, store: Store) -> None:
        outcomes: list[str] = []
        barrier = threading.Barrier(6)

        def make() -> None:
            barrier.wait()
            try:
                outcomes.append(store.create_experiment("wanted").name)
            except AlreadyExists:
                outcomes.append("taken")

        threads = [threading.Thread(target=make) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) == ["taken"] * 5 + ["wanted"]

    def test_of_many_threads_renaming_to_one_name_one_succeeds(self, store: Store) -> None:
        made = [store.create_experiment(f"e{number}").experiment_id for number in range(6)]
        outcomes: list[str] = []
        barrier = threading.Barrier(6)

        def rename(experiment_id: str) -> None:
            barrier.wait()
            try:
                store.rename_experiment(experiment_id, "wanted")
                outcomes.append("wanted")
            except AlreadyExists:
                outcomes.append("taken")

        threads = [threading.Thread(target=rename, args=(experiment_id,)) for experiment_id in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) == ["taken"] * 5 + ["wanted"]

    def test_rename_changes_the_name_and_the_time(self, store: Store) -> None:
        made = store.create_experiment("old")

        store.rename_experiment(made.experiment_id, "new")

        renamed = store.get_experiment(made.experiment_id)
        assert renamed.name == "new"
        assert renamed.last_update_time >= made.last_update_time
        assert store.find_experiment("old") is None

    def test_rename_to_its_own_name_is_no_error(self, store: Store) -> None:
        made = store.create_experiment("same")

        store.rename_experiment(made.experiment_id, "same")

        assert store.get_experiment(made.experiment_id).name == "same"

    def test_rename_to_a_taken_name_is_refused(self, store: Store) -> None:
        made = store.create_experiment("one")
        store.create_experiment("two")

        with pytest.raises(AlreadyExists):
            store.rename_experiment(made.experiment_id, "two")

    def test_a_deleted_experiment_is_not_renamed(self, store: Store) -> None:
        made = store.create_experiment("gone")
        store.delete_experiment(made.experiment_id)

        with pytest.raises(InvalidState):
            store.rename_experiment(made.experiment_id, "back")

    def test_what_does_not_exist_is_not_renamed(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.rename_experiment("77", "new")

    def test_delete_takes_the_runs_along_and_restore_brings_them_back(self, store: Store) -> None:
        made = store.create_experiment("e").experiment_id
        inside, outside = make_run(store, experiment_id=made), make_run(store)

        store.delete_experiment(made)

        assert store.get_experiment(made).lifecycle_stage == "deleted"
        assert store.get_run(inside).info.lifecycle_stage == "deleted"
        assert store.get_run(outside).info.lifecycle_stage == "active"

        store.restore_experiment(made)

        assert store.get_experiment(made).lifecycle_stage == "active"
        assert store.get_run(inside).info.lifecycle_stage == "active"

    def test_delete_again_and_restore_of_an_active_one_are_not_found(self, store: Store) -> None:
        made = store.create_experiment("e").experiment_id

        with pytest.raises(NotFound):
            store.restore_experiment(made)
        store.delete_experiment(made)
        with pytest.raises(NotFound):
            store.delete_experiment(made)
        with pytest.raises(NotFound):
            store.delete_experiment("77")

    def test_a_run_is_not_made_in_a_deleted_experiment(self, store: Store) -> None:
        made = store.create_experiment("e").experiment_id
        store.delete_experiment(made)

        with pytest.raises(InvalidState):
            store.create_run(new_run(experiment_id=made))
        with pytest.raises(InvalidState):
            store.create_run(new_run(experiment_id=None, experiment_name="e"))

    def test_tags_are_set_overwritten_and_deleted(self, store: Store) -> None:
        made = store.create_experiment("e", tags={"a": "1", "b": "2"}).experiment_id

        store.set_experiment_tags(made, {"b": "3", "c": "long " * 4000})
        store.delete_experiment_tag(made, "a")

        assert store.get_experiment(made).tags == {"b": "3", "c": "long " * 4000}

    def test_deleting_an_absent_tag_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.delete_experiment_tag("0", "absent")
        with pytest.raises(NotFound):
            store.delete_experiment_tag("77", "absent")

    def test_tags_of_a_deleted_or_absent_experiment_are_refused(self, store: Store) -> None:
        made = store.create_experiment("e", tags={"a": "1"}).experiment_id
        store.delete_experiment(made)

        with pytest.raises(InvalidState):
            store.set_experiment_tags(made, {"a": "2"})
        with pytest.raises(InvalidState):
            store.delete_experiment_tag(made, "a")
        with pytest.raises(NotFound):
            store.set_experiment_tags("77", {"a": "2"})

    @pytest.mark.parametrize("tags", [{"k" * 251: "v"}, {"k": "v" * 20_001}, {"../k": "v"}, {"k": "nul\0"}])
    def test_a_bad_tag_is_refused(self, store: Store, tags: dict[str, str]) -> None:
        with pytest.raises(InvalidArgument):
            store.set_experiment_tags("0", tags)

        assert store.get_experiment("0").tags == {}


class ExperimentSearchSuite:
    """Finding experiments."""

    @pytest.fixture
    def ids(self, store: Store) -> dict[str, str]:
        """Experiments by name; ``gone`` is deleted."""
        tags: dict[str, dict[str, str]] = {
            "apple": {"size": "3", "kind": "fruit"},
            "Banana": {"size": "12", "kind": "Fruit"},
            "carrot": {"size": "large"},
            "gone": {},
        }
        made = {
            name: store.create_experiment(name, tags=with_tags, creation_time=year * _YEAR_MS).experiment_id
            for year, (name, with_tags) in enumerate(tags.items(), 30)
        }
        store.delete_experiment(made["gone"])
        return made

    @pytest.mark.parametrize(
        ("filter", "names"),
        [
            ("", {"Default", "apple", "Banana", "carrot"}),
            ("name = 'apple'", {"apple"}),
            ("name != 'apple'", {"Default", "Banana", "carrot"}),
            ("attribute.name LIKE '%a%'", {"Default", "apple", "Banana", "carrot"}),
            ("name LIKE 'b%'", set()),
            ("name ILIKE 'b%'", {"Banana"}),
            ("name NOT ILIKE '%a%'", set()),
            ("name =~ '^.arr'", {"carrot"}),
            ("name IN ('apple', 'carrot', 'none')", {"apple", "carrot"}),
            ("name IS NULL", set()),
            ("experiment_id = '0'", {"Default"}),
            ("experiment_id NOT IN ('0')", {"apple", "Banana", "carrot"}),
            (f"creation_time > {31 * _YEAR_MS}", {"Default", "carrot"}),
            (f"creation_time = {31 * _YEAR_MS} AND last_update_time >= {31 * _YEAR_MS}", {"Banana"}),
            ("creation_time < '2000-06-01'", {"apple"}),
            ("tags.kind = 'fruit'", {"apple"}),
            ("tags.kind ILIKE 'fruit'", {"apple", "Banana"}),
            ("tags.kind != 'fruit'", {"Banana"}),
            ("tags.kind IS NULL", {"Default", "carrot"}),
            ("tags.kind IS NOT NULL", {"apple", "Banana"}),
            ("NOT tags.kind = 'fruit'", {"Default", "Banana", "carrot"}),
            ("tags.size > 3", {"Banana"}),
            ("tags.size = 3", {"apple"}),
            ("tags.size != 3", {"Banana"}),
            ("tags.size BETWEEN 2 AND 12.5", {"apple", "Banana"}),
            ("tags.size IN (3, 4)", {"apple"}),
            ("tags.size > '2'", {"apple", "carrot"}),
            ("tags.kind = 'fruit' OR name = 'carrot' AND tags.size = 'large'", {"apple", "carrot"}),
            ("(tags.kind = 'fruit' OR name = 'carrot') AND NOT name LIKE 'c%'", {"apple"}),
            ("name = 'x'' OR 1 = 1 --'", set()),
            ("name = '%s ? :x $1'", set()),
        ],
    )
    def test_a_filter_finds(self, store: Store, ids: dict[str, str], filter: str, names: set[str]) -> None:
        assert {found.name for found in store.search_experiments(filter=filter)} == names

    def test_view_chooses_the_lifecycle_stage(self, store: Store, ids: dict[str, str]) -> None:
        deleted = store.search_experiments(view=ViewType.DELETED_ONLY)
        everything = store.search_experiments(view=ViewType.ALL)

        assert [found.name for found in deleted] == ["gone"]
        assert len(everything) == 5

    def test_the_newest_comes_first_unless_told_otherwise(self, store: Store, ids: dict[str, str]) -> None:
        found = store.search_experiments()

        times = [(-experiment.creation_time, int(experiment.experiment_id)) for experiment in found]
        assert times == sorted(times)
        assert [experiment.name for experiment in found] == ["Default", "carrot", "Banana", "apple"]

    @pytest.mark.parametrize(
        ("order_by", "names"),
        [
            (["name"], ["Banana", "Default", "apple", "carrot"]),
            (["name DESC"], ["carrot", "apple", "Default", "Banana"]),
            (["experiment_id ASC"], ["Default", "apple", "Banana", "carrot"]),
            (["experiment_id DESC"], ["carrot", "Banana", "apple", "Default"]),
            (["tags.kind"], ["Banana", "apple", "Default", "carrot"]),
            (["tags.kind DESC"], ["apple", "Banana", "Default", "carrot"]),
            (["lifecycle_stage", "name DESC"], ["carrot", "apple", "Default", "Banana"]),
        ],
    )
    def test_an_order_is_kept_over_pages_of_any_size(
        self, store: Store, ids: dict[str, str], order_by: list[str], names: list[str]
    ) -> None:
        for size in (1, 2, 3, 4, 100):
            found = iter_pages(
                lambda token, size=size: store.search_experiments(  # type: ignore[misc]
                    order_by=order_by, max_results=size, page_token=token
                )
            )
            assert [experiment.name for experiment in found] == names

    def test_found_experiments_have_their_tags(self, store: Store, ids: dict[str, str]) -> None:
        [found] = store.search_experiments(filter="name = 'apple'")

        assert found == store.get_experiment(ids["apple"])

    def test_a_last_page_has_no_token(self, store: Store, ids: dict[str, str]) -> None:
        page = store.search_experiments(max_results=4)

        assert len(page) == 4
        assert page.token is None

    def test_a_token_of_another_search_is_refused(self, store: Store, ids: dict[str, str]) -> None:
        token = store.search_experiments(max_results=1).token

        with pytest.raises(InvalidArgument):
            store.search_experiments(max_results=1, page_token=token, filter="name = 'apple'")
        with pytest.raises(InvalidArgument):
            store.search_experiments(page_token="not a token")

    @pytest.mark.parametrize("max_results", [0, -1, 50_001, True])
    def test_a_page_size_out_of_range_is_refused(self, store: Store, max_results: int) -> None:
        with pytest.raises(InvalidArgument):
            store.search_experiments(max_results=max_results)

    @pytest.mark.parametrize("filter", ["name", "name = ", "nam = 'x'", "metrics.x = 1", "name = 'x' AND", ";"])
    def test_a_mistake_in_a_filter_is_refused(self, store: Store, filter: str) -> None:
        with pytest.raises(InvalidArgument):
            store.search_experiments(filter=filter)
