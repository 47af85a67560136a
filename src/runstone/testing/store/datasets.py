"""What a store's datasets must do."""

from __future__ import annotations

import pytest

from runstone.core.entities import (
    DatasetInput,
    DatasetRecord,
    DatasetSummary,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
)
from runstone.core.errors import InvalidArgument, InvalidState, NotFound
from runstone.store.protocol import Store
from runstone.testing.store.samples import dataset, make_run


class DatasetSuite:
    """Datasets and models as inputs and outputs of runs."""

    def test_an_input_comes_back_with_the_run(self, store: Store) -> None:
        run_id = make_run(store)
        used = [dataset("digits", "d1", context="train"), dataset("digits", "d2", context=None)]

        store.log_inputs(run_id, datasets=used)

        assert set(store.get_run(run_id).inputs.dataset_inputs) == set(used)

    def test_inputs_logged_later_come_after(self, store: Store) -> None:
        run_id = make_run(store)

        for name in ("zebra", "ant", "moth"):
            store.log_inputs(run_id, datasets=[dataset(name)])

        found = store.get_run(run_id).inputs.dataset_inputs
        assert [used.dataset.name for used in found] == ["zebra", "ant", "moth"]

    def test_the_same_dataset_again_adds_nothing(self, store: Store) -> None:
        run_id = make_run(store)

        store.log_inputs(run_id, datasets=[dataset(), dataset()])
        store.log_inputs(run_id, datasets=[dataset()])

        assert store.get_run(run_id).inputs.dataset_inputs == (dataset(),)

    def test_tags_of_an_input_keep_their_order(self, store: Store) -> None:
        run_id = make_run(store)
        tags = (InputTag("z", "1"), InputTag("mlflow.data.context", "eval"), InputTag("a", ""))
        used = DatasetInput(dataset=dataset().dataset, tags=tags)

        store.log_inputs(run_id, datasets=[used])

        assert store.get_run(run_id).inputs.dataset_inputs == (used,)

    def test_a_dataset_is_found_by_name_and_digest(self, store: Store) -> None:
        store.log_inputs(make_run(store), datasets=[dataset("digits", "d1")])

        assert store.get_dataset("digits", "d1") == dataset("digits", "d1").dataset
        with pytest.raises(NotFound):
            store.get_dataset("digits", "d2")
        with pytest.raises(NotFound):
            store.get_dataset("d1", "digits")

    def test_search_gives_each_dataset_once_a_context(self, store: Store) -> None:
        here = store.create_experiment("here").experiment_id
        there = store.create_experiment("there").experiment_id
        for context in ("train", "eval", "train"):
            store.log_inputs(make_run(store, experiment_id=here), datasets=[dataset(context=context)])
        store.log_inputs(make_run(store, experiment_id=here), datasets=[dataset("iris", context=None)])
        store.log_inputs(make_run(store, experiment_id=there), datasets=[dataset("iris")])

        def summary(experiment_id: str, name: str, context: str | None) -> DatasetSummary:
            return DatasetSummary(experiment_id=experiment_id, name=name, digest="d1", context=context)

        assert store.search_datasets([here]) == [
            summary(here, "digits", "eval"),
            summary(here, "digits", "train"),
            summary(here, "iris", None),
        ]
        assert store.search_datasets([there, "0", there]) == [summary(there, "iris", "train")]
        assert store.search_datasets([]) == []
        with pytest.raises(InvalidArgument):
            store.search_datasets(["x"])

    @pytest.mark.parametrize(
        "record",
        [
            DatasetRecord(name="", digest="d"),
            DatasetRecord(name="n" * 501, digest="d"),
            DatasetRecord(name="n", digest=""),
            DatasetRecord(name="n", digest="d" * 97),
            DatasetRecord(name="n", digest="d", source="s" * 65_536),
            DatasetRecord(name="n", digest="d", schema="s" * 1_048_576),
            DatasetRecord(name="n", digest="nul\0"),
        ],
        ids=["no name", "long name", "no digest", "long digest", "long source", "long schema", "nul"],
    )
    def test_a_bad_dataset_is_refused(self, store: Store, record: DatasetRecord) -> None:
        run_id = make_run(store)

        with pytest.raises(InvalidArgument):
            store.log_inputs(run_id, datasets=[dataset(), DatasetInput(dataset=record)])

        assert store.get_run(run_id).inputs.dataset_inputs == ()

    @pytest.mark.parametrize(
        "tags",
        [
            (InputTag("k" * 256, "v"),),
            (InputTag("k", "v" * 501),),
            (InputTag("k", "1"), InputTag("k", "2")),
        ],
        ids=["long key", "long value", "twice"],
    )
    def test_a_bad_tag_is_refused(self, store: Store, tags: tuple[InputTag, ...]) -> None:
        with pytest.raises(InvalidArgument):
            store.log_inputs(make_run(store), datasets=[DatasetInput(dataset=dataset().dataset, tags=tags)])

    def test_more_than_a_thousand_datasets_at_once_are_refused(self, store: Store) -> None:
        with pytest.raises(InvalidArgument):
            store.log_inputs(make_run(store), datasets=[dataset(digest=str(number)) for number in range(1001)])

    def test_models_come_back_as_inputs_and_outputs(self, store: Store) -> None:
        run_id = make_run(store)
        models = [store.create_logged_model("0", name=f"net{number}").model_id for number in range(3)]

        store.log_inputs(run_id, models=[LoggedModelInput(models[0])])
        store.log_outputs(run_id, models=[LoggedModelOutput(models[1], 7)])
        store.log_outputs(run_id, models=[LoggedModelOutput(models[2], -1), LoggedModelOutput(models[1], 9)])

        run = store.get_run(run_id)
        assert run.inputs.model_inputs == (LoggedModelInput(models[0]),)
        assert set(run.outputs.model_outputs) == {
            LoggedModelOutput(models[1], 9),
            LoggedModelOutput(models[2], -1),
        }

    def test_a_deleted_or_absent_run_takes_no_inputs(self, store: Store) -> None:
        run_id = make_run(store)
        store.delete_run(run_id)

        with pytest.raises(InvalidState):
            store.log_inputs(run_id, datasets=[dataset()])
        with pytest.raises(InvalidState):
            store.log_outputs(run_id, models=[LoggedModelOutput("m-1")])
        with pytest.raises(NotFound):
            store.log_inputs("f" * 32, datasets=[dataset()])
