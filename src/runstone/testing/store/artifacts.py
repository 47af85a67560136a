"""What a store's manifests must do."""

from __future__ import annotations

import pytest

from runstone.core.entities import ArtifactEntry, FileInfo
from runstone.core.errors import InvalidArgument, InvalidState, NotFound
from runstone.store.protocol import Store
from runstone.testing.store.samples import artifact, make_run


class ArtifactSuite:
    """Artifacts of runs and of logged models."""

    @pytest.fixture(params=["run", "model"])
    def owner(self, store: Store, request: pytest.FixtureRequest) -> str:
        """The id of a run or of a logged model."""
        if request.param == "run":
            return make_run(store)
        return store.create_logged_model("0", name="net").model_id

    def test_what_was_put_is_found_by_its_exact_path(self, store: Store, owner: str) -> None:
        entry = artifact("plots/roc.png", "bytes")

        store.put_artifacts(owner, [entry])

        assert store.find_artifact(owner, "plots/roc.png") == entry
        assert store.find_artifact(owner, "plots") is None
        assert store.find_artifact(owner, "plots/roc") is None
        assert store.find_artifact(owner, "PLOTS/roc.png") is None

    def test_what_they_take_is_known(self, store: Store, owner: str) -> None:
        before = store.get_info()
        entries = [artifact("a", "bytes"), artifact("b/same", "bytes"), artifact("c", "more bytes")]

        store.put_artifacts(owner, entries)

        after = store.get_info()
        assert after.artifacts - before.artifacts == 3
        assert after.artifact_bytes - before.artifact_bytes == sum(one.size_bytes for one in entries)

    def test_a_listing_shows_direct_children_sorted_by_path(self, store: Store, owner: str) -> None:
        store.put_artifacts(
            owner,
            [
                artifact("b/deep/er/x", "1"),
                artifact("b/y", "22"),
                artifact("b-side", "3"),
                artifact("b.txt", "4"),
                artifact("a", ""),
                artifact("bb/z", "5"),
                artifact("größe/ü", "6"),
            ],
        )

        def info(path: str, content: str) -> FileInfo:
            return FileInfo(path, False, len(content), artifact(path, content).digest)

        assert store.list_artifacts(owner) == [
            info("a", ""),
            FileInfo("b", True),
            info("b-side", "3"),
            info("b.txt", "4"),
            FileInfo("bb", True),
            FileInfo("größe", True),
        ]
        assert store.list_artifacts(owner, "b") == [FileInfo("b/deep", True), info("b/y", "22")]
        assert store.list_artifacts(owner, "b/deep") == [FileInfo("b/deep/er", True)]
        assert store.list_artifacts(owner, "größe") == [info("größe/ü", "6")]

    def test_a_listing_of_many_children_is_whole(self, store: Store, owner: str) -> None:
        folders = [f"d{number:04}" for number in range(700)]
        files = [f"f{number:04}" for number in range(1100)]
        inside = [f"big/{number:04}/x" for number in range(600)]
        store.put_artifacts(
            owner, [artifact(path) for path in [*(f"{folder}/x" for folder in folders), *files, *inside]]
        )

        assert [info.path for info in store.list_artifacts(owner)] == ["big", *folders, *files]
        assert [info.path for info in store.list_artifacts(owner, "big")] == sorted({p[:8] for p in inside})

    def test_listing_a_file_or_an_unknown_path_gives_nothing(self, store: Store, owner: str) -> None:
        store.put_artifacts(owner, [artifact("a/b")])

        assert store.list_artifacts(owner, "a/b") == []
        assert store.list_artifacts(owner, "nowhere") == []

    def test_iter_gives_everything_at_or_below_a_path(self, store: Store, owner: str) -> None:
        entries = [artifact(path, path) for path in ("a/1", "a/b/2", "a0", "a-", "ab/3")]
        store.put_artifacts(owner, entries)
        by_path = {entry.path: entry for entry in entries}

        assert store.iter_artifacts(owner) == [by_path[path] for path in sorted(by_path)]
        assert store.iter_artifacts(owner, "a") == [by_path["a/1"], by_path["a/b/2"]]
        assert store.iter_artifacts(owner, "a/1") == [by_path["a/1"]]
        assert store.iter_artifacts(owner, "b") == []

    def test_a_path_put_again_points_at_the_newer_bytes(self, store: Store, owner: str) -> None:
        store.put_artifacts(owner, [artifact("x", "old"), artifact("y", "same")])
        newer = artifact("x", "newer", created_ms=5)

        store.put_artifacts(owner, [newer])

        assert store.find_artifact(owner, "x") == newer
        assert store.find_artifact(owner, "y") == artifact("y", "same")

    def test_of_one_path_twice_in_one_call_the_last_counts(self, store: Store, owner: str) -> None:
        store.put_artifacts(owner, [artifact("x", "first"), artifact("x", "last")])

        assert store.iter_artifacts(owner) == [artifact("x", "last")]

    @pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a/b/c", "a/b"), ("a/b", "a/b/c/d")])
    def test_a_path_is_not_both_file_and_folder(self, store: Store, owner: str, first: str, second: str) -> None:
        store.put_artifacts(owner, [artifact(first)])

        with pytest.raises(InvalidArgument, match=second):
            store.put_artifacts(owner, [artifact("other"), artifact(second)])

        assert [entry.path for entry in store.iter_artifacts(owner)] == [first]

    def test_a_path_is_not_both_file_and_folder_within_one_call(self, store: Store, owner: str) -> None:
        with pytest.raises(InvalidArgument):
            store.put_artifacts(owner, [artifact("a"), artifact("a/b")])
        with pytest.raises(InvalidArgument):
            store.put_artifacts(owner, [artifact("a/b"), artifact("a")])

        assert store.iter_artifacts(owner) == []

    def test_names_that_only_begin_alike_do_not_conflict(self, store: Store, owner: str) -> None:
        store.put_artifacts(owner, [artifact("a"), artifact("ab/c"), artifact("a-b/c"), artifact("a.b")])

        assert len(store.iter_artifacts(owner)) == 4

    @pytest.mark.parametrize(
        "path",
        ["", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "./a", "a/.", "a/", "nul\0", "a\\..\\b"],
    )
    def test_an_unsafe_path_is_refused(self, store: Store, owner: str, path: str) -> None:
        with pytest.raises(InvalidArgument):
            store.put_artifacts(owner, [artifact("fine"), artifact(path)])

        assert store.iter_artifacts(owner) == []

    @pytest.mark.parametrize(
        "entry",
        [
            ArtifactEntry(path="a", digest="md5:0", size_bytes=0),
            ArtifactEntry(path="a", digest="sha256:" + "A" * 64, size_bytes=0),
            ArtifactEntry(path="a", digest="sha256:" + "0" * 64, size_bytes=-1),
        ],
    )
    def test_an_entry_needs_a_digest_and_a_size(self, store: Store, owner: str, entry: ArtifactEntry) -> None:
        with pytest.raises(InvalidArgument):
            store.put_artifacts(owner, [entry])

    def test_delete_removes_what_is_at_or_below_a_path(self, store: Store, owner: str) -> None:
        store.put_artifacts(owner, [artifact(path) for path in ("a/1", "a/b/2", "ab", "c")])

        assert store.delete_artifacts(owner, "a") == 2
        assert store.delete_artifacts(owner, "nowhere") == 0
        assert [entry.path for entry in store.iter_artifacts(owner)] == ["ab", "c"]
        assert store.delete_artifacts(owner) == 2
        assert store.iter_artifacts(owner) == []

    def test_owners_do_not_see_each_others_files(self, store: Store, owner: str) -> None:
        other = make_run(store)

        store.put_artifacts(owner, [artifact("mine")])

        assert store.iter_artifacts(other) == []
        assert store.list_artifacts(other) == []

    @pytest.mark.parametrize("owner_id", ["f" * 32, "m-" + "f" * 32])
    def test_no_such_owner_is_not_found(self, store: Store, owner_id: str) -> None:
        with pytest.raises(NotFound):
            store.put_artifacts(owner_id, [artifact("a")])
        with pytest.raises(NotFound):
            store.find_artifact(owner_id, "a")
        with pytest.raises(NotFound):
            store.list_artifacts(owner_id)
        with pytest.raises(NotFound):
            store.iter_artifacts(owner_id)
        with pytest.raises(NotFound):
            store.delete_artifacts(owner_id)

    def test_a_deleted_run_keeps_its_artifacts_and_takes_no_more(self, store: Store) -> None:
        run_id = make_run(store)
        store.put_artifacts(run_id, [artifact("a")])
        store.delete_run(run_id)

        with pytest.raises(InvalidState):
            store.put_artifacts(run_id, [artifact("b")])
        with pytest.raises(InvalidState):
            store.delete_artifacts(run_id)

        assert store.iter_artifacts(run_id) == [artifact("a")]

    def test_a_run_whose_id_looks_like_a_models_has_its_own(self, store: Store) -> None:
        run_id = make_run(store, "m-odd-but-legal")

        store.put_artifacts(run_id, [artifact("a")])

        assert store.iter_artifacts(run_id) == [artifact("a")]
