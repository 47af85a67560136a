"""What a store's lineage must do."""

from __future__ import annotations

import pytest

from runstone.core.entities import Edge, LoggedModelInput, LoggedModelOutput, Node
from runstone.core.errors import InvalidArgument
from runstone.store.protocol import Store
from runstone.testing.store.samples import START, artifact, dataset, make_run, new_run


def _shape(edges: list[Edge]) -> set[tuple[Node, str, Node, str, str]]:
    """Return edges without their times."""
    return {(edge.source, edge.relation, edge.target, edge.label, edge.run_id) for edge in edges}


class LineageSuite:
    """Edges that what was logged implies, seen from both of their ends."""

    def test_a_dataset_leads_to_the_run_that_used_it(self, store: Store) -> None:
        run_id = make_run(store)
        store.log_inputs(run_id, datasets=[dataset(digest="d1", context="train")])
        data, run = Node("dataset", "d1"), Node("run", run_id)

        expected = {(data, "input", run, "train", run_id)}
        assert _shape(store.list_edges(data, direction="down")) == expected
        assert _shape(store.list_edges(run, direction="up")) == expected
        assert store.list_edges(data, direction="up") == []
        assert store.list_edges(run, direction="down") == []

    def test_a_blob_is_found_by_content_whoever_logged_it(self, store: Store) -> None:
        one, two = make_run(store), make_run(store)
        model_id = store.create_logged_model("0", name="net").model_id
        entry = artifact("here.csv", "content", created_ms=5)
        store.put_artifacts(one, [entry])
        store.put_artifacts(two, [artifact("there.csv", "content")])
        store.put_artifacts(model_id, [artifact("model/x", "content")])
        blob = Node("blob", entry.digest)

        assert _shape(store.list_edges(blob, direction="up")) == {
            (Node("run", one), "artifact", blob, "here.csv", one),
            (Node("run", two), "artifact", blob, "there.csv", two),
            (Node("model", model_id), "artifact", blob, "model/x", ""),
        }
        assert store.list_edges(Node("run", one)) == [
            Edge(
                source=Node("run", one),
                target=blob,
                relation="artifact",
                label="here.csv",
                run_id=one,
                created_ms=5,
            )
        ]

    def test_a_file_of_one_run_used_as_dataset_by_another_joins_them(self, store: Store) -> None:
        maker, user = make_run(store), make_run(store)
        entry = artifact("data.csv", "content")
        store.put_artifacts(maker, [entry])
        store.log_inputs(user, datasets=[dataset(digest=entry.digest)])

        for kind in ("dataset", "blob"):
            edges = store.list_edges(Node(kind, entry.digest))
            assert {(edge.source.kind, edge.target.kind) for edge in edges} == {
                ("run", "blob"),
                ("dataset", "run"),
            }

    def test_models_lead_from_and_to_runs(self, store: Store) -> None:
        maker, user = make_run(store), make_run(store)
        model_id = store.create_logged_model("0", name="net", source_run_id=maker).model_id
        store.log_outputs(maker, models=[LoggedModelOutput(model_id, 3)])
        store.log_inputs(user, models=[LoggedModelInput(model_id)])
        model = Node("model", model_id)

        made = (Node("run", maker), "output", model, "net", maker)
        used = (model, "input", Node("run", user), "net", user)
        assert _shape(store.list_edges(model)) == {made, used}
        assert len(store.list_edges(model)) == 2
        assert _shape(store.list_edges(Node("run", maker))) == {made}
        assert _shape(store.list_edges(Node("run", user))) == {used}

    def test_registered_versions_come_from_a_model_or_a_run(self, store: Store) -> None:
        run_id = make_run(store)
        model_id = store.create_logged_model("0", name="net", source_run_id=run_id).model_id
        store.create_registered_model("shop")
        store.create_model_version("shop", f"models:/{model_id}", model_id=model_id, run_id=run_id)
        store.create_model_version("shop", f"runs:/{run_id}/model", run_id=run_id)
        first, second = Node("model_version", "shop/1"), Node("model_version", "shop/2")

        from_model = (Node("model", model_id), "registered", first, "", run_id)
        from_run = (Node("run", run_id), "registered", second, "", run_id)
        assert _shape(store.list_edges(first)) == {from_model}
        assert _shape(store.list_edges(second)) == {from_run}
        assert from_model in _shape(store.list_edges(Node("model", model_id), direction="down"))
        assert from_run in _shape(store.list_edges(Node("run", run_id), direction="down"))

    @pytest.mark.parametrize("id", ["shop", "shop/", "shop/x", "shop/999999999999999999999", "/1", ""])
    def test_an_odd_version_has_no_edges(self, store: Store, id: str) -> None:
        assert store.list_edges(Node("model_version", id)) == []

    def test_child_runs_come_from_their_parent(self, store: Store) -> None:
        parent = make_run(store)
        child = store.create_run(new_run(parent_run_id=parent)).info.run_id

        expected = {(Node("run", parent), "child", Node("run", child), "", child)}
        assert _shape(store.list_edges(Node("run", parent), direction="down")) == expected
        assert _shape(store.list_edges(Node("run", child), direction="up")) == expected

    def test_code_leads_to_the_runs_of_its_commit(self, store: Store) -> None:
        commit = "0123456789abcdef0123456789abcdef01234567"
        run_id = store.create_run(new_run(tags={"mlflow.source.git.commit": commit})).info.run_id

        expected = {(Node("code", commit), "source", Node("run", run_id), "", run_id)}
        assert _shape(store.list_edges(Node("code", commit))) == expected
        assert _shape(store.list_edges(Node("run", run_id))) == expected
        assert store.list_edges(Node("code", commit[:-1])) == []

    def test_a_listing_is_bounded(self, store: Store) -> None:
        run_id = make_run(store)
        store.put_artifacts(run_id, [artifact(f"f{number}", str(number)) for number in range(20)])

        assert len(store.list_edges(Node("run", run_id), max_results=7)) == 7
        assert len(store.list_edges(Node("run", run_id))) == 20
        with pytest.raises(InvalidArgument):
            store.list_edges(Node("run", run_id), max_results=0)

    def test_edges_come_in_a_fixed_order(self, store: Store) -> None:
        run_id = make_run(store, start_time=START)
        store.put_artifacts(run_id, [artifact(f"f{number}", str(number)) for number in range(5)])
        store.log_inputs(run_id, datasets=[dataset(digest=str(number)) for number in range(5)])

        edges = store.list_edges(Node("run", run_id))

        assert edges == sorted(edges)

    def test_an_unknown_node_has_no_edges(self, store: Store) -> None:
        for kind in ("blob", "dataset", "run", "model", "code"):
            assert store.list_edges(Node(kind, "unknown ' OR 1=1")) == []
