"""What a store's upkeep must do."""

from __future__ import annotations

import pytest

from runstone.core.entities import ArtifactEntry, LoggedModelOutput, Metric
from runstone.core.errors import NotFound
from runstone.store.protocol import Store
from runstone.store.protocol.maintenance import Garbage
from runstone.testing.store.samples import START, make_run

_FILE = ArtifactEntry(path="a.txt", digest="sha256:" + "1" * 64, size_bytes=5)
_OTHER = ArtifactEntry(path="b.txt", digest="sha256:" + "2" * 64, size_bytes=7)


def _fill(store: Store) -> str:
    run_id = make_run(store)
    store.log_batch(run_id, params={"lr": 0.1, "name": "x"}, tags={"a": "b"})
    for start in range(0, 3000, 1000):
        points = [Metric("loss", step / 7, START + step, step) for step in range(start, start + 1000)]
        store.log_batch(run_id, metrics=points)
    values = [float("nan"), float("inf"), float("-inf"), -0.0]
    store.log_batch(run_id, metrics=[Metric("odd", value, START, step) for step, value in enumerate(values)])
    store.put_artifacts(run_id, [_FILE])
    model = store.create_logged_model("0", source_run_id=run_id)
    store.put_artifacts(model.model_id, [_FILE, _OTHER])
    store.log_outputs(run_id, models=[LoggedModelOutput(model.model_id, 1)])
    store.create_registered_model("net")
    store.create_model_version("net", f"models:/{model.model_id}")
    store.set_registered_model_alias("net", "best", "1")
    return run_id


class MaintenanceSuite:
    """Checks, what is in use, garbage."""

    def test_a_sound_store_has_no_problem_and_says_how_far_it_is(self, store: Store) -> None:
        _fill(store)
        told: list[tuple[str, int, int]] = []

        assert store.check(lambda *state: told.append(state)) == []

        assert ("runs", 1, 1) in told
        info = store.get_info()
        assert (info.experiments, info.runs, info.running, info.points) == (1, 1, 1, 3004)

    def test_digests_are_those_that_manifests_point_at_each_once(self, store: Store) -> None:
        _fill(store)

        assert store.iter_digests() == [(_FILE.digest, 5), (_OTHER.digest, 7)]

    def test_sizes_that_disagree_are_told(self, store: Store) -> None:
        for run_id, size_bytes in ((make_run(store), 5), (make_run(store), 6)):
            entry = ArtifactEntry(path="a.txt", digest=_FILE.digest, size_bytes=size_bytes)
            store.put_artifacts(run_id, [entry])

        [problem] = store.check()

        assert (problem.kind, problem.where) == ("manifest", _FILE.digest)
        assert "different sizes" in problem.what

    def test_only_what_is_deleted_and_that_long_ago_is_garbage(self, store: Store) -> None:
        _fill(store)
        assert store.find_garbage() == Garbage()
        gone = make_run(store)
        store.delete_run(gone)
        model = store.create_logged_model("0").model_id
        store.delete_logged_model(model)
        empty = store.create_experiment("empty").experiment_id
        store.delete_experiment(empty)

        assert store.find_garbage(older_than_ms=1) == Garbage()
        assert store.find_garbage() == Garbage(run_ids=(gone,), model_ids=(model,), experiment_ids=(empty,))

    def test_garbage_is_gone_once_removed_and_the_rest_is_as_it_was(self, store: Store) -> None:
        kept = _fill(store)
        before = (store.get_run(kept).params, store.iter_artifacts(kept))
        gone = make_run(store)
        store.put_artifacts(gone, [_FILE])
        store.delete_run(gone)
        model = store.create_logged_model("0").model_id
        store.delete_logged_model(model)

        store.remove_garbage(store.find_garbage())

        with pytest.raises(NotFound):
            store.get_run(gone)
        with pytest.raises(NotFound):
            store.get_logged_model(model, allow_deleted=True)
        assert (store.get_run(kept).params, store.iter_artifacts(kept)) == before
        assert store.find_garbage() == Garbage()
        assert store.check() == []

    def test_logged_models_go_with_their_experiment_but_for_registered_ones(self, store: Store) -> None:
        gone, kept = (store.create_experiment(name).experiment_id for name in ("gone", "kept"))
        plain = store.create_logged_model(gone).model_id
        registered = store.create_logged_model(kept).model_id
        store.create_registered_model("net")
        store.create_model_version("net", f"models:/{registered}")
        store.delete_experiment(gone)
        store.delete_experiment(kept)

        found = store.find_garbage()
        store.remove_garbage(found)

        assert found == Garbage(model_ids=(plain,), experiment_ids=(gone,))
        assert store.get_logged_model(registered).experiment_id == kept
        assert store.find_garbage() == Garbage()

    def test_what_was_restored_since_it_was_found_stays(self, store: Store) -> None:
        experiment_id = store.create_experiment("e").experiment_id
        run_id = make_run(store, experiment_id=experiment_id)
        store.delete_experiment(experiment_id)
        found = store.find_garbage()

        store.restore_run(run_id)
        store.remove_garbage(found)

        assert store.get_run(run_id).info.lifecycle_stage == "active"
        assert store.get_experiment(experiment_id).lifecycle_stage == "deleted"
